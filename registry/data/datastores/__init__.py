"""Places where data lies: folders, buckets, containers, servers and databases, each by a name."""

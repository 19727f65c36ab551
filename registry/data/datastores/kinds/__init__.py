"""The kinds of datastores, one file each."""

"""The grid over REST."""

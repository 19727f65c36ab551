"""Runs that come from other trackers and from export files, with their own times and names."""

"""Bringing runs in from other trackers, and taking runs out into a zip of open formats."""

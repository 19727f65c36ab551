"""Data with a name and versions that never change."""

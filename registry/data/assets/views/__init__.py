"""Pages of data assets."""

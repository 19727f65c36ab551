"""One module for each tracker that runs can come from."""

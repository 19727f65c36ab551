"""Components that describe and compare columns."""

"""Components that say which columns matter."""

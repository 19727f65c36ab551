"""Components that shape tables."""

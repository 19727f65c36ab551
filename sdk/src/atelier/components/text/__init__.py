"""Text: cleaning it, and turning it into numbers."""

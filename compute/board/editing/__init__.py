"""Making and changing compute targets."""

"""What the pages of endpoints show."""

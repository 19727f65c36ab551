"""Registered models over REST."""

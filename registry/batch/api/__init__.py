"""Batch scoring over REST."""

"""Recommending items to users by the ratings they gave."""

"""Devices over REST: for people, and for the agents on them."""

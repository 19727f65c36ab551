"""Edges between things of any app: what came from what."""

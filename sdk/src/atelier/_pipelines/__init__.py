"""Pipelines from a script."""

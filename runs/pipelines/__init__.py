"""Pipelines: what is drawn, how it is kept, and how it runs."""

"""Logged models: what a run produced as a model, with its own parameters, metrics, tags and files."""

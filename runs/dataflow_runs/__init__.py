"""Dataflows carried out over all of their data, as runs."""

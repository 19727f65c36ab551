"""Schedules and triggers: what starts pipelines without a person."""

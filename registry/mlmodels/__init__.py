"""Registered models: a name, its numbered versions, their files, tags, aliases and stages."""

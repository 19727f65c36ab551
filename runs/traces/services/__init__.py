"""Writes of traces: what clients report, and what people say of it."""

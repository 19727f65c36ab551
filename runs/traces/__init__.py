"""Traces: what an application did for one request, as a tree of spans, with what people and judges said about it."""

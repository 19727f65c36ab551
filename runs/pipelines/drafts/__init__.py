"""Pipelines as people draw them: the draft, the versions kept of it, and who is drawing now."""

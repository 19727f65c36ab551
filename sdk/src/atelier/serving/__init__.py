"""The scoring runtime: `python -m atelier.serving` answers requests with a model.

It runs in an image or beside a virtual environment, without the studio. What it serves it learns from the environment
(`atelier.serving.settings`); what it answers is in `docs/serving.md`.
"""

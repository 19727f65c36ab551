"""The tables of the registry, re-exported so that the app label and the migrations stay with the app."""

from registry.environments.models import Environment

__all__ = ["Environment"]

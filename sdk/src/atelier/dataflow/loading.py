"""Polars, loaded when something is carried out: a recipe can be read, checked for shape and shown without it."""

from __future__ import annotations

from typing import Any

from atelier.dataflow.errors import LibraryMissing


def polars() -> Any:
    """The Polars module, or a sentence that says how to install it."""
    try:
        import polars as loaded
    except ImportError as error:
        raise LibraryMissing(
            'Polars is not installed, and dataflows are carried out by it. Install it with: pip install "atelier[data]"'
        ) from error
    return loaded

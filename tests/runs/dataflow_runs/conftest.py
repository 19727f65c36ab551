"""Runs that really carry dataflows out."""

from typing import Any

import pytest

from tests.compute.conftest import Bench, bench

__all__ = ["Bench", "bench"]


@pytest.fixture(autouse=True)
def _own_cache(settings: Any, tmp_path: Any) -> None:
    settings.JOB_CACHE_DIR = tmp_path / "cache"

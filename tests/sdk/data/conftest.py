"""A studio whose files go to a folder of the test, and people's own data."""

from pathlib import Path
from typing import Any

import pytest

from tests.people import People


@pytest.fixture
def lake(studio: People, settings: Any, tmp_path: Path) -> People:
    """The real application, with an empty default datastore."""
    settings.DATA_DIR = tmp_path / "studio"
    settings.DATA_DIR.mkdir()
    return studio


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between tries are short."""
    monkeypatch.setattr("atelier._data.patience.LONGEST_PAUSE", 0.05)
    monkeypatch.setattr("atelier._client.READ_PAUSES", (0.01, 0.05))

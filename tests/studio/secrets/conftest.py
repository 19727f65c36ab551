"""A master key of its own for each test, so that one may be changed or lost."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def master_file(settings: Any, tmp_path: Path) -> Path:
    settings.MASTER_KEY, settings.OLD_MASTER_KEYS = "", []
    settings.MASTER_KEY_FILE = tmp_path / "master.key"
    return tmp_path / "master.key"

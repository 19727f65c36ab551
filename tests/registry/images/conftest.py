"""Folders of code for images."""

import io
import zipfile
from collections.abc import Callable

import pytest

from studio.access.models import Workspace
from studio.storage import folders
from studio.storage.models import Blob

SCORE = "def init():\n    pass\n\n\ndef run(data):\n    return data\n"


@pytest.fixture
def code(workspace: Workspace) -> Callable[..., Blob]:
    def make(**files: str) -> Blob:
        raw = io.BytesIO()
        with zipfile.ZipFile(raw, "w") as archive:
            for path, text in (files or {"score.py": SCORE}).items():
                archive.writestr(path.replace("__", "/"), text)
        raw.seek(0)
        return folders.store(workspace=workspace, stream=raw)

    return make

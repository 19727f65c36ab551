"""The files that deploy the examples are read without a word of complaint, and name what is there."""

from pathlib import Path

import pytest

from registry.endpoints import files

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FOLDERS = [EXAMPLES / "serve-diabetes", EXAMPLES / "score-script"]


@pytest.mark.parametrize("path", [path for folder in FOLDERS for path in folder.glob("*.yml")], ids=str)
def test_it_is_read(path: Path) -> None:
    found = files.check(path.read_text(), file_name=path.name)
    assert found.notes == ()
    assert [need.path for need in found.needs if not (path.parent / need.path).exists()] == []

"""The designer's model of a document: `static/js/designer` in Node, without a browser."""

import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.pure
HERE = Path(__file__).resolve().parent
SOURCE = HERE.parents[3] / "static" / "js" / "designer"
MODEL = ("references", "graph", "declared", "checks", "layout", "pieces", "history", "rules")


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")
def test_the_model_holds_what_its_own_tests_say(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "package.json").write_text('{"type": "module"}')
    for name in MODEL:
        shutil.copy(SOURCE / f"{name}.js", tmp_path / "js")
    shutil.copy(HERE / "graph.test.mjs", tmp_path)

    done = subprocess.run(
        ["node", "--test", "graph.test.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stdout[-4000:]

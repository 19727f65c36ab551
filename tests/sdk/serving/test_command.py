"""`atelier serve`, and what the page about scoring has to name."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sdk.serving.runtime import ROOT, write_script

SERVING = ROOT / "sdk" / "src" / "atelier" / "serving"
PAGE = (ROOT / "docs" / "serving.md").read_text()


def atelier(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "atelier", "serve", *words],
        env={"PYTHONPATH": str(ROOT / "sdk" / "src"), "HOME": "/nonexistent"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_script_is_served_until_it_is_stopped(tmp_path: Path) -> None:
    write_script(tmp_path, "def init(): pass\ndef run(data): return data\n")
    process = atelier("--script", str(tmp_path / "score.py"), "--port", "0")
    assert process.stdout is not None
    assert '"listening"' in process.stdout.readline()
    assert '"ready"' in process.stdout.readline()
    process.terminate()
    assert process.wait(10) == 0


def test_without_a_model_and_a_script_there_is_nothing_to_serve() -> None:
    process = atelier()
    _, said = process.communicate(timeout=20)
    assert process.returncode == 2
    assert "nothing to serve" in said


@pytest.mark.parametrize("name", re.findall(r'"([A-Z][A-Z_]{6,})"', (SERVING / "settings.py").read_text()))
def test_every_variable_is_on_the_page(name: str) -> None:
    assert f"`{name}`" in PAGE


def test_every_code_is_on_the_page() -> None:
    text = "".join(path.read_text() for path in SERVING.glob("*.py"))
    codes = set(re.findall(r'Problem\(\s*\d+,\s*"(\w+)"', text))
    assert len(codes) > 8
    # `failed` is a fault of the runtime itself.
    assert sorted(code for code in codes - {"failed"} if f"`{code}`" not in PAGE) == []

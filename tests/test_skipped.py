"""Under CI a skipped test fails, with its reason; elsewhere it is skipped."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.pure
SKIPPING = {
    "test_one.py": "import pytest\ndef test_it(): pytest.skip('no engine here')",
    "test_two.py": "import pytest\npytest.importorskip('no_such_package')\ndef test_it(): pass",
    "test_three.py": "import pytest\n@pytest.mark.skipif(True, reason='no R here')\ndef test_it(): pass",
}


def told(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    for name, text in SKIPPING.items():
        (folder / name).write_text(text)
    command = [sys.executable, "-m", "pytest", "-p", "tests.skipped", "-p", "no:django", "-q", "-c", os.devnull]
    command.append("--continue-on-collection-errors")
    around = {name: value for name, value in os.environ.items() if name != "CI"} | environment
    around["PYTHONPATH"] = str(Path(__file__).parents[1])
    return subprocess.run([*command, str(folder)], capture_output=True, text=True, env=around, timeout=60, check=False)


def test_a_skipped_test_fails_under_ci_and_says_why(tmp_path: Path) -> None:
    done = told(tmp_path, CI="true")
    assert done.returncode != 0 and "skipped in" not in done.stdout
    for reason in ("no engine here", "no_such_package", "no R here"):
        assert reason in done.stdout


def test_a_skipped_test_is_only_told_elsewhere(tmp_path: Path) -> None:
    done = told(tmp_path)
    assert "3 skipped" in done.stdout and "failed" not in done.stdout

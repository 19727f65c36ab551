"""The vendored libraries are the pinned ones."""

import json
import subprocess
import sys
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[3] / "static" / "vendor"


def test_every_file_is_the_one_that_was_fetched() -> None:
    done = subprocess.run(
        [sys.executable, VENDOR / "vendor.py", "--check"], check=False, capture_output=True, text=True, timeout=30
    )

    assert done.returncode == 0, done.stdout


def test_every_library_comes_with_its_licence() -> None:
    for entry in json.loads((VENDOR / "vendor.json").read_text())["packages"]:
        assert entry["licence"]
        assert any(name.endswith("LICENSE") for name in entry["files"]), entry["name"]

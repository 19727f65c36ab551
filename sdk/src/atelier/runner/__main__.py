"""`python -m atelier.runner FOLDER`: runs the job that was handed over in FOLDER/handover.json."""

from __future__ import annotations

import sys
from pathlib import Path

from atelier.runner.session import run


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: python -m atelier.runner FOLDER", file=sys.stderr)
        return 2
    return run(Path(sys.argv[1]))


if __name__ == "__main__":
    sys.exit(main())

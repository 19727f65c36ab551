"""Converts a model to ONNX. Runs in a container of a build: `python script.py IN OUT`.

IN/model holds the model's files, IN/converter the package beside this file; OUT gets what is served, and `facts.json`.
What goes wrong is one sentence and exit code 1.
"""

import sys
from pathlib import Path

PACKAGES = "/opt/atelier/env"  # of the image that this runs in


def main(given: Path, made: Path) -> int:
    sys.path[:0] = [PACKAGES]
    sys.path.append(str(given / "converter"))
    from registry.images.onnx.converter import working

    return working.main(given, made)


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:3])))

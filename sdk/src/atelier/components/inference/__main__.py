"""`python -m atelier.components.inference DOCUMENT PLACES FOLDER`: pack an inference pipeline into a folder.

DOCUMENT and PLACES are JSON files: the pipeline, and where each of its data inputs lies on this machine.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from atelier.components.errors import ComponentError
from atelier.components.inference import packing


def main(arguments: Sequence[str]) -> int:
    """The exit status is 0, and 1 with a sentence on the error stream when the pipeline can't be packed."""
    document, places, folder = arguments
    given = json.loads(Path(places).read_text(encoding="utf-8"))
    found = {name: Path(path) for name, path in given.items()}
    try:
        packing.pack(json.loads(Path(document).read_text(encoding="utf-8")), found, Path(folder))
    except ComponentError as error:
        print(error.sentence, file=sys.stderr)
        return 1
    except Exception as error:  # noqa: BLE001 - whatever a changed pipeline breaks is one sentence for a person
        traceback.print_exc()
        print(f"The pipeline can't be packed: {error or type(error).__name__}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

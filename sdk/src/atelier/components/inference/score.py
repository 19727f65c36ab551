"""The scoring script of an inference pipeline: `init()` once, `run(data)` for each request."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from atelier.components.inference import answering, graph
from atelier.serving.problems import bad_json

DEPTH = 4
loaded: Any = None


def init() -> None:
    """Loads the pipeline of the folder that AZUREML_MODEL_DIR is or holds."""
    global loaded
    top = Path(os.environ.get("AZUREML_MODEL_DIR") or Path(__file__).parent)
    patterns = ["/".join(["*"] * depth + [graph.MANIFEST]) for depth in range(DEPTH)]
    found = [path for pattern in patterns for path in sorted(top.glob(pattern))]
    loaded = graph.load(found[0].parent if found else top)


def run(data: Any) -> dict[str, Any]:
    """The answer to a request's text: {"Results": {"WebServiceOutput0": [...]}}."""
    try:
        body = json.loads(data) if isinstance(data, (str, bytes)) else data
    except ValueError as error:
        raise bad_json(f"The body is no JSON: {error}.") from error
    return answering.answer(loaded, body)

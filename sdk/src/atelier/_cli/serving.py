"""Serving a model on one's own machine."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from atelier import _errors


def serve(options: argparse.Namespace) -> int:
    """Runs the scoring runtime in this process until it is stopped; answers what it ended with."""
    os.environ.update(_variables(options))
    try:
        from atelier.serving import main_process
    except ImportError as error:
        raise _errors.UsageError(f'The scoring runtime needs `pip install "atelier[serving]"`: {error}') from error
    return main_process.main()


def _variables(options: argparse.Namespace) -> dict[str, str]:
    if not options.model and not options.script:
        raise _errors.UsageError("There is nothing to serve: name a model's folder (--model) or a script (--script).")
    script = Path(options.script).resolve() if options.script else None
    variables = {
        # In the image the code has a folder of its own; here it is the script's, or this one.
        "AML_APP_ROOT": str(script.parent if script else Path.cwd()),
        "AZUREML_ENTRY_SCRIPT": script.name if script else "",
        "ATELIER_SERVING_HOST": options.host,
        "ATELIER_SERVING_PORT": str(options.port),
        "WORKER_COUNT": str(options.workers),
    }
    if options.model:
        variables["AZUREML_MODEL_DIR"] = str(Path(options.model).resolve())
    return variables

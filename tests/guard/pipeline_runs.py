"""The part of the guard's table about what a pipeline's run shows and left."""

from typing import Any

from tests.guard.levels import CONTRIBUTOR, READER, Entry

PAGES: dict[str, Entry] = {
    "run-graph": {"GET": READER},
    "run-steps": {"GET": READER},
    "run-times": {"GET": READER},
    "run-compare-pipeline": {"GET": READER},
    "run-rerun": {"POST": CONTRIBUTOR},
    "run-inference": {"POST": CONTRIBUTOR},
    "run-step": {"GET": READER},
    "run-step-output": {"GET": READER},
    "run-step-output-csv": {"POST": READER},
}
API: dict[str, Entry] = {
    "api-pipeline-run-compare": {"GET": READER},
    "api-pipeline-run-inference": {"POST": CONTRIBUTOR},
    "api-step-output": {"GET": READER},
    "api-step-output-rows": {"GET": READER},
    "api-step-output-sql": {"POST": READER},
    "api-step-output-sketch": {"GET": READER},
    "api-step-output-chart": {"POST": READER},
}
BODIES: dict[tuple[str, str], Any] = {
    ("api-step-output-sql", "POST"): {"sql": "SELECT 1"},
    ("api-step-output-chart", "POST"): {"kind": "histogram", "x": "price"},
}
READING: set[tuple[str, str]] = {
    ("run-step-output-csv", "POST"),
    ("api-step-output-sql", "POST"),
    ("api-step-output-chart", "POST"),
}
MEANS: dict[str, dict[str, str]] = {
    name: {"run_id": "pipeline_run_id", "step": "pipeline_step", "port": "pipeline_port"} for name in [*PAGES, *API]
}

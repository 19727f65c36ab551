"""The part of the guard's table about the steps of a pipeline's run."""

from typing import Any

from tests.guard.levels import CONTRIBUTOR, READER, Entry

API: dict[str, Entry] = {
    "api-pipeline-run-steps": {"GET": READER},
    "api-pipeline-run-rerun": {"POST": CONTRIBUTOR},
}
BODIES: dict[tuple[str, str], Any] = {}
READING: set[tuple[str, str]] = set()
MEANS: dict[str, dict[str, str]] = {name: {"run_id": "pipeline_run_id"} for name in API}

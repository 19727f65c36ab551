"""MLflow's tags and statuses in the studio's words, for every form in which MLflow keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Callable

from atelier._exchange.records import CANCELED, COMPLETED, FAILED, Series, SourceFile, SourceRun

STATES = {"FINISHED": COMPLETED, "FAILED": FAILED, "KILLED": CANCELED}
# The numbers by which a file store writes them.
STATUS_NUMBERS = {1: "RUNNING", 2: "SCHEDULED", 3: "FINISHED", 4: "FAILED", 5: "KILLED"}
GIT = {
    "mlflow.source.git.commit": "commit",
    "mlflow.source.git.branch": "branch",
    "mlflow.source.git.repoURL": "remote",
}
# What became a field of the run is not kept a second time as a tag.
TAKEN = {*GIT, "mlflow.runName", "mlflow.note.content", "mlflow.parentRunId", "mlflow.source.git.dirty"}


def external_id(run_id: str) -> str:
    """MLflow's run ids are unique wherever they were made."""
    return f"mlflow:{run_id}"


def run_of(
    *,
    run_id: str,
    experiment: str,
    name: str,
    status: str,
    started_ms: int | None,
    ended_ms: int | None,
    params: Mapping[str, str],
    tags: Mapping[str, str],
    series: Callable[[], Iterator[Series]],
    files: Callable[[], Iterator[SourceFile]],
) -> SourceRun:
    """A run of MLflow. One that never ended there is taken as canceled, and a tag says so."""
    kept = {key: value for key, value in tags.items() if key not in TAKEN}
    if status not in STATES:
        kept["import.status"] = status
    git: dict[str, Any] = {name: tags[key] for key, name in GIT.items() if tags.get(key)}
    if "mlflow.source.git.dirty" in tags:
        git["dirty"] = tags["mlflow.source.git.dirty"].lower() == "true"
    parent = tags.get("mlflow.parentRunId", "")
    return SourceRun(
        external_id=external_id(run_id),
        experiment=experiment,
        name=name or tags.get("mlflow.runName", "") or run_id[:12],
        state=STATES.get(status, CANCELED),
        started_ms=started_ms,
        ended_ms=ended_ms,
        parent=external_id(parent) if parent else "",
        description=tags.get("mlflow.note.content", ""),
        command=tags.get("mlflow.source.name", ""),
        git=git,
        params=params,
        tags=kept,
        series=series,
        files=files,
    )

"""MLflow's tags and statuses in the studio's words, for every form in which MLflow keeps them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Callable

from atelier._exchange.records import (
    CANCELED,
    COMPLETED,
    FAILED,
    Series,
    SourceExperiment,
    SourceFile,
    SourceModel,
    SourceRun,
    SourceVersion,
    iso,
)

STATES = {"FINISHED": COMPLETED, "FAILED": FAILED, "KILLED": CANCELED}
# The numbers by which a file store writes them.
STATUS_NUMBERS = {1: "RUNNING", 2: "SCHEDULED", 3: "FINISHED", 4: "FAILED", 5: "KILLED"}
GIT = {
    "mlflow.source.git.commit": "commit",
    "mlflow.source.git.branch": "branch",
    "mlflow.source.git.repoURL": "remote",
}
# MLflow's databases hold infinities as the largest double there is, and its server says them so.
HUGE = 1.7976931348623157e308
NOTE = "mlflow.note.content"
# What became a field of the run is not kept a second time as a tag.
TAKEN = {*GIT, "mlflow.runName", NOTE, "mlflow.parentRunId", "mlflow.source.git.dirty"}
# Which versions were registered of a logged model: the studio counts its own.
VERSIONS_OF_LOGGED = "mlflow.modelVersions"
OF_LOGGED = re.compile(r"(?:^models:|/models)/(m-[0-9a-f]{32})(?:/artifacts)?(?:/(.*))?$")
OF_RUN = re.compile(r"(?:^runs:/([0-9a-f]{32})|/([0-9a-f]{32})/artifacts)(?:/(.*))?$")


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
        description=tags.get(NOTE, ""),
        command=tags.get("mlflow.source.name", ""),
        git=git,
        params=params,
        tags=kept,
        series=series,
        files=files,
    )


def experiment_of(name: str, tags: Mapping[str, str]) -> SourceExperiment:
    """Its note is the description."""
    return SourceExperiment(name, tags.get(NOTE, ""), {key: value for key, value in tags.items() if key != NOTE})


def model_of(
    *, name: str, created_ms: int, description: str, tags: Mapping[str, str], versions: Sequence[SourceVersion]
) -> SourceModel:
    """A registered model. The moment it was made tells apart two of the same name on different servers."""
    ordered = sorted(versions, key=lambda version: version.number)
    return SourceModel(f"mlflow:{name}@{created_ms}", name, description, tags, ordered)


def version_of(
    *,
    name: str,
    number: int,
    created_ms: int,
    source: str,
    run_id: str,
    description: str,
    stage: str,
    tags: Mapping[str, str],
    aliases: Sequence[str],
    files: Callable[[], Iterator[SourceFile]] = lambda: iter(()),
) -> SourceVersion:
    """A version. Where its address leads into a run or a logged model, its files are theirs."""
    logged, of_run = OF_LOGGED.search(source), OF_RUN.search(source)
    run_id = run_id or (of_run and (of_run[1] or of_run[2])) or ""
    path = (logged[2] if logged else of_run[3] if of_run else None) or ("" if logged or of_run else None)
    return SourceVersion(
        external_id=f"mlflow:{name}/{number}@{created_ms}",
        number=number,
        source=source,
        run=external_id(run_id) if run_id else "",
        logged_model=external_id(logged[1]) if logged else "",
        path=path,
        description=description,
        stage=stage,
        created=iso(created_ms) or "",
        tags=tags,
        aliases=aliases,
        files=files if path is None else lambda: iter(()),
    )


def pairs(rows: Sequence[Mapping[str, Any]] | None) -> dict[str, str]:
    """MLflow's lists of key and value."""
    return {str(row["key"]): str(row.get("value", "")) for row in rows or []}


def whole(value: Any) -> int | None:
    """A number that JSON carries as text, or none."""
    return int(value) if value else None


def unbounded(value: float | None) -> float:
    """A value as it was logged."""
    if value is None:
        return math.nan
    return math.copysign(math.inf, value) if abs(value) >= HUGE else float(value)

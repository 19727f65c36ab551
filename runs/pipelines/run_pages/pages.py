"""What the tabs of a pipeline's run show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from compute.jobs import queries as job_queries
from runs.pipelines.engine import queries as engine_queries
from runs.pipelines.inference import services as inference
from runs.pipelines.models import PipelineRun, Step, StepState
from runs.pipelines.run_pages import picture, queries, times, wires
from runs.pipelines.run_pages.picture import Picture
from runs.pipelines.run_pages.times import Times
from runs.tracking.models import RunState
from studio import access
from studio.access import Permission
from studio.web import formats

WORDS = {
    StepState.WAITING: "waiting", StepState.READY: "queued", StepState.RUNNING: "running", StepState.COMPLETED: "completed",
    StepState.FAILED: "failed", StepState.CANCELED: "canceled", StepState.SKIPPED: "skipped",
}  # fmt: skip
UNDER_WAY = ("waiting", "ready", "running")
COUNTED = ("running", "ready", "waiting", "completed", "failed", "skipped", "canceled")


INFERENCE_KINDS = (("realtime", "zap", "Real-time: answers requests"), ("batch", "table-2", "Batch: scores a table"))


@dataclass(frozen=True, slots=True)
class Count:
    state: str
    word: str
    count: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What stands above the graph: how far it is, and where it came from."""

    pipeline_run: PipelineRun
    counts: list[Count]
    total: int
    ended: int
    reused: int
    can_rerun: bool
    can_infer: bool
    scoring: list[tuple[str, str]]  # (name, label) of the steps that an inference pipeline can answer with
    inference_kinds: tuple[tuple[str, str, str], ...]  # (kind, icon, words)
    has_failed: bool
    pipeline_url: str


@dataclass(frozen=True, slots=True)
class GraphPage:
    summary: Summary
    picture: Picture
    inside: Step | None
    way: list[Step]  # the containers around, outermost first
    stamp: str


@dataclass(frozen=True, slots=True)
class StepRow:
    step: Step
    state: str
    depth: int
    took: timedelta | None
    waited: timedelta | None
    target: str
    note: str


@dataclass(frozen=True, slots=True)
class Port:
    name: str
    type: str
    text: str  # a value, or where the files lie
    url: str  # of the page that shows it


@dataclass(frozen=True, slots=True)
class StepPanel:
    step: Step
    state: str
    row: StepRow
    inputs: list[Port]
    parameters: list[tuple[str, str]]
    outputs: list[Port]
    log_lines: list[str]
    below: dict[str, int]
    waiting: str  # why its job does not run yet, in a sentence


def summary(request: HttpRequest, pipeline_run: PipelineRun) -> Summary:
    states = queries.states_of(pipeline_run)
    run = pipeline_run.run
    counts = [Count(state, WORDS[StepState(state)], states[state]) for state in COUNTED if states.get(state)]
    may_submit = access.allows(request, Permission.RUN_SUBMIT, run.workspace)
    can_infer = run.state == RunState.COMPLETED and access.allows(request, Permission.PIPELINE_EDIT, run.workspace)
    scoring = inference.scoring_steps(pipeline_run=pipeline_run) if can_infer else []
    return Summary(
        pipeline_run=pipeline_run,
        counts=counts,
        total=sum(states.values()),
        ended=sum(count for state, count in states.items() if state in ("completed", "failed", "skipped", "canceled")),
        reused=pipeline_run.steps.exclude(reused_from=None).count(),
        can_rerun=may_submit and run.is_finished and run.deleted_at is None,
        can_infer=can_infer and bool(scoring),
        scoring=scoring,
        inference_kinds=INFERENCE_KINDS,
        has_failed=any(states.get(state) for state in ("failed", "skipped", "canceled")),
        pipeline_url=pipeline_run.pipeline.get_absolute_url() if pipeline_run.pipeline else "",
    )


def graph_page(request: HttpRequest, pipeline_run: PipelineRun, inside: str) -> GraphPage:
    """The graph of the run, or of what is within the container at the path `inside`."""
    container = engine_queries.step_at(pipeline_run.run, inside) if inside else None
    steps = queries.steps_of(pipeline_run, container)
    document = _document_of(pipeline_run, container)
    data = _data_inputs(document)
    found_wires = wires.wires_of(steps, list(data))
    used = {wire.source.removeprefix("inputs.") for wire in found_wires if wire.source.startswith("inputs.")}
    below = queries.within(pipeline_run)
    drawn = picture.picture_of(
        steps,
        found_wires,
        drawn=document.get("layout") or {} if not _is_rounds(container) else {},
        data_inputs={name: path for name, path in data.items() if name in used},
        details={step.path: _detail(step, below.get(step.pk, {})) for step in steps},
    )
    stamp = "-".join(f"{step.pk}{step.state}" for step in steps)
    return GraphPage(summary(request, pipeline_run), drawn, container, _way(container), stamp)


def _is_rounds(container: Step | None) -> bool:
    return container is not None and container.kind in (Step.Kind.EACH, Step.Kind.LOOP)


def _document_of(pipeline_run: PipelineRun, container: Step | None) -> Mapping[str, Any]:
    if container is None:
        return pipeline_run.document or {}
    component = container.node.get("component")
    if isinstance(component, str):  # a registered pipeline, as it was when the run was submitted
        return ((pipeline_run.document.get("pinned") or {}).get(component) or {}).get("definition") or {}
    return component if isinstance(component, Mapping) else container.node


def _data_inputs(document: Mapping[str, Any]) -> dict[str, str]:
    """The pipeline's inputs that are data, with what they are."""
    inputs = document.get("inputs") or {}
    return {
        name: str(value.get("path") or value.get("type") or "")
        for name, value in inputs.items()
        if isinstance(value, Mapping)
        and str(value.get("type") or "").startswith(("uri_", "mltable", "mlflow_", "custom_"))
    }


def _way(container: Step | None) -> list[Step]:
    found = []
    while container is not None:
        found.append(container)
        container = container.parent
    return found[::-1]


def _detail(step: Step, below: Mapping[str, int]) -> str:
    """The second line of a node: its state, and how long, how far or why."""
    word = WORDS[StepState(step.state)].capitalize()
    if step.is_reused:
        return "Reused"
    if below and not step.is_finished:
        ended = sum(count for state, count in below.items() if state not in UNDER_WAY)
        return f"{word} · {ended:,} of {sum(below.values()):,}"
    took = _took(step)
    return f"{word} · {formats.duration(took)}" if took is not None and step.is_finished else word


def _took(step: Step) -> timedelta | None:
    return (step.ended_at or timezone.now()) - step.started_at if step.started_at else None


def step_rows(pipeline_run: PipelineRun, state: str = "") -> list[StepRow]:
    """The steps as a table; `state` leaves those of one state, "reused" those that were taken over."""
    return [_row(step) for step in _tree(queries.all_steps(pipeline_run)) if _is_wanted(step, state)]


def _is_wanted(step: Step, state: str) -> bool:
    return not state or step.state == state or (state == "reused" and step.is_reused)


def _tree(steps: Sequence[Step]) -> list[Step]:
    """Each container, then what is within it."""
    below: dict[int | None, list[Step]] = {}
    for step in steps:
        below.setdefault(step.parent_id, []).append(step)
    found: list[Step] = []
    stack = below.get(None, [])[::-1]
    while stack:
        step = stack.pop()
        found.append(step)
        stack += below.get(step.pk, [])[::-1]
    return found


def _row(step: Step) -> StepRow:
    run = step.run
    began = run.started_at if run is not None else None
    waited = began - step.ready_at if began and step.ready_at and began > step.ready_at else None
    target = run.job.target.name if run is not None and run.job is not None and run.job.target else ""
    return StepRow(
        step=step,
        state="reused" if step.is_reused else picture.shown_state(step),
        depth=step.path.count("."),
        took=_took(step) if not step.is_reused else None,
        waited=waited,
        target=target,
        note=step.problem or step.reuse_note,
    )


def times_page(pipeline_run: PipelineRun) -> Times | None:
    steps = _tree(queries.all_steps(pipeline_run))
    return times.times_of(steps, queries.needs_of(pipeline_run), now=timezone.now())


def step_panel(step: Step) -> StepPanel:
    """All that is known of one step."""
    ports, parameters = _given(step)
    return StepPanel(
        step=step,
        state=picture.shown_state(step),
        row=_row(step),
        inputs=ports,
        parameters=parameters,
        outputs=[_output(step, name, made) for name, made in sorted(step.outputs.items())],
        log_lines=_log_lines(step),
        below=queries.within(step.pipeline_run).get(step.pk, {}),
        waiting=job_queries.why_waiting(step.run.job) if step.run is not None and step.run.job is not None else "",
    )


def _given(step: Step) -> tuple[list[Port], list[tuple[str, str]]]:
    ports, parameters = [], []
    for name, given in sorted(step.inputs.items()):
        if isinstance(given, Mapping) and given.get("uri"):
            ports.append(Port(name, str(given.get("type") or ""), str(given["uri"]), ""))
        else:
            value = given.get("value") if isinstance(given, Mapping) else given
            parameters.append((name, _text(value)))
    return ports, parameters


def _output(step: Step, name: str, made: Mapping[str, Any]) -> Port:
    url = output_url(step, name)
    return Port(name, str(made.get("type") or ""), str(made.get("uri") or _text(made.get("value"))), url)


def output_url(step: Step, port: str) -> str:
    run = step.pipeline_run.run
    kwargs = {"workspace": run.workspace.slug, "run_id": run.pk, "step": step.path, "port": port}
    return reverse("run-step-output", kwargs=kwargs)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _log_lines(step: Step) -> list[str]:
    from compute.jobs import logs  # only where a panel of a failed step is opened

    if step.state != StepState.FAILED or step.run is None or step.run.job is None:
        return []
    return logs.tail(step.run.job, 12).splitlines()

"""The ends of steps: what they left, who waited for them, and the end of the whole run."""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F

from registry.data.datastores import opening
from runs.pipelines.engine import state, values, wires
from runs.pipelines.engine.values import Given
from runs.pipelines.engine.work import Work
from runs.pipelines.models import PipelineRun, Step, StepNeed, StepState
from runs.tracking import handlers
from runs.tracking import state as run_state
from runs.tracking.data import storing
from runs.tracking.data.models import OutputFile, RunOutput
from runs.tracking.models import Run, RunState
from studio.errors import Conflict, StudioError
from studio.rows import all_rows

logger = logging.getLogger(__name__)
S = StepState
KEPT = (RunOutput.State.STORED, RunOutput.State.REGISTERED)
MAX_VALUE = 64 * 1024
MAX_NAMED = 5
BAD = (S.FAILED, S.CANCELED)
NOT_BEGUN = "It was not begun"


def child_ended(step: Step, run: Run, outputs: Iterable[RunOutput] | None = None) -> bool:
    """The run of a step has ended: the step ends with it, or is tried again. Answers whether it moved; once, whoever asks.

    `outputs`: what it left, where the caller knows.
    """
    if run.state == RunState.COMPLETED:
        return complete(step, left_by(run, step, outputs))
    said = run.job.message if run.job is not None else ""
    if run.state == RunState.CANCELED:
        return state.move(step, to=S.CANCELED, problem="Its run was stopped.")
    if step.attempt <= retries_of(step):
        return state.move(step, to=S.READY, problem=said[:1000])
    return state.move(step, to=S.FAILED, problem=(said or "Its run failed.")[:1000])


def retries_of(step: Step) -> int:
    settings = step.node.get("retry_settings")
    return int(settings.get("max_retries") or 0) if isinstance(settings, dict) else 0


def complete(step: Step, outputs: dict[str, Given], **fields: Any) -> bool:
    """The step has done its work: what waited for it waits for one thing less. Nothing happens where it had ended before."""
    with transaction.atomic(savepoint=False):
        if not state.move(step, to=S.COMPLETED, outputs=outputs, problem="", **fields):
            return False
        state.release_waiting(step)
    return True


def left_by(run: Run, step: Step, outputs: Iterable[RunOutput] | None = None) -> dict[str, Given]:
    """What a completed run left at its outputs, with their hashes; values are read out of their files."""
    if outputs is None:
        outputs = run.outputs.select_related("datastore__workspace")
    kinds = output_kinds(step)
    files: dict[int, list[OutputFile]] = defaultdict(list)
    kept = {row.pk: row for row in outputs if row.state in KEPT}
    for file in _files_of(list(kept)):
        files[file.output_id].append(file)
    return {row.name: _left(row, files[pk], kinds.get(row.name, "")) for pk, row in kept.items()}


def _files_of(outputs: Sequence[int]) -> list[OutputFile]:
    if not outputs:
        return []
    marks = ", ".join(["%s"] * len(outputs))
    return all_rows(OutputFile, f'x."output_id" IN ({marks}) ORDER BY x."path"', outputs)


def output_kinds(step: Step) -> dict[str, str]:
    """The types that the step's component declares for its outputs."""
    return dict((step.node.get("port_types") or {}).items())


def _left(row: RunOutput, files: list[OutputFile], kind: str) -> Given:
    told = "\n".join(f"{file.path}\0{file.sha256}" for file in files)
    found: Given = {
        "stored": row.type,
        "uri": row.uri,
        "hash": hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest(),
    }
    if kind in values.LITERALS:
        found |= _value(row, files, kind)
    return {**found, "type": kind or row.type}


def _value(row: RunOutput, files: list[OutputFile], kind: str) -> dict[str, Any]:
    text = text_of(row, files)
    return {} if text is None else {"value": values.read_as(kind, text.strip())}


def text_of(row: RunOutput, files: list[OutputFile]) -> str | None:
    """What a small output says, when it is one file of text."""
    if len(files) != 1 or row.datastore is None or files[0].size > MAX_VALUE:
        return None
    try:
        pieces = opening.file_store(row.datastore).read(storing.place_of(row, files[0].path), 0, None)
        return b"".join(pieces).decode()
    except (StudioError, OSError, UnicodeDecodeError) as error:
        logger.warning("the output %s could not be read: %s", row, error)
        return None


def collected(work: Work, holder: Step | None) -> dict[str, Given]:
    """The outputs of a level: what its steps left at the ports that are bound to them."""
    found: dict[str, Given] = {}
    rows = Step.objects.filter(pipeline_run=work.pipeline_run, parent=holder, state=S.COMPLETED)
    for step in rows.annotate(maker=F("reused_from__run_id")):
        for port, value in bound_outputs(work, step).items():
            wire = wires.read(value)
            if wire is not None and wire.kind == "result" and port in step.outputs:
                given = step.outputs[port]
                run = step.run_id or step.maker or given.get("from", {}).get("run")
                found[wire.name] = {**given, "from": {"step": step.path, "port": port, **({"run": run} if run else {})}}
    return found


def bound_outputs(work: Work, step: Step) -> dict[str, Any]:
    """What a step's node says about its outputs; a loop speaks for its body too."""
    own = dict(step.node.get("outputs") or {})
    body = wires.read(step.node.get("body"))
    if body is None:
        return own
    node = step.node.get("body_node") or {}
    return {**(node.get("outputs") or {}), **own}


def skip_lost(pipeline_run: PipelineRun) -> int:
    """Steps that need one which did not complete are skipped, with all that need them."""
    lost = dict(_open_needs(pipeline_run).values_list("step", "needed__path"))
    moved = 0
    while lost:
        by_cause: dict[str, list[int]] = defaultdict(list)
        for pk, path in lost.items():
            by_cause[path].append(pk)
        for path, ids in by_cause.items():
            problem = f"It needs {path}, which did not complete."[:1000]
            moved += state.move_all(ids, run_id=pipeline_run.pk, to=S.SKIPPED, problem=problem)
        further = StepNeed.objects.filter(needed__in=list(lost)[: state.AT_ONCE], step__state__in=[S.WAITING, S.READY])
        lost = dict(further.values_list("step", "needed__path")) or dict(
            _open_needs(pipeline_run).values_list("step", "needed__path")
        )
    return moved


def _open_needs(pipeline_run: PipelineRun) -> Any:
    bad = Step.objects.filter(pipeline_run=pipeline_run, state__in=[S.FAILED, S.CANCELED, S.SKIPPED]).values("pk")
    return StepNeed.objects.filter(needed__in=bad, step__state__in=[S.WAITING, S.READY])


def stop_starting(pipeline_run: PipelineRun) -> int:
    """After a failure nothing new is begun, where the pipeline does not go on all the same."""
    bad = Step.objects.filter(pipeline_run=pipeline_run, state__in=BAD).order_by("ended_at").first()
    if bad is None:
        return 0
    rows = Step.objects.filter(pipeline_run=pipeline_run, state__in=[S.WAITING, S.READY])
    said = "failed" if bad.state == S.FAILED else "was canceled"
    tried = list(rows.filter(attempt__gt=0).values_list("pk", flat=True))
    again = f"It failed, and was not tried again, because {bad.path} {said}."[:1000]
    moved = state.move_all(tried, run_id=pipeline_run.pk, to=S.FAILED, problem=again)
    ids = rows.filter(attempt=0).values_list("pk", flat=True)
    problem = f"{NOT_BEGUN}, because {bad.path} {said}."[:1000]
    return moved + state.move_all(ids, run_id=pipeline_run.pk, to=S.SKIPPED, problem=problem)


def end_run(work: Work) -> bool:
    """Every step has ended: so does the run. Answers False while one has not."""
    steps = Step.objects.filter(pipeline_run=work.pipeline_run)
    if steps.filter(state__in=state.OPEN).exists():
        return False
    bad = list(steps.filter(state__in=BAD, parent=None).order_by("ended_at").values_list("path", "state"))
    to = RunState.COMPLETED
    if work.is_stopped and (bad or steps.filter(state=S.CANCELED).exists()):
        to = RunState.CANCELED
    elif bad:
        to = RunState.FAILED
    message = _message(bad, steps.count()) if to == RunState.FAILED else ""
    with transaction.atomic():
        try:
            run_state.move(work.run, to=to)
        except Conflict as error:
            logger.info("the pipeline run %s was ended by another: %s", work.run.pk, error.message)
            return True
        PipelineRun.objects.filter(pk=work.pipeline_run.pk).update(outputs=collected(work, None))
        if message:
            Run.objects.filter(pk=work.run.pk).update(note=message[:500])
        handlers.report_activity(work.run, message)
        handlers.finished(work.run)
        state.hint(work.run.pk)
    return True


def _message(bad: Iterable[tuple[str, str]], total: int) -> str:
    paths = [path for path, _ in bad]
    named = ", ".join(paths[:MAX_NAMED]) + (" …" if len(paths) > MAX_NAMED else "")
    return f"{len(paths):,} of {total:,} steps did not complete: {named}."

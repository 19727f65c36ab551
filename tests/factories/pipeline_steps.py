"""Pipelines whose jobs the test ends itself: a process per step would cost a second each."""

import hashlib
import io
from collections.abc import Mapping
from typing import Any

from compute.jobs import services as jobs
from compute.jobs import state as job_state
from compute.jobs.models import Job, JobState
from runs.pipelines.engine import advancing, queries, submitting
from runs.pipelines.models import Step, StepState
from runs.tracking.data import storing
from runs.tracking.models import Run
from studio.access.models import Workspace
from studio.accounts.models import User


def command(
    text: str = "python step.py", *, after: Any = None, outputs: tuple[str, ...] = ("out",), **fields: Any
) -> Any:
    """A node with a command of its own; `after` names nodes whose output `out` it reads."""
    names = [after] if isinstance(after, str) else list(after or [])
    wires = {f"from_{name}": f"${{{{parent.jobs.{name}.outputs.out}}}}" for name in names}
    inputs = {**wires, **fields.pop("inputs", {})}
    words = [text, *(f"${{{{inputs.{name}}}}}" for name in inputs), *(f"${{{{outputs.{name}}}}}" for name in outputs)]
    declared = {name: {"type": "uri_folder"} for name in outputs}
    return {"type": "command", "command": " ".join(words), "inputs": inputs, "outputs": declared, **fields}


def pipeline(jobs_by_name: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """A document."""
    return {"type": "pipeline", "jobs": dict(jobs_by_name), **fields}


def submit(actor: User, workspace: Workspace, document: Mapping[str, Any], **asked: Any) -> Run:
    return submitting.submit(actor=actor, workspace=workspace, document=document, **asked)


def advance(run: Run) -> None:
    """As far as it goes now."""
    while advancing.advance(run.pk):
        pass
    run.refresh_from_db()


def steps(run: Run) -> dict[str, Step]:
    """All steps by path."""
    return {step.path: step for step in queries.steps_of(run)}


def states(run: Run) -> dict[str, str]:
    return {path: str(step.state) for path, step in steps(run).items()}


def running(run: Run) -> list[str]:
    """The paths of the steps that have a run under way."""
    return [path for path, step in steps(run).items() if step.state == StepState.RUNNING and step.kind == "command"]


def end(run: Run, path: str, *, exit_code: int = 0, message: str = "", **texts: str) -> None:
    """The job of a step ends; every output holds the text given for it, or its own name."""
    job = work(steps(run)[path], is_whole=exit_code == 0, texts=texts)
    jobs.finish(job=job, attempt=job.attempt, exit_code=exit_code, reason="exit", message=message)


def work(step: Step, *, is_whole: bool = True, texts: Mapping[str, str] | None = None) -> Job:
    """The job of a running step has done its work, and its outputs are stored where `is_whole`; its end is not told yet."""
    assert step.run is not None and step.run.job is not None
    job = step.run.job
    job.refresh_from_db()
    job_state.move(job, to=JobState.PREPARING, is_new_attempt=True)
    job_state.move(job, to=JobState.RUNNING)
    rows = step.run.outputs.select_related("datastore", "run") if is_whole else []
    for output in rows:
        data = (texts or {}).get(output.name, f"{step.path}/{output.name}").encode()
        name = output.name if output.type == "uri_file" else "data.txt"
        digest = hashlib.sha256(data).hexdigest()
        storing.store_file(
            job=job, output=output, path=name, stream=io.BytesIO(data), sha256=digest, attempt=job.attempt
        )
        storing.complete(job=job, output=output, attempt=job.attempt, count=1, size=len(data))
    return job


def carry_out(run: Run, *, failing: Mapping[str, str] | None = None) -> list[str]:
    """To its end: what is under way ends, one after the other. `failing`: messages by path. Answers the order of the ends."""
    ended: list[str] = []
    advance(run)
    while paths := running(run):
        for path in paths:
            message = (failing or {}).get(path, "")
            end(run, path, exit_code=1 if message else 0, message=message)
            ended.append(path)
        advance(run)
    return ended

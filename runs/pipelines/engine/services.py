"""What people do to a pipeline's run: stop it, and have it done again."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from runs.pipelines.engine import cancelling, queries, tasks
from runs.pipelines.engine.values import Given
from runs.pipelines.models import PipelineRun
from runs.tracking.models import Run
from studio.accounts.models import User
from studio.errors import Conflict, Invalid


def cancel(*, actor: User | None, run: Run) -> Run:
    """Cancel all of it: what waits never begins, what runs gets its grace. Raises Conflict when it has ended."""
    pipeline_run = queries.pipeline_run_of(run)
    if run.is_finished:
        raise Conflict("run_finished", f"This run has already finished: it is {run.state}.")
    with transaction.atomic():
        PipelineRun.objects.filter(pk=run.pk, cancel_requested_at=None).update(cancel_requested_at=timezone.now())
        cancelling.carry_out(pipeline_run, actor)
        tasks.advance.delay_on_commit(run.pk)
    run.refresh_from_db()
    return run


def rerun(
    *, actor: User, run: Run, failed_only: bool = True, name: str = "", open_secrets: frozenset[str] | None = None
) -> Run:
    """The same pipeline with the same inputs as a new run; with `failed_only` what completed is taken as it is.

    Raises Conflict while the run has not ended.
    """
    if failed_only and not run.is_finished:
        raise Conflict("run_not_finished", f"This run is {run.state}: it can be gone on with once it has ended.")
    only = {"rerun_of": run.pk} if failed_only else None
    return _submitted(actor, run, {}, only=only, name=name or run.name, open_secrets=open_secrets)


def repeat(
    *,
    actor: User,
    run: Run,
    overrides: Mapping[str, object],
    name: str = "",
    open_secrets: frozenset[str] | None = None,
) -> Run:
    """The same pipeline as a new run, with other inputs such as {"inputs.rate": 0.2}. What did not change is reused."""
    changed: dict[str, Any] = {}
    for key, value in overrides.items():
        section, _, rest = key.partition(".")
        if section != "inputs" or not rest:
            raise Invalid("bad_parameter", f"{key[:60]!r} can't be changed here: only inputs can, as inputs.NAME.")
        changed[rest] = value
    return _submitted(actor, run, changed, name=name or run.name, open_secrets=open_secrets)


def _submitted(actor: User, run: Run, changed: Mapping[str, Any], **asked: Any) -> Run:
    from runs.pipelines.engine import submitting  # which is told of the end of runs by way of this module

    before = queries.pipeline_run_of(run)
    inputs = {name: _again(given) for name, given in before.inputs.items()}
    return submitting.submit(
        actor=actor,
        workspace=before.run.workspace,
        document=before.document,
        inputs={**inputs, **changed},
        pipeline=before.pipeline,
        version=before.version,
        endpoint=before.endpoint,
        origin=before.origin,
        experiment=before.run.experiment.path,
        is_forced=before.is_forced if asked.get("only") is None else None,
        **asked,
    )


def _again(given: Given) -> Any:
    """An input as it was found then: a version stays the one it was."""
    return given.get("value", given)

"""Taking in a run that happened elsewhere: as it was, once, however often the import is run again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from runs.tracking import state as run_state
from runs.tracking.models import Experiment, Run, RunState
from runs.tracking.names import new_run_name
from runs.tracking.services import experiments, git_facts, records, words
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.errors import Invalid

SOURCE = "import"
MAX_COMMAND = 20_000
ENDS = frozenset({RunState.COMPLETED, RunState.FAILED, RunState.CANCELED})


@dataclass(frozen=True, slots=True)
class Imported:
    """The run, and whether this call made it."""

    run: Run
    is_new: bool


def import_run(
    *,
    actor: User,
    workspace: Workspace,
    external_id: str,
    experiment: str,
    state: str,
    name: str = "",
    parent: Run | None = None,
    started_at: datetime | None = None,
    ended_at: datetime | None = None,
    description: str = "",
    command: str = "",
    git: Mapping[str, Any] | None = None,
    params: Mapping[str, words.Scalar] | None = None,
    tags: Mapping[str, words.Scalar] | None = None,
) -> Imported:
    """The run known as `external_id` in this workspace, made when it is new and brought up to date when it is not.

    Its metrics and files follow by the ordinary ways, which take them for an imported run whatever its state. Raises
    Invalid, and nothing is written.
    """
    identity = words.clean_text(external_id, field="external_id", limit=255, required=True)
    facts = _facts(name, description, command, git or {})
    times = _times(state, started_at, ended_at)
    clean_params, clean_tags = words.clean_params(params or {}), words.clean_tags(tags or {})
    try:
        with transaction.atomic():
            run, is_new = _run(actor, workspace, identity, experiment, {**facts, **times, "state": state})
            _place(run, parent)
            records.log_params(actor=actor, run=run, params=clean_params)
            records.set_tags(actor=actor, run=run, tags=clean_tags)
    except IntegrityError:
        # Two imports of the same source at once: the first one's run is the run.
        return Imported(Run.objects.get(workspace=workspace, external_id=identity), is_new=False)
    return Imported(run, is_new)


def import_experiment(
    *,
    actor: User,
    workspace: Workspace,
    name: str,
    description: str = "",
    tags: Mapping[str, words.Scalar] | None = None,
) -> Experiment:
    """The experiment of this name with these tags; a description that somebody wrote here stays.

    Raises Invalid for what can't be stored, Conflict when it is in the trash.
    """
    clean_tags = words.clean_tags(tags or {})
    text = words.clean_text(description, field="description", limit=experiments.MAX_DESCRIPTION)
    with transaction.atomic():
        experiment = experiment_named(actor=actor, workspace=workspace, name=name)
        if text and not experiment.description:
            experiments.edit_experiment(actor=actor, experiment=experiment, description=text)
        experiments.set_tags(actor=actor, experiment=experiment, tags=clean_tags)
    return experiment


def announce(*, actor: User, workspace: Workspace, origin: str, count: int) -> None:
    """One line in the feed for a whole import."""
    activity.record(
        actor=actor,
        workspace=workspace,
        verb="run.imported",
        subject=f"workspace:{workspace.pk}",
        label=f"{count:,} runs" if count != 1 else "1 run",
        url=f"/w/{workspace.slug}/runs/",
        detail=f"from {words.clean_text(origin, field='origin', limit=300)}",
    )


def _run(actor: User, workspace: Workspace, identity: str, experiment: str, values: dict[str, Any]) -> tuple[Run, bool]:
    found = Run.objects.select_related("workspace", "experiment").filter(workspace=workspace, external_id=identity)
    known = found.first()
    if known is None:
        return _create(actor, workspace, identity, experiment, values), True
    # What people wrote here since then is theirs: only what the source decides is brought up to date.
    kept = {field: values[field] for field in ("state", "started_at", "ended_at")}
    Run.objects.filter(pk=known.pk).update(**kept)
    for field, value in kept.items():
        setattr(known, field, value)
    run_state.hint(known)
    return known, False


def _create(actor: User, workspace: Workspace, identity: str, experiment: str, values: dict[str, Any]) -> Run:
    run = Run.objects.create(
        workspace=workspace,
        experiment=experiment_named(actor=actor, workspace=workspace, name=experiment),
        external_id=identity,
        source=SOURCE,
        created_by=actor,
        created_at=values["started_at"] or timezone.now(),
        **values,
    )
    run_state.hint(run)
    return run


def experiment_named(*, actor: User, workspace: Workspace, name: str) -> Experiment:
    """The experiment of this name as another tracker gave it. Raises Invalid, Conflict when it is in the trash."""
    # Other trackers know no paths: a name such as "/My exp: #1" comes as it is.
    found = experiments.ensure_given(actor=actor, workspace=workspace, name=name)
    experiments.refuse_trashed(found)
    return found


def _place(run: Run, parent: Run | None) -> None:
    if parent is None or run.parent_id == parent.pk:
        return
    above: Run | None = parent
    while above is not None:
        if above.pk == run.pk:
            raise Invalid("parent_is_child", "A run can't be below itself.", fields={"parent": "is below this run"})
        above = above.parent
    Run.objects.filter(pk=run.pk).update(parent=parent)
    run.parent = parent


def _facts(name: str, description: str, command: str, git: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": words.clean_name(name) if name.strip() else new_run_name(),
        "description": words.clean_text(description, field="description", limit=records.MAX_DESCRIPTION),
        "command": words.clean_text(command, field="command", limit=MAX_COMMAND),
        "git": git_facts.clean(git),
    }


def _times(state: str, started_at: datetime | None, ended_at: datetime | None) -> dict[str, datetime | None]:
    if state not in ENDS:
        # Nobody would ever end it here: what still ran when it was read is brought up to date by the next import.
        message = "An imported run is completed, failed or canceled."
        raise Invalid("invalid_value", message, fields={"state": message})
    if started_at is not None and ended_at is not None and ended_at < started_at:
        message = "A run can't end before it starts."
        raise Invalid("invalid_value", message, fields={"ended_at": message})
    return {"started_at": started_at, "ended_at": ended_at or started_at}

"""What a run records about itself besides metrics and files: name, description, parameters, tags, archive."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction

from runs.tracking import state
from runs.tracking.models import Param, Run, Tag
from runs.tracking.services import lifecycle, words
from studio.access.permissions import Permission
from studio.accounts.models import User
from studio.activity import services as activity
from studio.errors import Invalid, StudioError
from studio.live import topics
from studio.live.publish import publish

MAX_DESCRIPTION = 20_000
MAX_BULK = 1000
BULK_PERMISSIONS: dict[str, Permission] = {
    "stop": Permission.RUN_STOP,
    "archive": Permission.RUN_ARCHIVE,
    "restore": Permission.RUN_ARCHIVE,
    "tag": Permission.RUN_EDIT,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class BulkResult:
    changed: list[str]
    refused: list[Refusal]


def edit_run(
    *,
    actor: User,
    run: Run,
    name: str | None = None,
    description: str | None = None,
    tags: Mapping[str, words.Scalar] | None = None,
    is_archived: bool | None = None,
) -> Run:
    """Change what people write about a run; what is None stays."""
    changes: dict[str, Any] = {}
    if name is not None:
        changes["name"] = words.clean_name(name)
    if description is not None:
        changes["description"] = words.clean_text(description, field="description", limit=MAX_DESCRIPTION)
    clean = words.clean_tags(tags) if tags else {}
    with transaction.atomic():
        if changes:
            Run.objects.filter(pk=run.pk).update(**changes)
            detail = f"renamed from {run.name}" if changes.get("name", run.name) != run.name else "description"
            for field, value in changes.items():
                setattr(run, field, value)
            _record(actor, run, "run.edited", detail)
        if clean:
            _write_tags(run, clean)
        if is_archived is not None:
            archive_runs(actor=actor, runs=[run], is_archived=is_archived)
        state.hint(run)
    return run


def log_params(*, actor: User | None, run: Run, params: Mapping[str, words.Scalar]) -> None:
    """Record parameters. The same value again is fine; another value is a correction, kept visible in the feed."""
    wanted = words.clean_params(params)
    if not wanted:
        return
    with transaction.atomic():
        present = dict(Param.objects.filter(run=run, key__in=list(wanted)).values_list("key", "value"))
        fresh = [Param(run=run, key=key, value=value) for key, value in wanted.items() if key not in present]
        Param.objects.bulk_create(fresh, ignore_conflicts=True)
        for key, value in wanted.items():
            if key in present and present[key] != value:
                _correct(actor, run, key, present[key], value)
        publish(topics.run(run.pk), "status")


def set_tags(*, actor: User | None, run: Run, tags: Mapping[str, words.Scalar]) -> None:
    """Merge tags into the run's; a value of None removes that tag."""
    clean = words.clean_tags(tags)
    if not clean:
        return
    with transaction.atomic():
        _write_tags(run, clean)
        state.hint(run)


def archive_runs(*, actor: User, runs: Iterable[Run], is_archived: bool = True) -> int:
    """Archive or restore. A live run is refused; answers how many changed."""
    changed = 0
    with transaction.atomic():
        for run in runs:
            if is_archived and run.is_live:
                raise Invalid("run_live", f"{run.name} is {run.state}.", hint="Stop it first, then archive it.")
            moved = Run.objects.filter(pk=run.pk, is_archived=not is_archived).update(is_archived=is_archived)
            run.is_archived = is_archived
            if moved:
                changed += 1
                _record(actor, run, "run.archived" if is_archived else "run.restored")
                state.hint(run)
    return changed


def bulk(
    *,
    actor: User,
    runs: "models.QuerySet[Run]",
    ids: list[str],
    action: str,
    tags: Mapping[str, words.Scalar] | None = None,
) -> BulkResult:
    """Do one thing to many runs; each that can't have it is named with the reason, the others are done.

    `runs` are those on which the person may do it (`BULK_PERMISSIONS`).
    """
    if action not in BULK_PERMISSIONS:
        raise Invalid(
            "unknown_action", f"There is no action {action[:40]!r}.", hint="Use stop, archive, restore or tag."
        )
    if len(ids) > MAX_BULK:
        raise Invalid("too_many_runs", f"At most {MAX_BULK:,} runs can be changed at once.")
    clean = words.clean_tags(tags or {})
    found = {run.pk: run for run in runs.filter(pk__in=ids).select_related("workspace", "job")}
    changed: list[str] = []
    refused: list[Refusal] = []
    for run_id in dict.fromkeys(ids):
        run = found.get(run_id)
        if run is None:
            refused.append(Refusal(run_id, "There is no such run, or it is not yours to change."))
            continue
        try:
            _apply(actor, run, action, clean)
        except StudioError as error:
            refused.append(Refusal(run_id, error.message))
        else:
            changed.append(run_id)
    return BulkResult(changed, refused)


def _apply(actor: User, run: Run, action: str, tags: Mapping[str, str | None]) -> None:
    if action == "stop":
        lifecycle.stop_run(actor=actor, run=run)
    elif action == "tag":
        set_tags(actor=actor, run=run, tags=tags)
    else:
        archive_runs(actor=actor, runs=[run], is_archived=action == "archive")


def _write_tags(run: Run, tags: Mapping[str, str | None]) -> None:
    removed = [key for key, value in tags.items() if value is None]
    if removed:
        Tag.objects.filter(run=run, key__in=removed).delete()
    kept = [Tag(run=run, key=key, value=value) for key, value in tags.items() if value is not None]
    Tag.objects.bulk_create(kept, update_conflicts=True, unique_fields=["run", "key"], update_fields=["value"])


def _correct(actor: User | None, run: Run, key: str, old: str, new: str) -> None:
    Param.objects.filter(run=run, key=key).update(value=new)
    _record(actor, run, "run.param_corrected", f"{key}: {old[:200]} → {new[:200]}")


def _record(actor: User | None, run: Run, verb: str, detail: str = "") -> None:
    activity.record(
        actor=actor,
        workspace=run.workspace,
        verb=verb,
        subject=run.subject,
        label=run.name,
        url=run.get_absolute_url(),
        detail=detail,
    )

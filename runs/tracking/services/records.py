"""What a run records about itself besides metrics and files: name, description, parameters, tags, archive."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from runs.tracking import state
from runs.tracking.models import TAG_COLUMNS, Param, Run, Tag
from runs.tracking.services import words
from studio.accounts.models import User
from studio.activity import services as activity
from studio.errors import Conflict, Invalid
from studio.live import topics
from studio.live.publish import publish
from studio.search.sql import number_of

MAX_DESCRIPTION = 20_000


def edit_run(
    *,
    actor: User,
    run: Run,
    name: str | None = None,
    description: str | None = None,
    tags: Mapping[str, words.Scalar] | None = None,
    is_archived: bool | None = None,
    expected: Mapping[str, Any] | None = None,
) -> Run:
    """Change what people write about a run; what is None stays.

    `expected` holds what the writer saw before: `name`, `description`, `tags` by key (None: no such tag). Raises Conflict
    with both values when one of them is another by now; nothing is changed then.
    """
    changes: dict[str, Any] = {}
    if name is not None:
        changes["name"] = words.clean_name(name)
    if description is not None:
        changes["description"] = words.clean_text(description, field="description", limit=MAX_DESCRIPTION)
    clean = words.clean_tags(tags) if tags else {}
    with transaction.atomic():
        _check_tags(run, clean, (expected or {}).get("tags") or {})
        if changes:
            _write_fields(run, changes, expected or {})
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


def _write_fields(run: Run, changes: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """One conditional update: somebody else's words are not written over unseen."""
    seen = {field: expected[field] for field in changes if isinstance(expected.get(field), str)}
    if Run.objects.filter(pk=run.pk, **seen).update(**changes):
        return
    now = Run.objects.filter(pk=run.pk).values(*changes).get()
    for field, value in seen.items():
        if now[field] != value:
            raise _changed(f"The {field}", now[field], changes[field])


def _check_tags(run: Run, tags: Mapping[str, str | None], expected: Mapping[str, Any]) -> None:
    if not expected:
        return
    now = dict(Tag.objects.filter(run=run, key__in=list(tags)).values_list("key", "value"))
    for key in tags:
        if key in expected and now.get(key) != expected[key] and now.get(key) != tags[key]:
            raise _changed(f"The tag {key[:60]}", now.get(key) or "", tags[key] or "")


def _changed(what: str, theirs: str, yours: str) -> Conflict:
    return Conflict(
        "edit_conflict",
        f"{what} was changed meanwhile.",
        hint="Look at both values, then write again with what is there now as the expected one.",
        fields={"theirs": theirs, "yours": yours},
    )


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


def _write_tags(run: Run, tags: Mapping[str, str | None]) -> None:
    removed = [key for key, value in tags.items() if value is None]
    if removed:
        Tag.objects.filter(run=run, key__in=removed).delete()
    kept = [Tag(run=run, key=key, value=value) for key, value in tags.items() if value is not None]
    Tag.objects.bulk_create(kept, update_conflicts=True, unique_fields=["run", "key"], update_fields=TAG_COLUMNS)


def _correct(actor: User | None, run: Run, key: str, old: str, new: str) -> None:
    Param.objects.filter(run=run, key=key).update(value=new, number=number_of(new))
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

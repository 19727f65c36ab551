"""What is changed of a trace later: tags, the run it belongs to, and whether it stays at all."""

import json
from collections.abc import Mapping, Sequence

from django.db import models, transaction

from runs.traces.models import Trace, TraceTag
from runs.traces.services import words
from runs.traces.services.ingest import NAME_TAG, hint
from runs.tracking.models import Experiment, Run
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.errors import Invalid, NotFound
from studio.live import topics
from studio.live.publish import publish

MAX_LINKS = 100
LINKED_PROMPTS = "mlflow.linkedPrompts"
_AT_ONCE = 500


def set_tag(*, actor: User | None, trace: Trace, key: str, value: str) -> None:
    """Set one tag. Raises Invalid for a name that MLflow's store keeps for itself."""
    edit_tags(actor=actor, trace=trace, tags={key: value})


def edit_tags(*, actor: User | None, trace: Trace, tags: Mapping[str, str | None]) -> None:
    """Set tags and remove those whose value is None, all or none. Raises Invalid for a name that is not theirs to give."""
    for key, value in tags.items():
        _check_key(key, "deleted" if value is None else "set")
    with transaction.atomic():
        TraceTag.objects.filter(trace=trace, key__in=[key for key, value in tags.items() if value is None]).delete()
        words.merge_tags(trace, {key: value for key, value in tags.items() if value is not None})
        name = tags.get(NAME_TAG)
        if name is not None:
            Trace.objects.filter(pk=trace.pk).update(name=words.one_line(name))
        hint(trace)


@transaction.atomic
def delete_tag(*, actor: User | None, trace: Trace, key: str) -> None:
    """Remove one tag. Raises NotFound when there is none."""
    _check_key(key, "deleted")
    removed, _ = TraceTag.objects.filter(trace=trace, key=key).delete()
    if not removed:
        raise NotFound("tag_not_found", f"No trace tag with key '{key[:80]}' for trace with ID '{trace.trace_id}'.")
    hint(trace)


@transaction.atomic
def link_to_run(*, actor: User | None, run: Run, trace_ids: Sequence[str]) -> int:
    """Let traces belong to a run; names that are no traces of the workspace are passed over."""
    if len(trace_ids) > MAX_LINKS:
        message = f"Cannot link more than {MAX_LINKS} traces to a run in a single request."
        raise Invalid("too_many_traces", f"{message} Provided {len(trace_ids)} traces.")
    found = list(Trace.objects.filter(workspace=run.workspace_id, trace_id__in=list(trace_ids)).order_by("pk"))
    Trace.objects.filter(pk__in=[trace.pk for trace in found]).update(run=run)
    for trace in found:
        words.merge_metadata(trace, {words.SOURCE_RUN: run.pk}, keep=True)
    publish(topics.run(run.pk), "traces")
    return len(found)


@transaction.atomic
def link_prompts(*, actor: User | None, trace: Trace, prompts: Sequence[tuple[str, str]]) -> None:
    """Note which versions of which prompts a trace used, each once."""
    present = TraceTag.objects.filter(trace=trace, key=LINKED_PROMPTS).values_list("value", flat=True).first()
    linked = words.account(f'{{"all": {present}}}').get("all", []) if present else []
    for name, version in prompts:
        entry = {"name": name, "version": version}
        if entry not in linked:
            linked.append(entry)
    words.merge_tags(trace, {LINKED_PROMPTS: json.dumps(linked)})


def delete_by_id(
    *, actor: User, workspace: Workspace, trace_ids: Sequence[str], experiment: Experiment | None = None
) -> int:
    """Delete these traces, with spans and assessments, at once and for good. Answers how many there were."""
    found = Trace.objects.filter(workspace=workspace, trace_id__in=list(trace_ids))
    if experiment is not None:
        found = found.filter(experiment=experiment)
    return _delete(actor, workspace, found)


def delete_before(*, actor: User, experiment: Experiment, until_ms: int, limit: int | None = None) -> int:
    """Delete an experiment's traces that began until then, the oldest first, at most `limit`. Answers how many."""
    if limit is not None and limit < 1:
        raise Invalid("bad_parameter", "`max_traces` must be a positive integer.")
    found = Trace.objects.filter(experiment=experiment, request_time_ms__lte=until_ms)
    found = found.order_by("request_time_ms", "trace_id")
    return _delete(actor, experiment.workspace, found if limit is None else found[:limit])


@transaction.atomic
def _delete(actor: User, workspace: Workspace, found: "models.QuerySet[Trace]") -> int:
    ids = list(found.values_list("pk", flat=True))
    for start in range(0, len(ids), _AT_ONCE):
        Trace.objects.filter(pk__in=ids[start : start + _AT_ONCE]).delete()
    if ids:
        noun = "trace" if len(ids) == 1 else "traces"
        activity.record(
            actor=actor, workspace=workspace, verb="trace.deleted", subject="traces", label=f"{len(ids):,} {noun}"
        )
        publish(topics.workspace(workspace.slug), "traces")
    return len(ids)


def _check_key(key: str, done: str) -> None:
    if key in words.OWN_TAGS:
        raise Invalid("bad_tag", f"Tag '{key}' is immutable and cannot be {done} on a trace.")
    if not key or len(key) > words.MAX_KEY:
        raise Invalid("bad_tag", f"A tag's name has 1 to {words.MAX_KEY} characters.")

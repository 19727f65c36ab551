"""Carrying runs to another experiment."""

from collections.abc import Iterable

from django.db import transaction

from runs.tracking import state
from runs.tracking.models import Experiment, Run
from studio.accounts.models import User
from studio.activity import services as activity

NAMED_AT_ONCE = 500


def move_run(*, actor: User, run: Run, to: Experiment) -> Run:
    """Put a run, with everything below it, into another experiment of its workspace."""
    if run.experiment_id == to.pk:
        return run
    with transaction.atomic():
        ids = [run.pk, *_below([run.pk])]
        for start in range(0, len(ids), NAMED_AT_ONCE):
            Run.objects.filter(pk__in=ids[start : start + NAMED_AT_ONCE]).update(experiment=to)
        activity.record(
            actor=actor,
            workspace=run.workspace,
            verb="run.moved",
            subject=run.subject,
            label=run.name,
            url=run.get_absolute_url(),
            detail=f"{run.experiment.path} → {to.path}",
        )
        state.hint(run)
    run.experiment = to
    return run


def _below(ids: Iterable[str]) -> list[str]:
    """The runs below these, at any depth."""
    found: list[str] = []
    known = set(ids)
    level = list(known)
    while level:
        following: list[str] = []
        for start in range(0, len(level), NAMED_AT_ONCE):
            rows = Run.objects.filter(parent__in=level[start : start + NAMED_AT_ONCE])
            following += [pk for pk in rows.values_list("pk", flat=True) if pk not in known]
        known.update(following)
        found += following
        level = following
    return found

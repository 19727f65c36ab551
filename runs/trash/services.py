"""Into the trash and back.

Everything that goes at once carries the same moment in `deleted_at`; by it a restore knows what went together.

trash_run(*, actor, run) -> Run                        raises Conflict for a live run
restore_run(*, actor, run) -> Run                      raises Conflict when it is being removed for good
trash_runs(*, actor, workspace, ids) -> Outcome        changed ids (without the children) and refusals
restore_runs(*, actor, workspace, ids) -> Outcome
trash_experiment(*, actor, experiment) -> Experiment   with its runs; raises Conflict while one is live
restore_experiment(*, actor, experiment) -> Experiment with the runs that went with it
purge(*, actor, workspace, runs=(), experiments=(), everything=False) -> Purge   for good; raises Conflict
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from runs.tracking.models import Experiment, Run
from runs.trash import families, opening, scopes, tasks
from runs.trash.models import Purge
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.errors import Conflict
from studio.live import topics
from studio.live.publish import publish

TOLD_ONE_BY_ONE = 5  # of more the feed says how many, not which
RESTORABLE = Q(deleted_at__isnull=False, purge_number=None)


@dataclass(frozen=True, slots=True)
class Refusal:
    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """`changed` are ids as asked for; `with_children` counts everything that moved with them."""

    changed: list[str]
    refused: list[Refusal]
    with_children: int


def trash_run(*, actor: User | None, run: Run) -> Run:
    """Put one run and its children into the trash; a run that is there already stays as it is."""
    outcome = trash_runs(actor=actor, workspace=run.workspace, ids=[run.pk])
    if outcome.refused:
        raise Conflict("run_live", outcome.refused[0].reason, hint="Stop it first.")
    run.refresh_from_db(fields=["deleted_at", "deleted_by"])
    return run


def restore_run(*, actor: User | None, run: Run) -> Run:
    """Take one run back with what went with it; a run that is not in the trash stays as it is."""
    outcome = restore_runs(actor=actor, workspace=run.workspace, ids=[run.pk])
    if outcome.refused:
        raise Conflict("run_purged", outcome.refused[0].reason, hint="Its receipt is on the storage page.")
    run.refresh_from_db(fields=["deleted_at", "deleted_by"])
    return run


def trash_runs(*, actor: User | None, workspace: Workspace, ids: Iterable[str]) -> Outcome:
    """Put runs and everything below them into the trash. A live run, or one with a live child, is refused."""
    wanted = list(dict.fromkeys(ids))
    moment = timezone.now()
    with transaction.atomic():
        found = _found(workspace, wanted)
        present = {pk for pk, run in found.items() if run.deleted_at is None}
        families_of = _families(present)
        live = _live({pk for family in families_of.values() for pk in family})
        going = [pk for pk in wanted if pk in present and not live.intersection(families_of[pk])]
        moved = _stamp({pk for root in going for pk in families_of[root]}, actor, moment)
        _tell(actor, workspace, [found[pk] for pk in going], "run.trashed", moved)
    done = {*going, *(found.keys() - present)}
    left = [pk for pk in wanted if pk not in done]
    refused = [Refusal(pk, _why_not(found.get(pk), families_of.get(pk, ()), live)) for pk in left]
    return Outcome([pk for pk in wanted if pk in done], refused, moved)


def restore_runs(*, actor: User | None, workspace: Workspace, ids: Iterable[str]) -> Outcome:
    """Take runs back with the children that went with them, and with the parents and experiment they hang below.

    A run whose removal for good has begun is refused.
    """
    wanted = list(dict.fromkeys(ids))
    changed: list[str] = []
    refused: list[Refusal] = []
    with transaction.atomic():
        found = _found(workspace, wanted)
        back = [run for run in found.values() if run.deleted_at is not None and run.purge_number is None]
        moved = _bring_back(back) + _bring_back_above(back)
        for pk in wanted:
            known = found.get(pk)
            if known is not None and known.purge_number is None:
                changed.append(pk)
            else:
                refused.append(Refusal(pk, _why_not_back(known)))
        _tell(actor, workspace, back, "run.untrashed", moved)
    return Outcome(changed, refused, moved)


def trash_experiment(*, actor: User | None, experiment: Experiment) -> Experiment:
    """Put an experiment and its runs into the trash; it keeps its path. Raises Conflict while one of them is live."""
    moment = timezone.now()
    own = Run.objects.filter(experiment=experiment, deleted_at=None)
    with transaction.atomic():
        below = families.foreign_children(own, only=Q(deleted_at=None))
        live = own.filter(families.LIVE).count() + len(_live(below))
        if live:
            raise _experiment_live(experiment, live)
        gone = Experiment.objects.filter(pk=experiment.pk, deleted_at=None).update(
            deleted_at=moment, deleted_by=actor, updated_at=moment
        )
        if gone:
            _stamp(below, actor, moment)
            count = own.update(deleted_at=moment, deleted_by=actor)
            _tell_experiment(actor, experiment, "experiment.trashed", count)
    experiment.refresh_from_db(fields=["deleted_at", "deleted_by", "updated_at"])
    return experiment


def restore_experiment(*, actor: User | None, experiment: Experiment) -> Experiment:
    """Take an experiment back with the runs that went with it; runs thrown away before it stay in the trash."""
    with transaction.atomic():
        moment = Experiment.objects.filter(pk=experiment.pk).values_list("deleted_at", flat=True).get()
        with_it = Q(deleted_at=moment, purge_number=None)
        back = Experiment.objects.filter(pk=experiment.pk, deleted_at=moment, deleted_at__isnull=False).update(
            deleted_at=None, deleted_by=None, updated_at=timezone.now()
        )
        if back:
            own = Run.objects.filter(experiment=experiment)
            below = families.foreign_children(own, only=with_it)
            count = own.filter(with_it).update(deleted_at=None, deleted_by=None)
            _unstamp(below, with_it)
            _tell_experiment(actor, experiment, "experiment.untrashed", count)
    experiment.refresh_from_db(fields=["deleted_at", "deleted_by", "updated_at"])
    return experiment


def purge(
    *,
    actor: User | None,
    workspace: Workspace,
    runs: Sequence[str] = (),
    experiments: Sequence[int] = (),
    everything: bool = False,
) -> Purge:
    """Begin to remove things of the trash for good: runs (with their children), experiments, or everything.

    Raises Conflict when none of it is in the trash.
    """
    moment = timezone.now()
    thrown = families.below(runs, only=Q(deleted_at__isnull=False)) if runs else []
    scope = scopes.Scope(
        before=moment.isoformat(), everything=everything, runs=[*runs, *thrown], experiments=list(experiments)
    )
    meant = scopes.in_trash(workspace, scope)
    count, kinds = meant.runs.count(), meant.experiments.count() + meant.models.count()
    if not count and not kinds:
        raise Conflict("not_in_trash", "Nothing of this is in the trash.", hint="Put it into the trash first.")
    things = f"{count:,} run{'' if count == 1 else 's'}" if count else "what is left in the trash"
    with transaction.atomic():
        opened = opening.open_purge(
            actor=actor, workspace=workspace, scope=scope, cause=Purge.Cause.HAND, title=f"Remove {things} for good"
        )
        if opened is None:
            raise Conflict("purge_running", "The trash is being emptied already.", hint="Look at its receipt.")
        _record(actor, workspace, "storage.purge_asked", opened.subject, things, opened.get_absolute_url())
        tasks.purge.delay_on_commit(opened.pk)
    return opened


def _found(workspace: Workspace, ids: Sequence[str]) -> dict[str, Run]:
    found: dict[str, Run] = {}
    for some in families.portions(ids):
        rows = Run.objects.in_workspace(workspace).filter(pk__in=some).select_related("experiment")
        for run in rows.defer("definition"):
            run.workspace = workspace
            found[run.pk] = run
    return found


def _families(ids: Iterable[str]) -> dict[str, set[str]]:
    """Each run with everything below it that is not in the trash yet."""
    known = {pk: {pk} for pk in ids}
    parents = {pk: pk for pk in known}  # run → the one of `ids` above it
    level = list(known)
    while level:
        following: list[str] = []
        for some in families.portions(level):
            rows = Run.objects.filter(parent__in=some, deleted_at=None).values_list("pk", "parent_id")
            for pk, parent in rows:
                root = parents[str(parent)]
                if pk not in known[root]:
                    known[root].add(pk)
                    parents.setdefault(pk, root)
                    following.append(pk)
        level = following
    return _joined(known)


def _joined(known: dict[str, set[str]]) -> dict[str, set[str]]:
    """A family whose member was asked for as well holds that one's family too."""
    for root, family in known.items():
        waiting = [pk for pk in family if pk in known and pk != root]
        while waiting:
            more = known[waiting.pop()] - family
            family |= more
            waiting += [pk for pk in more if pk in known]
    return known


def _live(ids: Iterable[str]) -> set[str]:
    live: set[str] = set()
    for some in families.portions(list(ids)):
        live.update(Run.objects.filter(families.LIVE, pk__in=some).values_list("pk", flat=True))
    return live


def _stamp(ids: Iterable[str], actor: User | None, moment: datetime) -> int:
    moved = 0
    for some in families.portions(list(ids)):
        rows = Run.objects.filter(pk__in=some, deleted_at=None).exclude(families.LIVE)
        moved += rows.update(deleted_at=moment, deleted_by=actor)
    return moved


def _unstamp(ids: Iterable[str], only: Q) -> int:
    moved = 0
    for some in families.portions(list(ids)):
        moved += Run.objects.filter(only, pk__in=some).update(deleted_at=None, deleted_by=None)
    return moved


def _bring_back(runs: Sequence[Run]) -> int:
    """The runs and the children that went with them, level by level: however many they are, a few statements."""
    ids = [run.pk for run in runs]
    # What went at once carries one moment, so each child that went along has its parent's.
    went_along = Q(deleted_at=F("parent__deleted_at"), purge_number=None)
    return _unstamp([*ids, *families.below(ids, only=went_along)], RESTORABLE)


def _bring_back_above(runs: Sequence[Run]) -> int:
    """A run that is back must be seen: so are the runs and the experiment above it, without what else they held."""
    hidden = [row for row in families.above(runs) if row.deleted_at is not None]
    moved = _unstamp([row.pk for row in hidden], RESTORABLE)
    experiments = {row.experiment_id for row in (*runs, *hidden)}
    for some in families.portions(list(experiments)):
        Experiment.objects.filter(pk__in=some, deleted_at__isnull=False).update(deleted_at=None, deleted_by=None)
    return moved


def _why_not(run: Run | None, family: Iterable[str], live: set[str]) -> str:
    if run is None:
        return "There is no such run, or it is not yours to delete."
    busy = live.intersection(family)
    if run.pk in busy:
        return f"{run.name} is {run.state}, so it can't be deleted. Stop it first."
    return f"{len(busy)} of the runs below {run.name} are still live, so it can't be deleted. Stop them first."


def _why_not_back(run: Run | None) -> str:
    if run is None:
        return "There is no such run, or it is not yours to restore."
    return f"{run.name} is being removed for good (receipt {run.purge_number}), so it can't be restored."


def _experiment_live(experiment: Experiment, count: int) -> Conflict:
    runs = "a run that is" if count == 1 else f"{count:,} runs that are"
    return Conflict(
        "experiment_live", f"{experiment.path} has {runs} still live, so it can't be deleted.", hint="Stop them first."
    )


def _tell(actor: User | None, workspace: Workspace, runs: Sequence[Run], verb: str, moved: int) -> None:
    if not moved:
        return
    for run in runs if len(runs) <= TOLD_ONE_BY_ONE else ():
        _record(actor, workspace, verb, run.subject, run.name, run.get_absolute_url())
        publish(topics.run(run.pk), "status")
    if len(runs) > TOLD_ONE_BY_ONE:
        _record(actor, workspace, verb, "trash", f"{len(runs):,} runs", f"/w/{workspace.slug}/storage/")
    publish(topics.workspace(workspace.slug), "runs")


def _tell_experiment(actor: User | None, experiment: Experiment, verb: str, count: int) -> None:
    detail = f"with {count:,} run{'' if count == 1 else 's'}" if count else ""
    subject, address = f"experiment:{experiment.pk}", experiment.get_absolute_url()
    _record(actor, experiment.workspace, verb, subject, experiment.path, address, detail)
    publish(topics.workspace(experiment.workspace.slug), "runs")


def _record(
    actor: User | None, workspace: Workspace, verb: str, subject: str, label: str, url: str, detail: str = ""
) -> None:
    activity.record(actor=actor, workspace=workspace, verb=verb, subject=subject, label=label, url=url, detail=detail)

"""Into the trash and back: what goes together comes back together."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from runs.tracking.models import Run, RunState
from runs.trash import services
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity.models import Event
from studio.errors import Conflict
from tests.factories import make_experiment, make_run


def in_trash() -> set[str]:
    return set(Run.objects.filter(deleted_at__isnull=False).values_list("pk", flat=True))


def test_a_run_goes_with_everything_below_it(workspace: Workspace, ben: User) -> None:
    parent = make_run(workspace)
    child = make_run(workspace, parent=parent)
    grandchild = make_run(workspace, parent=child)
    other = make_run(workspace)
    outcome = services.trash_runs(actor=ben, workspace=workspace, ids=[parent.pk])
    assert (outcome.changed, outcome.refused, outcome.with_children) == ([parent.pk], [], 3)
    assert in_trash() == {parent.pk, child.pk, grandchild.pk}
    assert Run.objects.get(pk=child.pk).deleted_by == ben
    assert Run.objects.get(pk=other.pk).deleted_at is None


def test_a_restored_run_brings_back_what_went_with_it_and_nothing_else(workspace: Workspace, ben: User) -> None:
    parent = make_run(workspace)
    child, earlier = make_run(workspace, parent=parent), make_run(workspace, parent=parent)
    services.trash_run(actor=ben, run=earlier)
    services.trash_run(actor=ben, run=parent)
    services.restore_run(actor=ben, run=parent)
    assert in_trash() == {earlier.pk}
    assert Run.objects.get(pk=child.pk).deleted_by is None


def test_a_restored_child_brings_its_parents_and_its_experiment_back(workspace: Workspace, ben: User) -> None:
    experiment = make_experiment(workspace)
    parent = make_run(workspace, experiment=experiment)
    child = make_run(workspace, parent=parent, experiment=experiment)
    sibling = make_run(workspace, parent=parent, experiment=experiment)
    services.trash_experiment(actor=ben, experiment=experiment)
    child.refresh_from_db()
    services.restore_run(actor=ben, run=child)
    experiment.refresh_from_db()
    assert experiment.deleted_at is None
    assert in_trash() == {sibling.pk}


def test_many_runs_come_back_by_a_few_statements_whenever_they_went(
    workspace: Workspace, ben: User, django_assert_max_num_queries: Any
) -> None:
    top = make_run(workspace)
    parents = [make_run(workspace, parent=top) for _ in range(12)]
    children = [make_run(workspace, parent=parent) for parent in parents]
    earlier = make_run(workspace, parent=parents[0])
    services.trash_run(actor=ben, run=earlier)
    for parent in parents:
        services.trash_run(actor=ben, run=parent)
    services.trash_run(actor=ben, run=top)
    with django_assert_max_num_queries(16):
        outcome = services.restore_runs(actor=ben, workspace=workspace, ids=[run.pk for run in (*parents, *children)])
    assert (len(outcome.changed), outcome.with_children) == (24, 25)
    assert in_trash() == {earlier.pk}


@pytest.mark.parametrize("state", [RunState.QUEUED, RunState.PREPARING, RunState.RUNNING, RunState.FINALIZING])
def test_a_live_run_is_refused_until_it_is_stopped(workspace: Workspace, ben: User, state: str) -> None:
    run = make_run(workspace, state=state, with_job=True)
    with pytest.raises(Conflict) as caught:
        services.trash_run(actor=ben, run=run)
    assert caught.value.code == "run_live"
    assert not in_trash()


def test_a_run_with_a_live_child_is_refused_and_the_others_go(workspace: Workspace, ben: User) -> None:
    parent, other = make_run(workspace), make_run(workspace)
    make_run(workspace, parent=parent, state=RunState.RUNNING, with_job=True)
    outcome = services.trash_runs(actor=ben, workspace=workspace, ids=[parent.pk, other.pk, "222222222222"])
    assert outcome.changed == [other.pk]
    assert [refusal.id for refusal in outcome.refused] == [parent.pk, "222222222222"]
    assert "1 of the runs below" in outcome.refused[0].reason
    assert in_trash() == {other.pk}


def test_a_running_run_without_a_process_of_ours_may_go(workspace: Workspace, ben: User) -> None:
    run = make_run(workspace, state=RunState.RUNNING, source="mlflow")
    assert services.trash_run(actor=ben, run=run).deleted_at is not None


def test_doing_it_twice_changes_nothing(workspace: Workspace, ben: User) -> None:
    run = make_run(workspace)
    first = services.trash_run(actor=ben, run=run).deleted_at
    assert services.trash_run(actor=ben, run=run).deleted_at == first
    services.restore_run(actor=ben, run=run)
    assert services.restore_run(actor=ben, run=run).deleted_at is None
    assert list(Event.objects.values_list("verb", flat=True)) == ["run.untrashed", "run.trashed"]


def test_a_parent_and_its_child_asked_for_at_once_are_one_family(workspace: Workspace, ben: User) -> None:
    parent = make_run(workspace)
    child = make_run(workspace, parent=parent)
    grandchild = make_run(workspace, parent=child)
    outcome = services.trash_runs(actor=ben, workspace=workspace, ids=[child.pk, parent.pk])
    assert set(outcome.changed) == {parent.pk, child.pk}
    assert outcome.with_children == 3
    assert in_trash() == {parent.pk, child.pk, grandchild.pk}


def test_a_live_grandchild_holds_back_every_run_above_it_that_was_asked_for(workspace: Workspace, ben: User) -> None:
    parent = make_run(workspace)
    child = make_run(workspace, parent=parent)
    make_run(workspace, parent=child, state=RunState.RUNNING, with_job=True)
    outcome = services.trash_runs(actor=ben, workspace=workspace, ids=[parent.pk, child.pk])
    assert outcome.changed == []
    assert not in_trash()


def test_an_experiment_takes_its_runs_along_and_brings_those_back(workspace: Workspace, ben: User) -> None:
    experiment = make_experiment(workspace)
    kept_out = make_run(workspace, experiment=experiment)
    services.trash_run(actor=ben, run=kept_out)
    runs = [make_run(workspace, experiment=experiment) for _ in range(3)]
    elsewhere = make_run(workspace, parent=runs[0])
    services.trash_experiment(actor=ben, experiment=experiment)
    assert experiment.deleted_by == ben
    assert in_trash() == {kept_out.pk, elsewhere.pk, *(run.pk for run in runs)}
    services.restore_experiment(actor=ben, experiment=experiment)
    assert experiment.deleted_at is None
    assert in_trash() == {kept_out.pk}


def test_an_experiment_with_a_live_run_stays(workspace: Workspace, ben: User) -> None:
    experiment = make_experiment(workspace)
    make_run(workspace, experiment=experiment, state=RunState.RUNNING, with_job=True)
    with pytest.raises(Conflict) as caught:
        services.trash_experiment(actor=ben, experiment=experiment)
    assert caught.value.code == "experiment_live"
    experiment.refresh_from_db()
    assert experiment.deleted_at is None


def test_a_run_whose_removal_has_begun_does_not_come_back(workspace: Workspace, ben: User) -> None:
    moment = timezone.now() - timedelta(days=40)
    run = make_run(workspace, deleted_at=moment, purge_number=7)
    with pytest.raises(Conflict) as caught:
        services.restore_run(actor=ben, run=run)
    assert "receipt 7" in caught.value.message


def test_many_runs_are_one_line_of_the_feed(workspace: Workspace, ben: User) -> None:
    experiment = make_experiment(workspace)
    ids = [make_run(workspace, experiment=experiment).pk for _ in range(8)]
    services.trash_runs(actor=ben, workspace=workspace, ids=ids)
    assert Event.objects.get().label == "8 runs"


def test_runs_of_another_workspace_are_not_there(workspace: Workspace, ben: User, people: object) -> None:
    foreign = make_run(people.elsewhere)  # type: ignore[attr-defined]
    outcome = services.trash_runs(actor=ben, workspace=workspace, ids=[foreign.pk])
    assert outcome.changed == []
    assert not in_trash()

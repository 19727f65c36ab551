"""Changes of many runs, and edits that meet."""

import pytest
from django.utils import timezone

from runs.grid import bulk, tasks
from runs.grid.models import BulkChange
from runs.tracking.models import Experiment, Run, Tag
from studio.activity.models import Activity
from tests.factories import make_experiment
from tests.runs.grid.conftest import BASE

pytestmark = pytest.mark.django_db


def test_a_filter_names_the_runs(ask, make):
    make("a", loss=0.1)
    make("b", loss=0.9)
    answer = ask("runs/bulk", {"filter": "metrics.loss < 0.5", "action": "tag", "tags": {"best": "yes"}})
    assert len(answer["changed"]) == 1
    assert Tag.objects.get(key="best").run.name == "a"


def test_a_run_moves_with_everything_below_it(ask, make, workspace):
    top = make("top")
    child = make("child", parent=top)
    leaf = make("leaf", parent=child)
    ask("runs/bulk", {"ids": [top.pk], "action": "move", "to": "vision/kept"})
    kept = Experiment.objects.get(workspace=workspace, path="vision/kept")
    assert set(Run.objects.filter(experiment=kept).values_list("pk", flat=True)) == {top.pk, child.pk, leaf.pk}


def test_a_run_does_not_move_into_the_trash(ask, make, workspace):
    make_experiment(workspace, "gone", deleted_at=timezone.now())
    run = make("a")
    problem = ask("runs/bulk", {"ids": [run.pk], "action": "move", "to": "gone"}, status=409)
    assert problem["code"] == "experiment_in_trash"


def test_deleting_puts_runs_into_the_trash_and_refuses_live_ones(ask, make):
    dead, live = make("dead"), make("live", state="running")
    answer = ask("runs/bulk", {"ids": [dead.pk, live.pk], "action": "trash"})
    assert answer["changed"] == [dead.pk]
    assert [one["id"] for one in answer["refused"]] == [live.pk]
    assert ask("grid/window", {"query": {}})["runs"] == 1


def test_many_runs_are_changed_in_the_background_and_told_as_an_activity(ask, api, ben, make, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    monkeypatch.setattr(bulk, "PORTION", 2)
    monkeypatch.setattr(tasks.change_many, "delay_on_commit", lambda *_: None)
    for number in range(4):
        make(f"r{number}")
    make("live", state="running")
    answer = ask("runs/bulk", {"query": {}, "action": "archive"}, status=202)
    assert answer["total"] == 5
    row = BulkChange.objects.get(pk=answer["change"])
    assert [bulk.work(row.pk), bulk.work(row.pk), bulk.work(row.pk), bulk.work(row.pk)] == [True, True, False, False]
    assert Run.objects.filter(is_archived=True).count() == 4
    told = api(ben, base=BASE).get(f"runs/bulk/{row.pk}").json()
    assert (told["done"], told["changed"], told["refused_count"]) == (5, 4, 1)
    assert "running" in told["refused"][0]["reason"]
    activity = Activity.objects.get(subject=row.subject)
    assert (activity.state, activity.progress) == ("succeeded", 1.0)


def test_a_change_nobody_works_at_is_taken_up_again(make, workspace, ben):
    run = make("a")
    row = BulkChange.objects.create(workspace=workspace, actor=ben, action="archive", run_ids=[run.pk])
    assert bulk.open_ids() == [row.pk]
    assert bulk._claimed(row.pk)
    assert bulk.open_ids() == []
    assert bulk.work(row.pk) is False
    assert not Run.objects.get(pk=run.pk).is_archived


@pytest.mark.parametrize(
    "body",
    [
        {"action": "archive"},
        {"action": "archive", "filter": "x", "query": {}},
        {"action": "tag", "ids": ["222222222222"]},
        {"action": "move", "ids": ["222222222222"], "to": "../up"},
        {"action": "explode", "ids": ["222222222222"]},
    ],
)
def test_a_change_that_makes_no_sense_changes_nothing(ask, make, body):
    make("a")
    assert ask("runs/bulk", body, status=400)["detail"]
    assert not Run.objects.filter(is_archived=True).exists()


def test_an_edit_over_unseen_words_is_refused_with_both_values(api, ben, make):
    run = make("seen")
    client = api(ben, base=BASE)
    assert client.patch(f"runs/{run.pk}", {"name": "theirs"}).status_code == 200
    answer = client.patch(f"runs/{run.pk}", {"name": "mine", "expected": {"name": "seen"}})
    assert answer.status_code == 409
    assert answer.json()["errors"] == [{"field": "theirs", "message": "theirs"}, {"field": "yours", "message": "mine"}]
    assert client.patch(f"runs/{run.pk}", {"name": "mine", "expected": {"name": "theirs"}}).status_code == 200


def test_a_tag_changed_meanwhile_is_a_conflict_too(api, ben, make):
    run = make("a", tags={"team": "nlp"})
    client = api(ben, base=BASE)
    body = {"tags": {"team": "vision"}, "expected": {"tags": {"team": None}}}
    assert client.patch(f"runs/{run.pk}", body).json()["code"] == "edit_conflict"
    assert run.tags.get().value == "nlp"
    body["expected"]["tags"]["team"] = "nlp"
    assert client.patch(f"runs/{run.pk}", body).status_code == 200
    assert run.tags.get().value == "vision"

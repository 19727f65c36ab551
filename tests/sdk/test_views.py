"""Saved views, tables as files and changes of many runs, from Python and the command, against the real application."""

import csv
import json
from pathlib import Path
from typing import Any

import atelier
import pytest
from atelier import _cli

from runs.tracking.models import Run
from tests.factories import make_experiment, make_run
from tests.people import People

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("runs")]


@pytest.fixture
def runs(studio: People) -> None:
    """Three runs of an experiment."""
    experiment = make_experiment(studio.workspace, path="vision/digits")
    for name in ("one", "two", "three"):
        make_run(studio.workspace, experiment=experiment, name=name, state="completed")


def test_a_view_is_kept_changed_exported_and_deleted(tmp_path: Path) -> None:
    views = atelier.Workspace().views
    state = {"filter": "name != 'two'", "columns": [{"column": "attribute:state"}]}
    view = views.create("finished", state, experiment="vision/digits", scope="team", is_default=True)
    assert (view["scope"], view["experiment"], view["is_default"]) == ("team", "vision/digits", True)
    assert [row["id"] for row in views.search("vision/digits")] == [view["id"]]
    changed = views.update(view["id"], name="all but two", scope="personal", is_default=False)
    assert (changed["name"], changed["scope"], changed["is_default"]) == ("all but two", "personal", False)
    assert views.get(view["id"])["state"]["filter"] == "name != 'two'"
    saved = views.export(view["id"], tmp_path / "runs.csv")
    with saved.open() as file:
        assert sorted(row["name"] for row in csv.DictReader(file)) == ["one", "three"]
    with pytest.raises(atelier.UsageError, match=r"\.parquet"):
        views.export(view["id"], tmp_path / "runs.txt")
    views.delete(view["id"])
    with pytest.raises(atelier.NotFound):
        views.get(view["id"])


def test_the_command_keeps_a_view_and_takes_one_from_a_file(tmp_path: Path, capsys: Any, say: Any) -> None:
    words = ("--filter", "name = 'one'", "--column", "attribute:state", "--experiment", "vision/digits", "--team")
    made = say("view", "save", "best", *words)
    (tmp_path / "view.json").write_text(json.dumps(say("view", "show", made["id"])))
    copy = say("view", "save", "copy", "--state", str(tmp_path / "view.json"))
    assert copy["state"] == made["state"]
    edited = say("view", "edit", copy["id"], "--name", "mine", "--share", "team")
    assert (edited["name"], edited["scope"]) == ("mine", "team")
    assert _cli.main(["view", "delete", copy["id"]]) == 0
    capsys.readouterr()
    assert [row["name"] for row in say("view", "list")] == ["best"]


def test_the_table_of_a_filter_is_saved_without_a_view(tmp_path: Path) -> None:
    target = tmp_path / "runs.json"
    words = ("--filter", "name != 'two'", "--column", "attribute:state", "--order=attribute:name", "--to", str(target))
    assert _cli.main(["run", "table", *words]) == 0
    rows = json.loads(target.read_text())
    assert [row["name"] for row in rows] == ["one", "three"]


def test_many_runs_are_changed_by_a_filter_or_by_their_ids() -> None:
    space = atelier.Workspace()
    answer = space.change_runs("tag", filter="name != 'two'", tags={"kept": "yes"})
    assert (len(answer["changed"]), answer["refused"]) == (2, [])
    runs = list(space.runs(tag="kept:yes"))
    moved = space.change_runs("move", runs, to="vision/best")
    assert sorted(moved["changed"]) == sorted(run.id for run in runs)
    assert Run.objects.filter(experiment__path="vision/best").count() == 2
    assert len(space.change_runs("archive", experiment="vision/best")["changed"]) == 2
    with pytest.raises(atelier.UsageError, match="which runs"):
        space.change_runs("archive")


def test_a_run_tells_why_it_differs_and_what_it_read() -> None:
    first, second = list(atelier.Workspace().runs(limit=2))
    first.update(tags={"data": "new"})
    found = first.why(second)
    assert "data" in [row["name"] for row in found["reasons"]]
    assert first.datasets() == []

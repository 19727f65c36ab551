"""Who the rows of a window are, as a table asks while it is scrolled fast."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from runs.grid import outline, shelf
from runs.tracking.models import Run
from runs.tracking.pages import palette
from tests.factories import make_run
from tests.runs.grid.conftest import BASE

pytestmark = pytest.mark.django_db


def read(ask, query, **more):
    return ask("grid/outline", {"query": query, **more})


def test_a_row_is_its_kind_id_name_state_colour_and_start(ask, make):
    run = make("a")
    Run.objects.filter(pk=run.pk).update(started_at=datetime(2026, 1, 1, tzinfo=UTC))
    waiting = make("b", state="created")
    Run.objects.filter(pk=waiting.pk).update(started_at=None)
    answer = read(ask, {})
    assert answer["results"] == [
        ["run", waiting.pk, "b", "created", palette.slot_of("b"), None],
        ["run", run.pk, "a", "completed", palette.slot_of("a"), 1_767_225_600_000],
    ]
    assert (answer["runs"], answer["rows"]) == (2, 2)


def test_a_run_that_lost_contact_says_so(ask, make):
    run = make("a", state="running")
    run.job.lost_contact_at = timezone.now()
    run.job.save(update_fields=["lost_contact_at"])
    assert read(ask, {})["results"][0][3] == "lost"


def test_the_rows_stand_where_those_of_the_window_do(ask, make):
    for number in range(5):
        make(f"r{number}")
    window = ask("grid/window", {"query": {"order": ["attribute:name"]}})["window"]
    make("r0a")
    part = read(ask, {"order": ["attribute:name"]}, window=window, start=1, end=3)
    assert [row[2] for row in part["results"]] == ["r1", "r2"]
    assert part["window"] == window


def test_a_forgotten_window_is_made_again_under_another_key(ask, make):
    make("a")
    window = ask("grid/window", {"query": {}})["window"]
    shelf.memory.clear()
    assert read(ask, {}, window=window)["window"] != window


def test_groups_and_nested_runs_say_how_they_stand(ask, make):
    top = make("top", lr="0.1")
    make("child", parent=top, lr="0.1")
    nested = read(ask, {"tree": True, "open": [top.pk]})["results"]
    assert [(row[2], row[6:]) for row in nested] == [("top", [0, 1, True, False]), ("child", [1, 0, False, False])]
    grouped = read(ask, {"group": ["param:lr"], "open": ['["0.1"]']})["results"]
    assert grouped[0] == ["group", '["0.1"]', None, None, 0, None, 0, 2, True, False]
    assert [row[2] for row in grouped[1:]] == ["child", "top"]


def test_a_run_that_is_gone_keeps_its_row_without_a_name(ask, make):
    run = make("a")
    make("b")
    window = ask("grid/window", {"query": {}})["window"]
    Run.objects.filter(pk=run.pk).delete()
    assert [row[2] for row in read(ask, {}, window=window)["results"]] == ["b", None]


def test_two_thousand_rows_at_most_in_one_query(ask, make, monkeypatch, django_assert_max_num_queries):
    for number in range(4):
        make(f"r{number}")
    window = ask("grid/window", {"query": {}})["window"]
    monkeypatch.setattr(outline, "MAX_ROWS", 3)
    # Two for the caller.
    with django_assert_max_num_queries(3):
        assert len(read(ask, {}, window=window, end=100)["results"]) == 3


def test_runs_of_another_workspace_are_not_in_it(ask, make, people):
    make_run(people.elsewhere)
    assert read(ask, {})["results"] == []


@pytest.mark.parametrize("body", [{}, {"query": 1}, {"query": {}, "start": -1}, {"query": {}, "columns": []}])
def test_what_makes_no_sense_is_refused_with_a_sentence(api, ben, body):
    answer = api(ben, base=BASE).post("grid/outline", body)
    assert answer.status_code == 400
    assert answer.json()["detail"]

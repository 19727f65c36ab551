"""Runs side by side."""

import pytest
from django.utils import timezone

from runs.tracking.models import Run
from runs.tracking.pages import compare, palette
from runs.tracking.services import attached
from tests.factories import compute as jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def get(browser, rita):
    client = browser(rita)
    return lambda query, **extra: client.get(f"/w/vision/compare/?{query}", **extra).content.decode()


def shown(runs, **options) -> compare.ComparePage:
    defaults = {"asked": [run.pk for run in runs], "baseline_id": "", "only_differences": True, "statistic": "last"}
    return compare.compare_page(runs, **{**defaults, **options})


def test_fewer_than_two_runs_are_asked_for_more(get, run):
    assert "No runs are picked" in get("")
    assert "One run is picked" in get(f"ids={run.pk}")


def test_runs_of_different_experiments_stand_side_by_side(get, run, other):
    page = get(f"ids={run.pk},{other.pk}")
    assert "vision/digits" in page
    assert "vision/other" in page
    assert "brisk-otter-42" in page


def test_a_run_that_is_not_to_be_seen_is_left_out_and_said(get, run, other):
    page = get(f"ids={run.pk},{other.pk},secretrun123")
    assert "gone, or not yours to see" in page


def test_a_run_that_was_lost_says_so_at_the_head_of_its_column(get, run, other):
    job = jobs.make_job(run.workspace, state="running", lost_contact_at=timezone.now())
    Run.objects.filter(pk=run.pk).update(job=job)
    assert "Lost contact" in get(f"ids={run.pk},{other.pk}")


def test_more_than_a_hundred_runs_are_cut_with_a_sentence(get, ben, workspace):
    runs = [attached.start_run(actor=ben, workspace=workspace, name=f"run-{number}") for number in range(102)]
    page = get("ids=" + ",".join(run.pk for run in runs))
    assert "Compare 100 runs" in page
    assert "A comparison takes 100 runs" in page


def test_only_what_differs_is_shown_unless_all_is_asked(run, other, log_metrics):
    for one in (run, other):
        log_metrics(one, {"same": [(1, 1.0)], "loss": [(1, 0.1 if one is run else 0.2)]})
    sections = {section.title: section for section in shown([run, other]).sections}
    assert [row.key for row in sections["Metrics"].rows] == ["loss"]
    assert sections["Metrics"].hidden == 1
    every = {section.title: section for section in shown([run, other], only_differences=False).sections}
    assert [row.key for row in every["Metrics"].rows] == ["loss", "same"]


@pytest.mark.parametrize(("goal", "best"), [("min", 0), ("max", 1), ("", None)])
def test_the_best_value_is_marked_where_the_metric_has_a_goal(run, other, log_metrics, goal, best):
    log_metrics(run, {"score": [(1, 0.1)]}, goals={"score": goal} if goal else None)
    log_metrics(other, {"score": [(1, 0.2)]})
    [row] = shown([run, other]).sections[0].rows
    assert [at for at, cell in enumerate(row.cells) if cell.is_best] == ([] if best is None else [best])


def test_a_baseline_gives_each_value_its_distance(run, other, log_metrics):
    log_metrics(run, {"loss": [(1, 0.5)]}, goals={"loss": "min"})
    log_metrics(other, {"loss": [(1, 0.2)]})
    [row] = shown([run, other], baseline_id=run.pk).sections[0].rows
    assert row.cells[0].delta == ""
    assert (row.cells[1].delta, row.cells[1].trend) == ("−0.3", "good")


def test_another_value_of_a_metric_can_be_compared(run, other, log_metrics):
    log_metrics(run, {"loss": [(1, 0.5), (2, 0.9)]})
    log_metrics(other, {"loss": [(1, 0.5), (2, 0.7)]})
    assert shown([run, other], statistic="min").sections[0].rows == []
    assert [cell.text for cell in shown([run, other], statistic="max").sections[0].rows[0].cells] == ["0.9", "0.7"]


def test_two_runs_with_code_can_be_compared_as_code(get, run, other, keep_code):
    keep_code(run, {"train.py": "a = 1\n"})
    keep_code(other, {"train.py": "a = 2\n"})
    page = get(f"ids={run.pk},{other.pk}&view=code")
    assert "diff-remove" in page
    assert "diff-add" in page


def test_of_several_runs_two_are_chosen_whose_code_is_shown(get, ben, run, other, keep_code):
    keep_code(run, {"train.py": "a = 1\n"})
    keep_code(other, {"train.py": "a = 1\n"})
    third = attached.start_run(actor=ben, workspace=run.workspace, experiment="vision/other", name="third")
    keep_code(third, {"train.py": "a = 3\n"})
    named = f"ids={run.pk},{other.pk},{third.pk}&view=code"
    assert "a = 3" in get(named)
    assert "a = 3" not in get(f"{named}&from={run.pk}&to={other.pk}")
    assert "a = 3" in get(f"{named}&from={third.pk}&to={run.pk}")


def test_a_hint_fetches_the_table_alone(get, run, other):
    part = get(f"ids={run.pk},{other.pk}&part=table", headers={"HX-Request": "true"})
    assert "<html" not in part
    assert 'id="compare-table"' in part


def test_a_name_has_its_colour_until_a_neighbour_has_it():
    found = palette.colours([("a", "same"), ("b", "same"), ("c", "other")])
    assert found["a"].slot == palette.slot_of("same")
    assert len({(colour.slot, colour.dash) for colour in found.values()}) == 3

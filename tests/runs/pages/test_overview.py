"""The overview and the head of a run."""

import math

import pytest
from django.utils import timezone

from compute.jobs.models import Job
from runs.tracking.models import Run, RunState
from runs.tracking.services import attached
from tests.factories import make_run, make_target

pytestmark = pytest.mark.django_db


@pytest.fixture
def overview(browser, ben):
    def get(run: Run, query: str = "", **extra):
        return browser(ben).get(f"/w/vision/runs/{run.pk}/overview/{query}", **extra).content.decode()

    return get


def test_it_shows_metrics_parameters_tags_git_and_description(overview, run, log_metrics):
    log_metrics(run, {"train/loss": [(1, 0.5), (2, 0.25)]}, goals={"train/loss": "min"})
    page = overview(run)
    for part in ("train/loss", "0.25", "team", "9f2c1e7b4d5a6f80", "uncommitted changes", "<strong>baseline</strong>"):
        assert part in page


def test_an_imported_run_says_where_it_came_from(overview, run):
    assert "Imported from" not in overview(run)
    Run.objects.filter(pk=run.pk).update(external_id="wandb:digits/0a1b")
    page = overview(run)
    assert "Imported from" in page
    assert "W&amp;B" in page
    assert ">digits/0a1b</code>" in page


def test_a_value_that_is_no_number_is_named_so(overview, run, log_metrics):
    log_metrics(run, {"loss": [(1, math.nan)]})
    assert "NaN" in overview(run)


def test_system_metrics_are_left_to_their_tab(overview, run, log_metrics):
    log_metrics(run, {"system/cpu_percent": [(1, 50.0)], "loss": [(1, 1.0)]})
    assert "system/cpu_percent" not in overview(run)


def test_markup_in_what_people_write_stays_text(overview, ben, workspace):
    hostile = "<script>alert(1)</script>"
    run = attached.start_run(
        actor=ben, workspace=workspace, name=hostile, description=f"{hostile} [x](javascript:alert(1))",
        tags={hostile: hostile}, params={hostile: hostile},
    )  # fmt: skip
    page = overview(run)
    assert hostile not in page
    assert 'href="javascript' not in page


def test_a_failed_run_opens_on_what_went_wrong(overview, ben, run, write_log):
    write_log(run, "step 1\n" * 40 + "ModuleNotFoundError: No module named 'torch'\n")
    attached.finish_run(actor=ben, run=Run.objects.get(pk=run.pk), state="failed", exit_code=1)
    page = overview(run)
    assert "torch is missing" in page
    assert f"/w/vision/runs/{run.pk}/logs/#L41" in page
    assert "Open log at line 41" in page
    assert page.index("torch is missing") < page.index("Parameters")


def test_a_queued_run_says_why_it_waits(overview, ben, workspace):
    target = make_target(name="local", slots=0 + 1, is_paused=True)
    run = make_run(workspace, state=RunState.QUEUED, with_job=True, created_by=ben)
    Job.objects.filter(pk=run.job_id).update(target=target, queued_at=timezone.now())
    assert "local is paused" in overview(run)


def test_lost_contact_is_said_and_is_no_failure(overview, run):
    Job.objects.filter(pk=run.job_id).update(lost_contact_at=timezone.now())
    page = overview(run)
    assert "Lost contact" in page
    assert "Contact was lost" in page


def test_a_run_that_waits_to_be_started_offers_to_start(overview, ben, workspace):
    run = make_run(workspace, state=RunState.CREATED, with_job=True, created_by=ben)
    assert f"/w/vision/runs/{run.pk}/start/" in overview(run)


def test_children_and_parent_are_linked(overview, ben, workspace, run):
    child = attached.start_run(actor=ben, workspace=workspace, name="grid-1", parent=run)
    assert child.get_absolute_url() in overview(run)
    assert run.get_absolute_url() in overview(child)


def test_a_hint_fetches_only_the_metrics(overview, run, log_metrics):
    log_metrics(run, {"loss": [(1, 0.5)]})
    part = overview(run, "?part=metrics", headers={"HX-Request": "true"})
    assert part.lstrip().startswith("<section")
    assert "loss" in part
    assert "<html" not in part


@pytest.mark.parametrize("part", ["live", "facts", "children"])
def test_a_hint_fetches_each_moving_part_alone(overview, run, part):
    found = overview(run, f"?part={part}", headers={"HX-Request": "true"})
    assert found.lstrip().startswith(("<div class", "<div id"))
    assert f'id="run-{part}"' in found
    assert "<html" not in found


def test_the_head_answers_only_when_something_moved(browser, ben, run):
    client = browser(ben)
    url = f"/w/vision/runs/{run.pk}/head/"
    assert client.get(f"{url}?seen=running").status_code == 204
    attached.finish_run(actor=ben, run=Run.objects.get(pk=run.pk))
    moved = client.get(f"{url}?seen=running")
    assert moved.status_code == 200
    page = moved.content.decode()
    assert page.count("hx-swap-oob") == 3
    assert "Completed" in page


def test_the_overview_asks_the_database_a_fixed_number_of_times(
    django_assert_max_num_queries, browser, ben, workspace, run, log_metrics
):
    log_metrics(run, {f"metric-{number}": [(1, 1.0)] for number in range(40)})
    for number in range(30):
        attached.start_run(actor=ben, workspace=workspace, name=f"child-{number}", parent=run)
    client = browser(ben)
    with django_assert_max_num_queries(32):
        client.get(f"/w/vision/runs/{run.pk}/overview/")

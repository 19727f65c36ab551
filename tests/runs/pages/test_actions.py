"""What people do to a run from its page."""

import pytest

from runs.tracking.models import Run, RunState, Tag
from runs.tracking.services import attached
from tests.factories import make_run

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def post(browser, ben):
    client = browser(ben)

    def send(run: Run, action: str, data=None, **extra):
        return client.post(f"/w/vision/runs/{run.pk}/{action}/", data or {}, **extra)

    return send


def test_stopping_asks_the_job_to_stop_and_returns_to_the_tab(post, run):
    response = post(run, "stop", {"next": f"/w/vision/runs/{run.pk}/logs/"})
    assert response.status_code == 302
    assert response["Location"].endswith("/logs/")
    run.job.refresh_from_db()
    assert run.job.cancel_requested_at is not None


def test_the_stop_button_of_a_refreshed_head_leads_back_to_the_tab(browser, ben, run):
    tab = f"/w/vision/runs/{run.pk}/logs/"
    client = browser(ben)
    whole = client.get(tab).content.decode()
    assert f'name="next" value="{tab}"' in whole
    assert f"&amp;tab={tab}" in whole
    refreshed = client.get(f"/w/vision/runs/{run.pk}/head/", {"seen": "other", "tab": tab}).content.decode()
    assert f'name="next" value="{tab}"' in refreshed
    assert "evil.example" not in client.get(f"/w/vision/runs/{run.pk}/head/?tab=//evil.example/").content.decode()


def test_stopping_a_finished_run_says_so_and_breaks_nothing(post, ben, run):
    attached.finish_run(actor=ben, run=Run.objects.get(pk=run.pk))
    assert post(run, "stop").status_code == 302
    run.refresh_from_db()
    assert run.state == RunState.COMPLETED


def test_nobody_is_sent_to_another_site(post, run):
    response = post(run, "stop", {"next": "https://evil.example.org/"})
    assert response["Location"] == f"/w/vision/runs/{run.pk}/overview/"


def test_archiving_and_restoring(post, ben, run):
    attached.finish_run(actor=ben, run=Run.objects.get(pk=run.pk))
    post(run, "archive")
    run.refresh_from_db()
    assert run.is_archived
    post(run, "archive", {"action": "restore"})
    run.refresh_from_db()
    assert not run.is_archived


def test_a_live_run_is_not_archived(post, run):
    assert post(run, "archive").status_code == 302
    run.refresh_from_db()
    assert not run.is_archived


def test_starting_a_run_that_is_running_changes_nothing(post, run):
    assert post(run, "start").status_code == 302
    run.refresh_from_db()
    assert run.state == RunState.RUNNING


def test_renaming_answers_with_the_new_name_for_its_place(post, run):
    response = post(run, "edit", {"part": "name", "name": "better name"}, headers=HTMX)
    assert response.status_code == 200
    assert 'hx-swap-oob="true">better name</span>' in response.content.decode()
    run.refresh_from_db()
    assert run.name == "better name"


def test_an_empty_name_is_refused_and_what_was_typed_stays(post, run):
    response = post(run, "edit", {"part": "name", "name": "   "}, headers=HTMX)
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    run.refresh_from_db()
    assert run.name == "brisk-otter-42"


def test_a_description_is_kept_as_written_and_shown_as_markdown(post, run):
    response = post(run, "edit", {"part": "description", "description": "# Title\r\n\r\n- one"}, headers=HTMX)
    assert "<h1>Title</h1>" in response.content.decode()
    run.refresh_from_db()
    assert run.description == "# Title\n\n- one"


def test_tags_are_added_and_removed(post, run):
    post(run, "edit", {"part": "tags", "key": "stage", "value": "final"}, headers=HTMX)
    assert Tag.objects.get(run=run, key="stage").value == "final"
    response = post(run, "edit", {"part": "tags", "remove": "stage"}, headers=HTMX)
    assert not Tag.objects.filter(run=run, key="stage").exists()
    assert "team" in response.content.decode()


def test_a_tag_without_a_name_is_refused(post, run):
    assert post(run, "edit", {"part": "tags", "value": "x"}, headers=HTMX).status_code == 422


def test_a_form_of_no_part_is_refused(post, run):
    assert post(run, "edit", {"part": "state", "state": "completed"}, headers=HTMX).status_code == 400


def test_without_htmx_an_edit_returns_to_the_page(post, workspace, ben):
    run = make_run(workspace, created_by=ben)
    response = post(run, "edit", {"part": "name", "name": "plain form"})
    assert response.status_code == 302
    run.refresh_from_db()
    assert run.name == "plain form"


def test_what_was_done_is_said_on_the_next_page(browser, ben, run):
    client = browser(ben)
    page = client.post(f"/w/vision/runs/{run.pk}/stop/", follow=True).content.decode()
    assert "brisk-otter-42 is being stopped." in page

"""The storage pages, the delete buttons and the banner, as people meet them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from runs.tracking.models import Run, RunState
from runs.trash import engine, services
from studio.access.models import Workspace
from studio.accounts.models import User
from tests.factories import make_experiment, make_run
from tests.factories.stored import give_file, make_full_run

Browser = Callable[[User], Client]
STORAGE_QUERIES = 32


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_a_run_is_deleted_from_its_menu_and_undone_from_the_message(
    browser: Browser, ben: User, workspace: Workspace
) -> None:
    run = make_run(workspace)
    client = browser(ben)
    overview = f"/w/vision/runs/{run.pk}/overview/"
    assert f"/w/vision/runs/{run.pk}/delete/" in text_of(client, overview)
    answer = client.post(f"/w/vision/runs/{run.pk}/delete/", follow=True)
    assert f'action="/w/vision/runs/{run.pk}/undelete/"' in answer.content.decode()
    page = text_of(client, overview)
    assert "This run is in the trash" in page
    assert "Ben Carver put it there" in page
    assert f"/w/vision/runs/{run.pk}/delete/" not in page
    client.post(f"/w/vision/runs/{run.pk}/undelete/")
    assert Run.objects.get(pk=run.pk).deleted_at is None


def test_a_reader_sees_the_banner_and_no_button(browser: Browser, ben: User, rita: User, workspace: Workspace) -> None:
    run = make_run(workspace)
    client = browser(rita)
    assert "delete/" not in text_of(client, f"/w/vision/runs/{run.pk}/overview/")
    services.trash_run(actor=ben, run=run)
    page = text_of(client, f"/w/vision/runs/{run.pk}/overview/")
    assert "This run is in the trash" in page
    assert "undelete/" not in page


def test_a_live_run_has_no_delete_button_and_a_refusal_is_said(
    browser: Browser, ben: User, workspace: Workspace
) -> None:
    run = make_run(workspace, state=RunState.RUNNING, with_job=True)
    client = browser(ben)
    assert f"runs/{run.pk}/delete/" not in text_of(client, f"/w/vision/runs/{run.pk}/overview/")
    answer = client.post(f"/w/vision/runs/{run.pk}/delete/", follow=True)
    assert "Stop it first" in answer.content.decode()


def test_an_experiment_is_deleted_and_its_page_says_so(browser: Browser, ben: User, workspace: Workspace) -> None:
    experiment = make_experiment(workspace, "vision/digits")
    make_run(workspace, experiment=experiment)
    client = browser(ben)
    client.post(f"/w/vision/experiment/{experiment.pk}/delete/", follow=True)
    assert "This experiment is in the trash" in text_of(client, "/w/vision/experiments/vision/digits/")
    assert "vision/digits" in text_of(client, "/w/vision/storage/trash/")
    client.post(f"/w/vision/experiment/{experiment.pk}/undelete/", {"next": "/w/vision/storage/trash/"})
    assert "The trash is empty" in text_of(client, "/w/vision/storage/trash/")


def test_the_dialog_fetches_what_deleting_would_mean(browser: Browser, ben: User, workspace: Workspace) -> None:
    run = make_full_run(workspace)
    page = text_of(browser(ben), f"/w/vision/storage/preview/?run={run.pk}")
    assert "2.0 kB" in page or "2 kB" in page
    assert "10 points" in page
    assert "It can be restored from the trash until" in page
    assert browser(ben).get("/w/vision/storage/preview/?run=nonsense!").status_code == 400


def test_an_owner_empties_the_trash_and_gets_a_receipt(browser: Browser, ada: User, workspace: Workspace) -> None:
    run = make_full_run(workspace)
    services.trash_run(actor=ada, run=run)
    client = browser(ada)
    assert "Empty the trash" in text_of(client, "/w/vision/storage/trash/")
    answer = client.post("/w/vision/storage/purge/", {"everything": "1"})
    address = answer["Location"]
    assert "0 of 0 runs are gone" in text_of(client, address)
    engine.work(int(address.rstrip("/").rsplit("/", 1)[-1]))
    page = text_of(client, address)
    assert run.pk in page and run.name in page
    assert "Receipt" in text_of(client, "/w/vision/storage/receipts/")
    assert client.post("/w/vision/storage/purge/", {"everything": "1"})["Location"] == "/w/vision/storage/trash/"


def test_a_reader_looks_at_the_storage_pages_and_can_change_nothing(
    browser: Browser, rita: User, ada: User, workspace: Workspace
) -> None:
    services.trash_run(actor=ada, run=make_run(workspace))
    client = browser(rita)
    assert "<form" not in text_of(client, "/w/vision/storage/trash/").split('id="trash-rows"')[1].split("toast")[0]
    assert client.post("/w/vision/storage/purge/", {"everything": "1"}).status_code == 403


@pytest.mark.parametrize("runs", [1, 12])
def test_the_storage_page_costs_the_same_however_much_there_is(
    browser: Browser, ada: User, workspace: Workspace, runs: int
) -> None:
    for number in range(runs):
        run = make_run(workspace)
        give_file(run, b"%d" % number)
    client = browser(ada)
    client.get("/w/vision/storage/")
    with CaptureQueriesContext(
        connection,
    ) as captured:
        client.get("/w/vision/storage/")
    assert len(captured) <= STORAGE_QUERIES, len(captured)


def test_the_page_of_a_removed_run_names_its_receipt(
    browser: Browser, ada: User, rita: User, stan: User, workspace: Workspace, folder: Path
) -> None:
    run = make_full_run(workspace)
    services.trash_run(actor=ada, run=run)
    receipt = services.purge(actor=ada, workspace=workspace, runs=[run.pk])
    assert engine.work(receipt.pk) is False
    answer = browser(rita).get(f"/w/vision/runs/{run.pk}/")
    assert answer.status_code == 410
    assert f"/w/vision/storage/receipts/{receipt.pk}/" in answer.content.decode()
    assert browser(stan).get(f"/w/vision/runs/{run.pk}/").status_code == 404

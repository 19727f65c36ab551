"""The trash over REST, as programs use it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from runs.tracking.models import Run, RunState
from runs.trash import engine, services
from runs.trash.models import Purge
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.storage.models import Blob
from tests.factories import make_experiment, make_run
from tests.factories.stored import give_file, make_full_run
from tests.people import ApiClient

BASE = "/api/v1/workspaces/vision/"
Caller = Callable[..., ApiClient]


@pytest.fixture
def as_ben(api: Caller, ben: User) -> ApiClient:
    return api(ben, base=BASE)


@pytest.fixture
def as_ada(api: Caller, ada: User) -> ApiClient:
    return api(ada, base=BASE)


def test_a_deleted_run_leaves_the_list_keeps_its_address_and_comes_back(
    as_ben: ApiClient, workspace: Workspace
) -> None:
    run = make_run(workspace)
    assert as_ben.delete(f"runs/{run.pk}").status_code == 204
    assert as_ben.get("runs").json()["results"] == []
    assert as_ben.get(f"runs/{run.pk}").status_code == 200
    assert as_ben.post(f"runs/{run.pk}/undelete").status_code == 200
    assert [row["id"] for row in as_ben.get("runs").json()["results"]] == [run.pk]


def test_a_live_run_answers_409(as_ben: ApiClient, workspace: Workspace) -> None:
    run = make_run(workspace, state=RunState.RUNNING, with_job=True)
    answer = as_ben.delete(f"runs/{run.pk}")
    assert (answer.status_code, answer.json()["code"]) == (409, "run_live")


def test_a_deleted_experiment_takes_its_runs_along_and_keeps_its_path(as_ben: ApiClient, workspace: Workspace) -> None:
    experiment = make_experiment(workspace, "vision/digits")
    run = make_run(workspace, experiment=experiment)
    assert as_ben.delete(f"experiments/{experiment.pk}").status_code == 204
    assert as_ben.get("experiments").json()["results"] == []
    again = as_ben.post("experiments", {"path": "vision/digits"})
    assert (again.status_code, again.json()["code"]) == (409, "experiment_in_trash")
    assert as_ben.post("runs/start", {"experiment": "vision/digits"}).status_code == 409
    trash = as_ben.get("trash").json()
    assert trash["results"] == []
    assert [(item["path"], item["run_count"]) for item in trash["experiments"]] == [("vision/digits", 1)]
    assert as_ben.post(f"experiments/{experiment.pk}/undelete").json()["run_count"] == 1
    assert Run.objects.get(pk=run.pk).deleted_at is None


def test_the_trash_names_what_was_thrown_away_and_by_whom(as_ben: ApiClient, ben: User, workspace: Workspace) -> None:
    parent = make_run(workspace)
    make_run(workspace, parent=parent)
    services.trash_run(actor=ben, run=parent)
    (item,) = as_ben.get("trash").json()["results"]
    assert (item["id"], item["deleted_by"]) == (parent.pk, str(ben))
    assert item["restorable_until"] > item["deleted_at"]


def test_a_preview_says_what_is_freed_what_is_shared_and_what_is_in_the_way(
    as_ben: ApiClient, workspace: Workspace
) -> None:
    one, two = make_full_run(workspace), make_run(workspace)
    live = make_run(workspace, state=RunState.RUNNING, with_job=True)
    give_file(one, b"shared" * 100)
    give_file(two, b"shared" * 100)
    Blob.objects.update(claimed_at=None)
    answer = as_ben.post("trash/preview", {"runs": [one.pk, live.pk]}).json()
    assert (answer["runs"], answer["files"], answer["points"], answer["log_bytes"]) == (2, 2, 10, 140)
    assert answer["shared_bytes"] == 600
    assert answer["freed_bytes"] == answer["bytes"] - 600 == 2000
    assert answer["is_blocked"] is True
    (hold,) = [hold for hold in answer["holds"] if hold["is_blocking"]]
    assert hold["named"] == [{"label": live.name, "url": f"/w/vision/runs/{live.pk}/"}]
    assert not Run.objects.filter(deleted_at__isnull=False).exists()


def test_a_preview_takes_a_filter_and_says_where_it_is_wrong(as_ben: ApiClient, workspace: Workspace) -> None:
    make_run(workspace, name="find-me")
    make_run(workspace, name="other")
    assert as_ben.post("trash/preview", {"filter": "name = 'find-me'"}).json()["runs"] == 1
    assert as_ben.post("trash/preview", {"filter": "name = = "}).status_code == 400
    assert as_ben.post("trash/preview", {}).json()["runs"] == 0


def test_what_the_preview_promised_is_what_the_receipt_says(as_ada: ApiClient, ada: User, workspace: Workspace) -> None:
    runs = [make_full_run(workspace) for _ in range(3)]
    promised = as_ada.post("trash/preview", {"runs": [run.pk for run in runs]}).json()
    services.trash_runs(actor=ada, workspace=workspace, ids=[run.pk for run in runs])
    again = as_ada.post("trash/preview", {"in_trash": True}).json()
    assert {key: again[key] for key in ("runs", "freed_bytes", "points")} == {
        key: promised[key] for key in ("runs", "freed_bytes", "points")
    }
    opened = as_ada.post("trash/purge", {"everything": True})
    assert (opened.status_code, opened.json()["state"]) == (202, "waiting")
    engine.work(opened.json()["id"])
    receipt = as_ada.get(f"trash/receipts/{opened.json()['id']}").json()
    assert receipt["state"] == "done"
    assert receipt["bytes_freed"] == promised["freed_bytes"]
    assert receipt["files_removed"] == promised["objects"]
    assert receipt["points"] == promised["points"]
    assert {line["id"] for line in receipt["runs"]} == {run.pk for run in runs}
    assert as_ada.get("trash/receipts").json()["results"][0]["id"] == receipt["id"]


def test_only_an_owner_removes_for_good(as_ben: ApiClient, ben: User, workspace: Workspace) -> None:
    services.trash_run(actor=ben, run=make_run(workspace))
    assert as_ben.post("trash/purge", {"everything": True}).status_code == 403
    assert not Purge.objects.exists()


def test_the_store_is_told_by_kind_experiment_and_run(as_ben: ApiClient, workspace: Workspace, folder: Path) -> None:
    run = make_full_run(workspace)
    answer = as_ben.get("storage").json()
    kinds = {kind["name"]: kind for kind in answer["kinds"]}
    assert kinds["artifacts"]["count"] == kinds["snapshots"]["count"] == 1
    assert kinds["logs"]["bytes"] > 0 and kinds["metrics"]["bytes"] > 0
    assert answer["bytes"] == kinds["artifacts"]["bytes"] + kinds["snapshots"]["bytes"]
    assert [size["path"] for size in answer["experiments"]] == [run.experiment.path]
    assert [size["id"] for size in answer["runs"]] == [run.pk]
    assert answer["trash"]["runs"] == 0


def test_the_address_of_a_removed_run_answers_410_to_those_who_could_have_seen_it(
    api: Caller, ada: User, rita: User, stan: User, workspace: Workspace, folder: Path
) -> None:
    run = make_full_run(workspace)
    services.trash_run(actor=ada, run=run)
    receipt = services.purge(actor=ada, workspace=workspace, runs=[run.pk])
    assert engine.work(receipt.pk) is False
    for path in (f"runs/{run.pk}", f"runs/{run.pk}/metrics", f"runs/{run.pk}/artifacts/file.bin"):
        answer = api(rita, base=BASE).get(path)
        assert (answer.status_code, answer.json()["code"]) == (410, "run_removed")
        assert f"/w/vision/storage/receipts/{receipt.pk}/" in answer.json()["hint"]
    assert api(ada, base=BASE).post(f"runs/{run.pk}/stop").status_code == 410
    assert api(stan, base=BASE).get(f"runs/{run.pk}").status_code == 404
    assert api(rita, base=BASE).get("runs/222222222222").status_code == 404
    assert api(rita, base="/api/v1/workspaces/elsewhere/").get(f"runs/{run.pk}").status_code == 404

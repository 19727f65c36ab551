"""Reports, webhooks and the trash from Python and the command, against the real application."""

import json
from pathlib import Path
from typing import Any

import atelier
import pytest
from atelier import _cli

from tests.factories import make_experiment, make_run, make_token
from tests.people import People, make_people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def studio(live_server: Any, spool: Path, monkeypatch: pytest.MonkeyPatch) -> People:
    people = make_people()
    monkeypatch.setenv("ATELIER_URL", live_server.url)
    monkeypatch.setenv("ATELIER_TOKEN", make_token(people.ada))
    monkeypatch.setenv("ATELIER_WORKSPACE", "vision")
    return people


def say(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert _cli.main([*words, "-o", "json"]) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


def test_a_report_is_written_published_and_never_written_over_unseen(studio: People, capsys: Any) -> None:
    reports = atelier.Workspace().reports
    report = reports.create("Results", "# One")
    assert report["state"] == "draft"
    second = reports.update(report["id"], body="# Two", version=report["version"])
    with pytest.raises(atelier.Conflict):
        reports.update(report["id"], body="# Three", version=report["version"])
    assert second["version"] == report["version"] + 1
    assert say(capsys, "report", "publish", report["id"])["state"] == "published"
    assert say(capsys, "report", "publish", report["id"], "--draft")["state"] == "draft"
    assert [row["title"] for row in reports.search()] == ["Results"]
    reports.delete(report["id"])
    with pytest.raises(atelier.NotFound):
        reports.get(report["id"])


def test_a_webhook_is_made_changed_and_its_log_is_read(studio: People, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setenv("ATELIER_WEBHOOK_SECRET", "very secret words")
    address = "https://93.184.216.34/hook"
    words = ("--event", "registered_model.created", "--event", "model_version.created", "--signed")
    made = say(capsys, "webhook", "create", "ci", address, *words)
    assert (made["is_signed"], made["status"], len(made["events"])) == (True, "ACTIVE", 2)
    assert "secret" not in json.dumps(made).replace("very", "")
    changed = say(capsys, "webhook", "edit", str(made["id"]), "--disable", "--event", "model_version.created")
    assert (changed["status"], changed["events"]) == ("DISABLED", ["model_version.created"])
    assert changed["is_signed"]
    webhooks = atelier.Workspace().webhooks
    assert webhooks.update(made["id"], is_active=True, secret="")["is_signed"] is False
    assert list(webhooks.deliveries(made["id"])) == []
    assert say(capsys, "webhook", "log", str(made["id"])) == []
    assert [row["name"] for row in say(capsys, "webhook", "list")] == ["ci"]
    webhooks.delete(made["id"])
    assert list(webhooks.search()) == []


def test_the_trash_is_looked_at_before_and_after(studio: People, capsys: Any) -> None:
    experiment = make_experiment(studio.workspace, path="vision/digits")
    run = make_run(studio.workspace, experiment=experiment, state="completed")
    assert say(capsys, "run", "rm", run.pk, "--dry-run")["runs"] == 1
    assert say(capsys, "experiment", "rm", "vision/digits", "--dry-run")["experiments"] == 1
    assert say(capsys, "trash", "list")["results"] == []
    atelier.Workspace().run(run.pk).delete()
    assert [row["id"] for row in say(capsys, "trash", "list")["results"]] == [run.pk]
    number = atelier.Workspace().purge([run.pk])["id"]
    assert [row["id"] for row in say(capsys, "trash", "receipts")] == [number]
    assert say(capsys, "trash", "receipt", str(number))["id"] == number
    assert _cli.main(["trash", "receipt", str(number)]) == 0
    assert _cli.main(["trash", "list"]) == 0


def test_experiments_and_models_are_described_with_the_command(studio: People, capsys: Any) -> None:
    make_experiment(studio.workspace, path="vision/digits")
    words = ("experiment", "edit", "vision/digits", "--description", "Handwritten")
    assert say(capsys, *words)["description"] == "Handwritten"
    atelier.Workspace().models.create("clf", tags={"draft": "yes"})
    words = ("model", "edit", "clf", "--description", "Reads digits.", "--tag", "team=eyes", "--remove", "draft")
    model = say(capsys, *words)
    assert (model["description"], model["tags"]) == ("Reads digits.", {"team": "eyes"})

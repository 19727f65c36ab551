"""Reports, webhooks and the trash from Python and the command, against the real application."""

import json
from typing import Any

import atelier
import pytest
from atelier import _cli

from tests.factories import make_experiment, make_run
from tests.people import People

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_report_is_written_published_and_never_written_over_unseen(studio: People, say: Any) -> None:
    reports = atelier.Workspace().reports
    report = reports.create("Results", "# One")
    assert report["state"] == "draft"
    second = reports.update(report["id"], body="# Two", version=report["version"])
    with pytest.raises(atelier.Conflict):
        reports.update(report["id"], body="# Three", version=report["version"])
    assert second["version"] == report["version"] + 1
    assert say("report", "publish", report["id"])["state"] == "published"
    assert say("report", "publish", report["id"], "--draft")["state"] == "draft"
    assert [row["title"] for row in reports.search()] == ["Results"]
    assert [(row["version"], row["author"]["name"]) for row in reports.versions(report["id"])] == [(1, studio.ada.name)]
    assert reports.version(report["id"], 1)["body"] == "# One"
    assert [row["version"] for row in say("report", "versions", report["id"])] == [1]
    assert say("report", "show", report["id"], "--version", "1")["body"] == "# One"
    with pytest.raises(atelier.NotFound):
        reports.version(report["id"], 7)
    reports.delete(report["id"])
    with pytest.raises(atelier.NotFound):
        reports.get(report["id"])


def test_a_webhook_is_made_changed_and_its_log_is_read(studio: People, monkeypatch: Any, say: Any) -> None:
    monkeypatch.setenv("ATELIER_WEBHOOK_SECRET", "very secret words")
    address = "https://93.184.216.34/hook"
    words = ("--event", "registered_model.created", "--event", "model_version.created", "--signed")
    made = say("webhook", "create", "ci", address, *words)
    assert (made["is_signed"], made["status"], len(made["events"])) == (True, "ACTIVE", 2)
    assert "secret" not in json.dumps(made).replace("very", "")
    changed = say("webhook", "edit", str(made["id"]), "--disable", "--event", "model_version.created")
    assert (changed["status"], changed["events"]) == ("DISABLED", ["model_version.created"])
    assert changed["is_signed"]
    webhooks = atelier.Workspace().webhooks
    assert webhooks.update(made["id"], is_active=True, secret="")["is_signed"] is False
    assert list(webhooks.deliveries(made["id"])) == []
    assert say("webhook", "log", str(made["id"])) == []
    assert [row["name"] for row in say("webhook", "list")] == ["ci"]
    webhooks.delete(made["id"])
    assert list(webhooks.search()) == []


def test_the_trash_is_looked_at_before_and_after(studio: People, say: Any) -> None:
    experiment = make_experiment(studio.workspace, path="vision/digits")
    run = make_run(studio.workspace, experiment=experiment, state="completed")
    assert say("run", "rm", run.pk, "--dry-run")["runs"] == 1
    assert say("experiment", "rm", "vision/digits", "--dry-run")["experiments"] == 1
    assert say("trash", "list")["results"] == []
    atelier.Workspace().run(run.pk).delete()
    assert [row["id"] for row in say("trash", "list")["results"]] == [run.pk]
    number = atelier.Workspace().purge([run.pk])["id"]
    assert [row["id"] for row in say("trash", "receipts")] == [number]
    assert say("trash", "receipt", str(number))["id"] == number
    assert _cli.main(["trash", "receipt", str(number)]) == 0
    assert _cli.main(["trash", "list"]) == 0


def test_experiments_and_models_are_described_with_the_command(studio: People, say: Any) -> None:
    make_experiment(studio.workspace, path="vision/digits")
    words = ("experiment", "edit", "vision/digits", "--description", "Handwritten")
    assert say(*words)["description"] == "Handwritten"
    atelier.Workspace().models.create("clf", tags={"draft": "yes"})
    words = ("model", "edit", "clf", "--description", "Reads digits.", "--tag", "team=eyes", "--remove", "draft")
    model = say(*words)
    assert (model["description"], model["tags"]) == ("Reads digits.", {"team": "eyes"})

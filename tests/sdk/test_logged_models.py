"""`atelier logged-model …` against the real application."""

import io
import json
from typing import Any

import pytest
from atelier import _cli

from runs.logged_models import services
from runs.logged_models.models import LoggedModel
from tests.factories import make_run, make_token
from tests.people import make_people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def model(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> LoggedModel:
    """A model with a parameter, a metric and a file; the settings are Rita's, who may read."""
    people = make_people()
    monkeypatch.setenv("ATELIER_URL", live_server.url)
    monkeypatch.setenv("ATELIER_TOKEN", make_token(people.rita))
    monkeypatch.setenv("ATELIER_WORKSPACE", "vision")
    run = make_run(people.workspace, state="completed")
    made = services.create_model(
        actor=people.ben, experiment=run.experiment, name="clf", source_run=run, params={"rate": "0.1"}
    )
    services.log_metrics(actor=None, run=run, rows=[services.MetricRow(made.pk, "accuracy", 0.93, 1, 0, "iris", "d1")])
    services.put_file(actor=people.ben, model=made, path="MLmodel", stream=io.BytesIO(b"flavors: {}"))
    services.create_model(actor=people.ben, experiment=make_run(people.workspace).experiment, name="other")
    return made


def ask(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert _cli.main(["logged-model", *words]) == 0
    return capsys.readouterr().out


def test_models_are_listed_by_run_experiment_and_number(model: LoggedModel, capsys: pytest.CaptureFixture[str]) -> None:
    assert "clf" in ask(capsys, "list")
    assert "other" in ask(capsys, "list")
    assert model.source_run
    for narrowed in (("--run", model.source_run.pk), ("--experiment", model.experiment.path)):
        shown = ask(capsys, "list", *narrowed)
        assert model.pk in shown
        assert "other" not in shown
    (first,) = json.loads(ask(capsys, "list", "--limit", "1", "--output", "json"))
    assert first["name"] == "other"


def test_a_model_is_shown_with_what_belongs_to_it(model: LoggedModel, capsys: pytest.CaptureFixture[str]) -> None:
    shown = ask(capsys, "show", model.pk)
    for wanted in ("clf", "rate=0.1", "accuracy", "0.93", "iris", "MLmodel"):
        assert wanted in shown
    assert json.loads(ask(capsys, "show", model.pk, "--output", "json"))["id"] == model.pk


def test_a_model_that_is_not_there_is_said_so(model: LoggedModel, capsys: pytest.CaptureFixture[str]) -> None:
    assert _cli.main(["logged-model", "show", "m-" + "0" * 32]) != 0
    assert capsys.readouterr().err

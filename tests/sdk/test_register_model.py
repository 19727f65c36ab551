"""Register Model in a run of the studio: the model can be found, and says what it takes."""

from typing import Any

import atelier
import pytest
from atelier.components import catalogue, context, running
from atelier.components.errors import ComponentError
from atelier.components.learners import trained
from atelier.components.tables import Table

from tests.people import People

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def inputs() -> dict[str, Any]:
    table: Table = running.carry_out(catalogue.named("iris"), {})["dataset"]
    learner = running.carry_out(catalogue.named("multiclass_logistic_regression"), {})["untrained_model"]
    label = table.label or str(table.frame.columns[-1])
    return {"trained_model": trained.train(learner, table, label), "dataset": table}


def registered(run: Any, inputs: dict[str, Any], **parameters: Any) -> dict[str, Any]:
    own = context.Context(run=run)
    try:
        return running.carry_out(catalogue.named("register_model"), inputs, parameters, own)
    finally:
        own.close()


def test_a_trained_model_becomes_a_version_that_knows_its_columns(studio: People, inputs: dict[str, Any]) -> None:
    with atelier.start_run() as run:
        registered(run, inputs, model_name="flowers", alias="champion", description="of 1936")
    models = atelier.Workspace().models
    version = models.version("flowers", "champion")
    assert (version["version"], version["run_id"]) == (1, run.id)
    assert {row["path"] for row in models.files("flowers")} >= {
        "MLmodel",
        "pipeline.json",
        "requirements.txt",
        "score.py",
    }
    assert len(version["signature"]["inputs"]) == 4
    assert atelier.Workspace().run(run.id).tags["registered_model"] == "flowers:1"


def test_without_a_studio_the_folder_is_the_output(inputs: dict[str, Any]) -> None:
    own = context.Context()
    found = running.carry_out(catalogue.named("register_model"), inputs, {"model_name": "flowers"}, own)["model"]
    assert (found / "MLmodel").is_file()
    with pytest.raises(ComponentError, match="neither / nor :"):
        running.carry_out(catalogue.named("register_model"), inputs, {"model_name": "a/b"}, own)
    own.close()

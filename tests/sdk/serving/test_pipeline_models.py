"""Models of the designer at an endpoint, in a batch job, and loaded by MLflow: the same answers everywhere."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from atelier.components import catalogue, running
from atelier.components.inference import packing
from atelier.components.learners import trained
from atelier.components.tables import Table
from atelier.serving.batch import scorers
from atelier.serving.problems import LoadProblem, Problem

from tests.sdk.serving import scored

RAW = ["make", "fuel-type", "engine-size", "horsepower"]


@pytest.fixture(scope="module")
def table() -> Table:
    whole: Table = running.carry_out(catalogue.named("automobile_price"), {})["dataset"]
    return whole.with_frame(whole.frame[[*RAW, "price"]].dropna())


@pytest.fixture(scope="module")
def model(table: Table) -> trained.TrainedModel:
    learner = running.carry_out(
        catalogue.named("boosted_decision_tree_regression"), {}, {"number_of_trees_constructed": 5}
    )
    return trained.train(learner["untrained_model"], table, "price")


@pytest.fixture(scope="module")
def folder(model: trained.TrainedModel, table: Table, tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("cars") / "azureml-models" / "cars" / "3"
    packing.pack_model(model, found, example=table)
    return found


@pytest.fixture(scope="module")
def wanted(model: trained.TrainedModel, table: Table) -> list[float]:
    found: list[float] = model.scores(table)["Scored Labels"].head(3).tolist()
    return found


def test_every_path_answers_what_the_model_says(folder: Path, table: Table, wanted: list[float]) -> None:
    scorer = scored.load(folder)
    rows = table.frame[RAW].head(3).to_dict(orient="records")
    answers = [{"Scored Labels": one} for one in wanted]
    assert scored.ask(scorer, {"dataframe_records": rows}) == {"predictions": answers}
    assert scored.ask(scorer, rows, kind="score") == answers
    designers = {"Inputs": {"WebServiceInput0": rows}, "GlobalParameters": {}}
    assert scored.ask(scorer, designers, kind="score") == {"Results": {"WebServiceOutput0": answers}}
    text = table.frame[RAW].head(3).to_csv(index=False)
    assert scored.ask(scorer, text, media_type="text/csv") == {"predictions": answers}
    kinds = {"make": "BYTES", "fuel-type": "BYTES", "engine-size": "INT64", "horsepower": "FP64"}
    tensors = [
        {"name": name, "shape": [3], "datatype": kind, "data": [row[name] for row in rows]}
        for name, kind in kinds.items()
    ]
    answered = scored.ask(scorer, {"inputs": tensors}, kind="infer")
    assert (answered["model_version"], answered["outputs"][0]["data"]) == ("3", wanted)


def test_what_does_not_fit_is_the_callers_mistake(folder: Path) -> None:
    scorer = scored.load(folder, ATELIER_SERVING_EXTRA_FIELDS="refuse")
    row = {"make": "audi", "fuel-type": "gas", "engine-size": 130, "horsepower": 111}
    for body, media_type, status in (
        ([{**row, "horsepower": "many"}], "application/json", 422),
        ([{**row, "wheels": 4}], "application/json", 422),
        ({"rows": 1, "columns": 2}, "application/json", 422),
        ("x", "text/plain", 415),
    ):
        with pytest.raises(Problem) as raised:
            scored.ask(scorer, body, kind="score", media_type=media_type)
        assert raised.value.status == status


def test_a_batch_job_and_mlflow_itself_say_the_same(folder: Path, table: Table, wanted: list[float]) -> None:
    import mlflow.pyfunc

    frame = table.frame.head(3)
    assert scorers.load_model(folder)(frame)["Scored Labels"].tolist() == wanted
    own: Any = mlflow.pyfunc.load_model(str(folder))
    assert own.predict(frame)["Scored Labels"].tolist() == wanted
    assert "lightgbm==" in (folder / "requirements.txt").read_text()


def test_a_folder_that_lost_its_model_says_so(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "MLmodel").write_text((folder / "MLmodel").read_text())
    with pytest.raises(LoadProblem, match="pipeline.json is missing"):
        scored.load(tmp_path)
    (tmp_path / "pipeline.json").write_text((folder / "pipeline.json").read_text())
    with pytest.raises(LoadProblem, match="model.joblib is missing"):
        scored.load(tmp_path)


def test_without_an_example_the_columns_are_those_of_the_training(model: trained.TrainedModel, tmp_path: Path) -> None:
    packing.pack_model(model, tmp_path)
    scorer = scored.load(tmp_path)
    row = {"make": "audi", "fuel-type": "gas", "engine-size": 130, "horsepower": 111}
    assert scored.ask(scorer, row, kind="score") == [
        {"Scored Labels": model.scores(Table(pd.DataFrame([row])))["Scored Labels"][0]}
    ]

"""A trained pipeline turned into one that answers requests: the same predictions as in training, in every shape."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from atelier.components.inference import deriving, graph, packing
from atelier.components.inference.training_graph import Unturnable
from atelier.serving import mlflow_models, signatures
from atelier.serving.problems import Problem

from tests.sdk.components.inference import pipelines
from tests.sdk.components.inference.pipelines import node

pytestmark = pytest.mark.pure

FEATURES = "make, body-style, wheel-base, engine-size, horsepower, peak-rpm, highway-mpg"


def cars() -> pipelines.Document:
    """The car price sample: select, clean, split, learn, train, score, evaluate."""
    return pipelines.document(
        data=node("automobile_price"),
        select=node("select_columns_in_dataset", dataset="data.dataset", columns=f"{FEATURES}, price"),
        clean=node("clean_missing_data", dataset="select.results_dataset", cleaning_mode="Remove entire row"),
        scale=node(
            "normalize_data",
            dataset="clean.cleaned_dataset",
            columns="none; include types numeric; exclude names price",
        ),
        split=node("split_data", dataset="scale.transformed_dataset", fraction_of_rows=0.7),
        learner=node("linear_regression"),
        train=node(
            "train_model",
            untrained_model="learner.untrained_model",
            dataset="split.results_dataset1",
            label_column="price",
        ),
        score=node("score_model", trained_model="train.trained_model", dataset="split.results_dataset2"),
        evaluate=node("evaluate_model", scored_dataset="score.scored_dataset"),
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> pipelines.Trained:
    return pipelines.Trained(cars(), tmp_path_factory.mktemp("trained"))


@pytest.fixture(scope="module")
def derived(trained: pipelines.Trained) -> pipelines.Document:
    return deriving.derive(trained.document, pipelines.declarations(trained.document), trained.places())


@pytest.fixture(scope="module")
def folder(derived: pipelines.Document, tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("packed")
    packing.pack(derived, pipelines.paths(derived), found)
    return found


@pytest.fixture(scope="module")
def script(folder: Path) -> Any:
    """The scoring script as a deployment loads it."""
    spec = importlib.util.spec_from_file_location("score_of_cars", folder / "score.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AZUREML_MODEL_DIR", str(folder.parent))
        module.init()
    return module


@pytest.fixture(scope="module")
def tested(trained: pipelines.Trained) -> tuple[list[dict[str, Any]], list[float]]:
    """The raw rows that the training pipeline scored, without their prices, and what it said of each."""
    raw = trained.values["data", "dataset"].frame
    whole = raw[[*FEATURES.split(", "), "price"]].dropna()
    from sklearn.model_selection import train_test_split

    _, places = train_test_split(np.arange(len(whole)), train_size=int(0.7 * len(whole)), random_state=0)
    rows = raw.loc[whole.index[places], FEATURES.split(", ")]
    said = trained.values["score", "scored_dataset"].frame["Scored Labels"]
    return json.loads(rows.to_json(orient="records")), said.tolist()


def test_learning_and_judging_are_left_out_and_what_was_learned_is_stored(derived: pipelines.Document) -> None:
    assert list(derived["jobs"]) == ["web_service_input", "select", "clean", "scale", "score", "web_service_output"]
    assert derived["jobs"]["clean"]["component"] == "atelier:apply_transformation:1"
    assert derived["jobs"]["score"]["inputs"] == {
        "trained_model": "${{parent.inputs.train_trained_model}}",
        "dataset": "${{parent.jobs.scale.outputs.transformed_dataset}}",
    }
    assert set(derived["inputs"]) == {
        "web_service_input_example",
        "clean_cleaning_transformation",
        "scale_transformation_function",
        "train_trained_model",
    }
    assert {one["type"] for one in derived["inputs"].values()} == {"uri_folder"}
    assert derived["layout"]["web_service_input"] == [320, 0]
    assert json.loads(derived["properties"]["atelier.inference"])["label"] == "price"


def test_the_script_answers_what_training_said_to_the_last_digit(script: Any, tested: Any) -> None:
    rows, said = tested
    answered = script.run(json.dumps({"Inputs": {"WebServiceInput0": rows}, "GlobalParameters": {}}))
    found = [row["Scored Labels"] for row in answered["Results"]["WebServiceOutput0"]]
    assert len(found) == len(said) > 40 and np.abs(np.array(found) - said).max() < 1e-9
    assert "price" not in answered["Results"]["WebServiceOutput0"][0]


def test_every_shape_of_a_body_is_answered_alike(script: Any, tested: Any) -> None:
    rows, said = tested[0][:2], tested[1][:2]
    frame = pd.DataFrame(rows)
    split = {"columns": list(frame.columns), "data": frame.values.tolist()}
    by_column = {name: frame[name].tolist() for name in frame.columns}
    wanted = [one.name for one in script.loaded.wanted if one.is_read]
    for body in (
        {"Inputs": {"input1": {"ColumnNames": split["columns"], "Values": split["data"]}}},
        {"input_data": {**split, "index": [0, 1]}},
        {"input_data": rows},
        {"dataframe_records": rows},
        {"inputs": by_column},
        {"data": rows},
        rows,
        [[row.get(name) for name in wanted] for row in rows],
    ):
        answered = script.run(json.dumps(body))["Results"]["WebServiceOutput0"]
        assert [row["Scored Labels"] for row in answered] == pytest.approx(said, rel=1e-12), body
    one = script.run(json.dumps({**rows[0], "something else": 7, "horsepower": str(rows[0]["horsepower"])}))
    assert one["Results"]["WebServiceOutput0"][0]["Scored Labels"] == pytest.approx(said[0])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"horsepower": "strong"}, "“horsepower” is 'strong'; it must be a number."),
        ({"make": None, "engine-size": [1]}, "“engine-size” is \\[1\\]; it must be a number."),
    ],
)
def test_a_value_that_does_not_fit_is_named(script: Any, tested: Any, change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Problem, match=sentence) as raised:
        script.run(json.dumps([{**tested[0][0], **change}]))
    assert raised.value.status == 422


def test_bodies_that_are_none_are_refused(script: Any, tested: Any) -> None:
    row = {name: value for name, value in tested[0][0].items() if name not in ("wheel-base", "engine-size")}
    assert set(tested[0][0]) == set(FEATURES.split(", "))
    with pytest.raises(Problem, match="“wheel-base” is missing. “engine-size” is missing."):
        script.run(json.dumps(row))
    for body in (
        "[1",
        '"text"',
        "[]",
        '{"Inputs": {}}',
        '{"Inputs": {"a": 5}}',
        "null",
        '{"Inputs": {"a": [{}]}, "GlobalParameters": 3}',
    ):
        with pytest.raises(Problem):
            script.run(body)
    with pytest.raises(Problem, match="no parameter 'rate'"):
        script.run(json.dumps({"Inputs": {"a": [tested[0][0]]}, "GlobalParameters": {"rate": 2}}))


def test_the_folder_says_what_it_takes_and_needs(folder: Path) -> None:
    said = signatures.read(mlflow_models.read_mlmodel(folder))
    assert {one.name: one.type for one in said.columns}["make"] == "string"
    assert {one.name for one in said.columns} == set(FEATURES.split(", "))
    assert {one.name for one in said.columns if one.required} == set(FEATURES.split(", ")) - {"horsepower", "peak-rpm"}
    needed = (folder / "requirements.txt").read_text()
    assert "scikit-learn==" in needed and "pyarrow==" in needed and "gensim" not in needed


def test_a_batch_pipeline_takes_a_table_and_names_no_label(trained: pipelines.Trained, tmp_path: Path) -> None:
    known = pipelines.declarations(trained.document)
    found = deriving.derive(trained.document, known, trained.places(), kind=deriving.BATCH)
    assert list(found["jobs"]) == ["select", "clean", "scale", "score"]
    assert found["jobs"]["select"]["inputs"]["dataset"] == "${{parent.inputs.dataset}}"
    assert "price" not in found["jobs"]["select"]["inputs"]["columns"]
    assert found["jobs"]["score"]["outputs"] == {"scored_dataset": "${{parent.outputs.scored_dataset}}"}
    assert found["outputs"] == {"scored_dataset": {"type": "uri_folder"}}
    assert found["inputs"]["dataset"]["path"].endswith("data/dataset")


def turned(jobs: pipelines.Document, trained: Any = None, **how: Any) -> pipelines.Document:
    places = {name: {"trained_model": {"path": "m"}, "dataset": {"path": "d"}} for name in jobs["jobs"]}
    return deriving.derive(jobs, pipelines.declarations(jobs), places if trained is None else trained, **how)


def test_what_cannot_be_turned_says_why() -> None:
    base = cars()["jobs"]
    second = {
        **base,
        "train2": base["train"],
        "score2": node("score_model", trained_model="train2.trained_model", dataset="data.dataset"),
    }
    inline = {
        **base,
        "select": {
            "component": {"command": "echo", "inputs": {"dataset": {"type": "uri_file"}, "rate": {"type": "number"}}},
            "inputs": {"dataset": "${{parent.jobs.data.outputs.dataset}}", "rate": 2},
        },
    }
    alone = {**base, "score": node("score_model", dataset="data.dataset")}
    bare = {**base, "score": node("score_model", trained_model="train.trained_model")}
    for jobs, sentence in (
        ({name: base[name] for name in ("data", "select")}, "no Score Model"),
        (second, "with two or more trained models: Score Model \\(score\\), Score Model \\(score2\\). Say which"),
        (alone, "has no trained model"),
        (bare, "has no table to score"),
    ):
        with pytest.raises(Unturnable, match=sentence):
            turned(pipelines.document(**jobs))
    with pytest.raises(Unturnable, match="no result of Normalize Data \\(scale\\) yet: run the pipeline") as raised:
        turned(cars())
    assert raised.value.node == "scale"
    with pytest.raises(Unturnable, match="'data' is no component of the pipeline that scores"):
        turned(cars(), node="data")
    assert "score2" in turned(pipelines.document(**second), node="score2")["jobs"]
    with pytest.raises(Unturnable, match="no component of the studio's own"):
        jobs = {
            **inline,
            "score": node("score_model", trained_model="train.trained_model", dataset="select.results_dataset"),
        }
        turned(pipelines.document(**jobs))
    assert "select" in turned(pipelines.document(**jobs), kind=deriving.BATCH)["jobs"]


def test_a_folder_of_another_kind_is_refused(tmp_path: Path) -> None:
    from atelier.components.errors import ComponentError

    with pytest.raises(ComponentError, match="no inference pipeline"):
        graph.load(tmp_path)

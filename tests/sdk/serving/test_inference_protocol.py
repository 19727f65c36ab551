"""The Open Inference Protocol, version 2."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from atelier.serving.problems import Problem
from sklearn.linear_model import LinearRegression

from tests.sdk.serving import saved_models, scored
from tests.sdk.serving.runtime import Runtime
from tests.sdk.serving.saved_models import NAMES, columns, tensor

ROWS = saved_models.rows(3, seed=5)
BY_COLUMN = [
    {"name": name, "shape": [3], "datatype": "FP64", "data": ROWS[:, at].tolist()} for at, name in enumerate(NAMES)
]
IN_ONE = [{"name": "anything", "shape": [3, 3], "datatype": "FP64", "data": ROWS.tolist()}]
PATH = "/v2/models/diabetes"


def refused(scorer: Any, body: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        scored.answer(scorer, body, kind="infer")
    return caught.value


def test_health_and_metadata_are_answered(ridge: Runtime) -> None:
    assert ridge.ask("/v2").json()["name"] == "atelier"
    assert ridge.ask("/v2/health/live").json() == {"live": True}
    assert ridge.ask("/v2/health/ready").json()["ready"] is True
    for path in (PATH, f"{PATH}/versions/3"):
        described = ridge.ask(path).json()
        assert (described["name"], described["versions"], described["platform"]) == (
            "diabetes",
            ["3"],
            "mlflow_sklearn",
        )
        assert described["inputs"] == [{"name": name, "datatype": "FP64", "shape": [-1]} for name in NAMES]
        assert described["outputs"] == [{"name": "predict", "datatype": "FP64", "shape": [-1]}]
        assert ridge.ask(f"{path}/ready").json() == {"name": "diabetes", "ready": True}


@pytest.mark.parametrize("path", ["/v2/models/other", f"{PATH}/versions/4", "/v2/models/other/ready"])
def test_another_model_or_version_is_404(ridge: Runtime, path: str) -> None:
    assert ridge.ask(path).status == 404
    assert ridge.ask(f"{path}/infer", {"inputs": IN_ONE}).status == 404


@pytest.mark.parametrize("inputs", [BY_COLUMN, BY_COLUMN[::-1], IN_ONE])
def test_columns_or_one_matrix_give_what_invocations_gives(ridge: Runtime, inputs: list[Any]) -> None:
    wanted = ridge.ask("/invocations", {"dataframe_split": {"columns": NAMES, "data": ROWS.tolist()}}).json()
    reply = ridge.ask(f"{PATH}/infer", {"id": "r-1", "inputs": inputs, "outputs": [{"name": "predict"}]})
    assert reply.json() == {
        "model_name": "diabetes",
        "model_version": "3",
        "id": "r-1",
        "outputs": [{"name": "predict", "datatype": "FP64", "shape": [3], "data": wanted["predictions"]}],
    }


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ([], "must be an object with inputs"),
        ({}, "must be an object with inputs"),
        ({"inputs": []}, "must be an object with inputs"),
        ({"inputs": [1]}, "must be an object with a name"),
        ({"inputs": [{"name": "age", "shape": [1], "datatype": "FP65", "data": [1]}]}, "“age” has the datatype FP65"),
        ({"inputs": [{"name": "age", "shape": "x", "datatype": "FP64", "data": [1]}]}, "“age” needs a shape"),
        ({"inputs": [{"name": "age", "shape": [-1], "datatype": "FP64", "data": [1]}]}, "“age” needs a shape"),
        ({"inputs": [{"name": "age", "shape": [2], "datatype": "FP64", "data": [1]}]}, "“age” has 1 values"),
        ({"inputs": [{"name": "age", "shape": [1], "datatype": "FP64"}]}, "“age” needs data"),
        ({"inputs": BY_COLUMN[:2]}, "“bp” is missing"),
        ({"inputs": [*BY_COLUMN[:2], {**BY_COLUMN[2], "data": ["x", 1, 2]}]}, "“bp” is text"),
        ({"inputs": [*BY_COLUMN[:2], {**BY_COLUMN[2], "shape": [1], "data": [1]}]}, "“bp” has 1 rows"),
        ({"inputs": [*BY_COLUMN, BY_COLUMN[0]]}, "same name"),
        ({"inputs": IN_ONE, "outputs": [{"name": "other"}]}, "no output other"),
        ({"inputs": IN_ONE, "outputs": "x"}, "outputs must be a list"),
        ({"inputs": IN_ONE, "parameters": []}, "parameters is a list"),
    ],
)
def test_a_wrong_request_is_refused_with_a_sentence(ridge_folder: Path, body: Any, said: str) -> None:
    problem = refused(scored.load(ridge_folder), body)
    assert problem.status in (400, 422)
    assert said in problem.detail


def test_the_error_has_the_protocols_own_field(ridge: Runtime) -> None:
    reply = ridge.ask(f"{PATH}/infer", {"inputs": BY_COLUMN[:1]})
    assert reply.status == 422
    assert "“bmi” is missing" in reply.json()["error"]
    assert ridge.ask(f"{PATH}/infer").status == 405


def test_binary_tensors_are_415(ridge: Runtime) -> None:
    reply = ridge.ask(f"{PATH}/infer", {"inputs": IN_ONE}, headers={"inference-header-content-length": "10"})
    assert reply.status == 415


def test_a_tensor_model_takes_its_tensor_under_any_name(tmp_path: Path) -> None:
    estimator = LinearRegression().fit(ROWS, ROWS.sum(axis=1))
    scorer = scored.load(saved_models.save(tmp_path / "azureml-models" / "t" / "1", estimator, [tensor([-1, 3])]))
    got = scored.ask(scorer, {"inputs": IN_ONE}, kind="infer")["outputs"][0]
    assert got["data"] == estimator.predict(ROWS).tolist()
    assert "wants [-1, 3]" in refused(scorer, {"inputs": [{**IN_ONE[0], "shape": [9]}]}).detail


def test_text_and_frames_are_bytes_and_one_output_a_column(tmp_path: Path) -> None:
    import mlflow.pyfunc
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, ParamSchema, ParamSpec, Schema

    class Shout(mlflow.pyfunc.PythonModel):  # type: ignore[name-defined]
        def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def]
            louder = model_input["word"].str.upper() + params["mark"]
            return model_input.assign(louder=louder)[["louder", "count"]]

    inputs = Schema([ColSpec("string", "word"), ColSpec("long", "count")])
    signature = ModelSignature(inputs=inputs, params=ParamSchema([ParamSpec("mark", "string", "!")]))
    folder = tmp_path / "model"
    mlflow.pyfunc.save_model(str(folder), python_model=Shout(), signature=signature, pip_requirements=["pandas"])
    scorer = scored.load(folder)
    body = {
        "parameters": {"mark": "?"},
        "inputs": [
            {"name": "word", "shape": [2, 1], "datatype": "BYTES", "data": ["a", "b"]},
            {"name": "count", "shape": [2], "datatype": "INT64", "data": [1, 2]},
        ],
    }
    assert scored.ask(scorer, body, kind="infer")["outputs"] == [
        {"name": "louder", "datatype": "BYTES", "shape": [2], "data": ["A?", "B?"]},
        {"name": "count", "datatype": "INT64", "shape": [2], "data": [1, 2]},
    ]


def test_the_openapi_document_is_made_from_the_signature(ridge: Runtime) -> None:
    document = ridge.ask("/openapi.json").json()
    assert ridge.ask("/swagger.json").json() == document
    assert document["openapi"].startswith("3.0")
    row = document["components"]["schemas"]["Row"]
    assert row["required"] == NAMES
    assert row["properties"]["age"] == {"type": "number", "format": "double"}
    assert {"/score", "/invocations", f"{PATH}/infer"} <= set(document["paths"])
    shapes = document["paths"]["/invocations"]["post"]["requestBody"]["content"]["application/json"]["schema"]["oneOf"]
    assert [one["required"][0] for one in shapes] == [
        "dataframe_split",
        "dataframe_records",
        "inputs",
        "instances",
        "input_data",
    ]


def test_nested_types_and_tensors_have_their_schema(tmp_path: Path) -> None:
    from atelier.serving import openapi, signatures

    inputs = [
        {"name": "tags", "type": "array", "items": {"type": "string"}, "required": True},
        {"name": "who", "type": "object", "properties": {"age": {"type": "long", "required": True}}, "required": False},
        {"name": "any", "type": "map", "values": {"type": "double"}, "required": False},
    ]
    signature = signatures.read({"signature": {"inputs": json.dumps(inputs)}})
    schema = openapi.row_schema(signature)
    assert schema["required"] == ["tags"]
    assert schema["properties"]["tags"] == {"type": "array", "items": {"type": "string"}}
    assert schema["properties"]["who"]["required"] == ["age"]
    assert schema["properties"]["any"]["additionalProperties"]["type"] == "number"
    made = openapi.tensor_schema(signatures.Tensor("", "uint8", (-1, 28)))
    assert made == {
        "type": "array",
        "items": {"type": "array", "items": {"type": "integer"}, "minItems": 28, "maxItems": 28},
    }


def test_score_answers_bare_predictions_as_azure_does(ridge: Runtime, ridge_folder: Path) -> None:
    body = {"input_data": {"columns": NAMES, "index": [0, 1, 2], "data": ROWS.tolist()}}
    bare = ridge.ask("/score", body).json()
    assert bare == ridge.ask("/invocations", body).json()["predictions"]
    estimator = saved_models.ridge(NAMES)
    import pandas as pd

    assert np.array_equal(bare, estimator.predict(pd.DataFrame(ROWS, columns=NAMES)))


def test_mlflows_own_paths_answer(ridge: Runtime) -> None:
    assert (ridge.ask("/ping").status, ridge.ask("/ping").body) == (200, b"\n")
    assert ridge.ask("/health").status == 200
    assert ridge.ask("/version").body == b"3.17.2"


def test_a_column_model_with_one_column_is_not_taken_for_a_matrix(tmp_path: Path) -> None:
    estimator = LinearRegression().fit([[1.0], [2.0]], [2.0, 4.0])
    scorer = scored.load(saved_models.save(tmp_path / "model", estimator, columns({"x": "double"})))
    body = {"inputs": [{"name": "x", "shape": [2, 1], "datatype": "FP64", "data": [1, 3]}]}
    assert np.allclose(scored.ask(scorer, body, kind="infer")["outputs"][0]["data"], [2, 6])

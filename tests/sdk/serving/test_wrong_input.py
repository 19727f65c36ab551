"""A wrong input is refused with the name of each field and what is wrong with it."""

import json
from pathlib import Path
from typing import Any

import pytest
from atelier.serving.problems import Problem
from atelier.serving.scoring import Scorer
from sklearn.linear_model import LinearRegression

from tests.sdk.serving import saved_models, scored
from tests.sdk.serving.runtime import Runtime
from tests.sdk.serving.saved_models import NAMES, columns, tensor

GOOD = {"age": 1.0, "bmi": 2.0, "bp": 3.0}


def refused(scorer: Scorer, body: Any, **how: str) -> Problem:
    with pytest.raises(Problem) as caught:
        scored.answer(scorer, body, **how)
    return caught.value


@pytest.fixture(scope="module")
def doubles(ridge_folder: Path) -> Scorer:
    return scored.load(ridge_folder)


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Scorer:
    """A model with a column of each plain type; the last two may be left out."""
    import mlflow.pyfunc
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, ParamSchema, ParamSpec, Schema

    class Echo(mlflow.pyfunc.PythonModel):  # type: ignore[name-defined]
        def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
            return [str(kind) for kind in model_input.dtypes]

    kinds = {"b": "boolean", "i": "integer", "l": "long", "f": "float", "d": "double", "s": "string"}
    optional = {"w": "datetime", "y": "binary"}
    inputs: list[Any] = [ColSpec(kind, name) for name, kind in kinds.items()]
    inputs += [ColSpec(kind, name, required=False) for name, kind in optional.items()]
    params = ParamSchema([ParamSpec("deep", "long", 3), ParamSpec("names", "string", ["a"], (-1,))])
    folder = tmp_path_factory.mktemp("typed") / "model"
    signature = ModelSignature(inputs=Schema(inputs), params=params)
    mlflow.pyfunc.save_model(str(folder), python_model=Echo(), signature=signature, pip_requirements=["pandas"])
    return scored.load(folder)


ROW = {"b": True, "i": 1, "l": 2, "f": 0.5, "d": 1.5, "s": "x"}


def bodies(row: dict[str, Any]) -> list[Any]:
    """The same row in each shape."""
    return [
        {"dataframe_records": [row]},
        {"dataframe_split": {"columns": list(row), "data": [list(row.values())]}},
        {"inputs": {name: [value] for name, value in row.items()}},
        {"instances": [row]},
        {"input_data": {"columns": list(row), "index": [0], "data": [list(row.values())]}},
    ]


def test_a_missing_column_is_named_in_every_shape(doubles: Scorer) -> None:
    for body in bodies({"age": 1.0, "bp": 3.0}):
        problem = refused(doubles, body)
        assert (problem.status, problem.fields) == (422, (("bmi", "is missing."),))
    problem = refused(doubles, "age,bp\n1,2\n", media_type="text/csv")
    assert problem.fields == (("bmi", "is missing."),)


def test_text_for_a_number_is_named_with_its_row(doubles: Scorer) -> None:
    for body in bodies({**GOOD, "bp": "high"}):
        assert refused(doubles, body).fields == (("bp", "is text ('high'); it must be a number."),)
    rows = [GOOD, GOOD, {**GOOD, "age": [1]}]
    problem = refused(doubles, {"dataframe_records": rows})
    assert problem.fields == (("age", "is a list in row 2; it must be a number."),)
    problem = refused(doubles, "age,bmi,bp\n1,2,3\n1,wide,3\n", media_type="text/csv")
    assert problem.fields == (("bmi", "is text ('wide') in row 1; it must be a number."),)


def test_every_wrong_field_is_listed_and_the_sentence_names_the_first(doubles: Scorer) -> None:
    problem = refused(doubles, {"dataframe_records": [dict.fromkeys(NAMES, "x")]})
    assert [field for field, _ in problem.fields] == NAMES
    assert "“age” is text" in problem.detail


def test_a_missing_value_is_named_where_the_model_takes_none(doubles: Scorer) -> None:
    problem = refused(doubles, {"dataframe_records": [GOOD, {**GOOD, "bmi": None}]})
    assert problem.status == 422
    assert problem.fields[0].field == "bmi"
    assert "in row 1" in problem.fields[0].problem


def test_more_columns_are_ignored_unless_they_are_refused(ridge_folder: Path, doubles: Scorer) -> None:
    body = {"dataframe_records": [{**GOOD, "extra": 1}]}
    assert scored.ask(doubles, body) == scored.ask(doubles, {"dataframe_records": [GOOD]})
    strict = scored.load(ridge_folder, ATELIER_SERVING_EXTRA_FIELDS="refuse")
    assert refused(strict, body).fields == (("extra", "is not in the model's signature."),)
    assert scored.ask(strict, {"dataframe_records": [GOOD]})


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("b", "yes", "is text ('yes'); it must be true or false."),
        ("b", None, "is null; it must be true or false."),
        ("i", 1.5, "is a number (1.5); it must be a whole number (32 bits)."),
        ("i", 2**31, "it must be a whole number (32 bits)."),
        ("i", None, "is null; it must be a whole number (32 bits)."),
        ("l", "x", "is text ('x'); it must be a whole number."),
        ("l", 1e30, "it must be a whole number."),
        ("f", {}, "is an object; it must be a number."),
        ("d", "x", "is text ('x'); it must be a number."),
        ("s", 5, "is a whole number (5); it must be text."),
        ("w", "not a day", "is text ('not a day'); it must be a date and time."),
        ("y", "%%%", "is text ('%%%'); it must be base64 text."),
    ],
)
def test_each_type_refuses_what_is_none_of_it(typed: Scorer, field: str, value: Any, problem: str) -> None:
    for body in bodies({**ROW, field: value}):
        found = refused(typed, body)
        assert (found.status, [one.field for one in found.fields]) == (422, [field])
        assert found.fields[0].problem.endswith(problem)


def test_each_type_takes_what_is_of_it(typed: Scorer) -> None:
    row = {**ROW, "i": 3.0, "f": 2, "w": "2026-01-02T03:04:05", "y": "YWI="}
    kinds = scored.ask(typed, {"dataframe_records": [row]})["predictions"]
    assert kinds[:5] == ["bool", "int32", "int64", "float32", "float64"]
    assert kinds[6] == "datetime64[ns]"
    assert scored.ask(typed, {"dataframe_records": [ROW]})["predictions"][:5] == kinds[:5]


@pytest.mark.parametrize(
    ("params", "field"),
    [({"deep": "x"}, "params.deep"), ({"deep": 1.5}, "params.deep"), ({"names": "a"}, "params.names"), ([], "params")],
)
def test_a_parameter_of_another_type_is_named(typed: Scorer, params: Any, field: str) -> None:
    problem = refused(typed, {"dataframe_records": [ROW], "params": params})
    assert (problem.status, problem.fields[0].field) == (422, field)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b"[1]",
        b'"x"',
        b"{}",
        b'{"rows": []}',
        b'{"inputs": [], "instances": []}',
        b'{"dataframe_split": []}',
        b'{"dataframe_split": {"columns": ["age"]}}',
        b'{"dataframe_split": {"columns": ["age", "age"], "data": [[1, 2]]}}',
        b'{"dataframe_split": {"columns": ["age", "bmi", "bp"], "data": [[1, 2]]}}',
        b'{"dataframe_split": {"columns": ["age", "bmi", "bp"], "data": [1]}}',
        b'{"dataframe_split": {"columns": 5, "data": [[1]]}}',
        b'{"dataframe_split": {"data": [[1, 2, 3]], "index": [1, 2]}}',
        b'{"dataframe_split": {"data": [[1, 2, 3]], "orient": 1}}',
        b'{"dataframe_records": {"age": 1}}',
        b'{"dataframe_records": [1]}',
        b'{"dataframe_records": []}',
        b'{"inputs": {"age": [1, 2], "bmi": [1], "bp": [1]}}',
        b'{"inputs": {"age": [1, 2], "bmi": 1, "bp": [1]}}',
        b'{"inputs": 5}',
        b'{"instances": "x"}',
        b"[" * 100_000,
        b'{"dataframe_records": [{"age": 1' + b"0" * 5000 + b', "bmi": 1, "bp": 1}]}',
        b'{"input_data": null}',
    ],
)
def test_a_body_that_can_not_be_read_is_400_or_422_with_a_sentence(doubles: Scorer, body: bytes) -> None:
    problem = refused(doubles, body)
    assert problem.status in (400, 422)
    assert problem.detail.endswith(".")


def test_rows_without_names_are_taken_in_the_order_of_the_signature(doubles: Scorer) -> None:
    wanted = scored.ask(doubles, {"dataframe_records": [GOOD, GOOD]})["predictions"]
    rows = [[1.0, 2.0, 3.0]] * 2
    for body in ({"input_data": rows}, {"dataframe_split": {"data": rows}}, {"inputs": rows}, {"instances": rows}):
        assert scored.ask(doubles, body)["predictions"] == wanted
    assert refused(doubles, {"input_data": [[1.0, 2.0]]}).status == 422


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "application/x-parquet"])
def test_another_media_type_is_415(doubles: Scorer, media_type: str) -> None:
    assert refused(doubles, "x", media_type=media_type).status == 415


@pytest.mark.parametrize("text", ["", "\n", "age,bmi,bp\n1,2\n", "age,bmi,bp\n"])
def test_a_csv_that_is_none_is_refused(doubles: Scorer, text: str) -> None:
    assert refused(doubles, text, media_type="text/csv").status in (400, 422)


def test_a_tensor_of_another_shape_or_type_is_named(tmp_path: Path) -> None:
    estimator = LinearRegression().fit([[1, 2], [3, 4], [5, 7]], [1, 2, 3])
    whole = scored.load(saved_models.save(tmp_path / "model", estimator, [tensor([-1, 2], "int64")]))
    assert "[1, 3]; the model wants [-1, 2]" in refused(whole, {"inputs": [[1, 2, 3]]}).detail
    assert refused(whole, {"inputs": [[1, 2], [3]]}).status == 422
    assert refused(whole, {"inputs": [[1.5, 2]]}).status == 422
    assert refused(whole, {"inputs": [["x", 2]]}).status == 422
    assert refused(whole, {"inputs": 5}).status == 422
    assert scored.ask(whole, {"inputs": [[1.0, 2]]}) == scored.ask(whole, {"inputs": [[1, 2]]})


def test_over_http_the_problem_has_the_field_the_id_and_its_media_type(ridge: Runtime) -> None:
    reply = ridge.ask("/invocations", {"dataframe_records": [{**GOOD, "bmi": "x"}]}, headers={"x-request-id": "w-1"})
    assert reply.status == 422
    assert reply.headers["content-type"] == "application/problem+json"
    said = json.loads(reply.body)
    assert (said["code"], said["request_id"], said["errors"][0]["field"]) == ("wrong_input", "w-1", "bmi")
    assert ridge.ask("/invocations", b"{").json()["code"] == "bad_json"
    assert ridge.ask("/invocations", method="GET").status == 405


def test_columns_of_the_signature_are_what_is_checked(tmp_path: Path) -> None:
    estimator = LinearRegression().fit([[1.0], [2.0]], [1.0, 2.0])
    scorer = scored.load(saved_models.save(tmp_path / "model", estimator, columns({"only": "double"})))
    assert len(scored.ask(scorer, {"inputs": [1.0, 2.0]})["predictions"]) == 2
    assert len(scored.ask(scorer, {"inputs": {"only": 1.0}})["predictions"]) == 1

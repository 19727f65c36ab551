"""What the runtime answers is what MLflow's own server answers, for every shape and for models of several kinds."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from atelier.serving.pyfunc_models import PyfuncScorer
from atelier.serving.sklearn_models import SklearnScorer
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier, StackingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from tests.sdk.serving import saved_models, scored
from tests.sdk.serving.saved_models import NAMES, columns, tensor

os.environ.setdefault("MLFLOW_TRACKING_URI", "file:///nonexistent")


class Theirs:
    """MLflow's own scoring server, without its process."""

    def __init__(self, folder: Path) -> None:
        import mlflow.pyfunc
        from mlflow.pyfunc import scoring_server

        self.server = scoring_server
        self.model = mlflow.pyfunc.load_model(str(folder))
        self.schema = self.model.metadata.get_input_schema()

    def ask(self, body: Any, media_type: str = "application/json") -> Any:
        text = body if isinstance(body, str) else json.dumps(body)
        answer = self.server.invocations(text, media_type, self.model, self.schema).response
        # MLflow writes a bare NaN, which is no JSON.
        return json.loads(answer, parse_constant=lambda _: None)


def frame() -> pd.DataFrame:
    return pd.DataFrame(saved_models.rows(5, seed=3), columns=NAMES)


def shapes(data: pd.DataFrame) -> dict[str, Any]:
    shuffled = data[list(data.columns[::-1])]
    more = {
        "numbers as text": {"dataframe_split": data.astype(str).to_dict(orient="split")},
        "whole numbers": {"dataframe_split": data.round().astype(int).to_dict(orient="split")},
    }
    return shapes_of_any(data, shuffled) | more


def shapes_of_any(data: pd.DataFrame, shuffled: pd.DataFrame) -> dict[str, Any]:
    return {
        "split": {"dataframe_split": data.to_dict(orient="split")},
        "split in another order": {"dataframe_split": shuffled.to_dict(orient="split")},
        "split with more columns": {"dataframe_split": data.assign(more="x").to_dict(orient="split")},
        "split of one row": {"dataframe_split": data[:1].to_dict(orient="split")},
        "records": {"dataframe_records": data.to_dict(orient="records")},
        "records in another order": {"dataframe_records": shuffled.to_dict(orient="records")},
        "instances": {"instances": data.to_dict(orient="records")},
        "inputs": {"inputs": {name: list(data[name]) for name in data}},
        "inputs of one row": {"inputs": data.to_dict(orient="records")[0]},
    }


@pytest.fixture(scope="module")
def pair(ridge_folder: Path) -> tuple[SklearnScorer, Theirs]:
    ours = scored.load(ridge_folder)
    assert isinstance(ours, SklearnScorer)
    return ours, Theirs(ridge_folder)


@pytest.mark.parametrize("name", shapes(frame()))
def test_each_shape_of_a_frame_gives_the_same_bits(pair: tuple[SklearnScorer, Theirs], name: str) -> None:
    ours, theirs = pair
    body = shapes(frame())[name]
    assert scored.ask(ours, body) == theirs.ask(body)


def test_csv_gives_the_same_bits(pair: tuple[SklearnScorer, Theirs]) -> None:
    ours, theirs = pair
    text = frame().assign(more=1)[["more", *NAMES[::-1]]].to_csv(index=False)
    assert scored.ask(ours, text, media_type="text/csv") == theirs.ask(text, "text/csv")


def estimators() -> dict[str, tuple[Any, str, bool]]:
    values = saved_models.rows(60)
    data = pd.DataFrame(values, columns=NAMES)
    number, label = values @ np.array([1.0, -2.0, 0.5]), (values[:, 0] > 0).astype(int)
    words = np.where(values[:, 1] > 0, "up", "down")
    return {
        "linear regression": (LinearRegression().fit(data, number), "predict", True),
        "fitted without names": (LinearRegression().fit(values, number), "predict", True),
        "boosting": (GradientBoostingRegressor(n_estimators=10).fit(data, number), "predict", True),
        "forest, probabilities": (RandomForestClassifier(n_estimators=5).fit(data, label), "predict_proba", True),
        "classes as text": (LogisticRegression().fit(data, words), "predict", True),
        "stacking": (StackingRegressor([("a", LinearRegression())], cv=2).fit(data, number), "predict", True),
        "columns by name": (
            make_pipeline(ColumnTransformer([("s", StandardScaler(), ["bmi"])]), LinearRegression()).fit(data, number),
            "predict",
            False,
        ),
        "frames inside": (
            make_pipeline(StandardScaler().set_output(transform="pandas"), LinearRegression()).fit(data, number),
            "predict",
            False,
        ),
        "another order": (LinearRegression().fit(data[NAMES[::-1]], number), "predict", False),
    }


@pytest.mark.parametrize("name", estimators())
def test_each_estimator_gives_the_same_and_only_safe_ones_are_called_with_arrays(name: str, tmp_path: Path) -> None:
    estimator, predict_fn, is_direct = estimators()[name]
    fitted_with = list(getattr(estimator, "feature_names_in_", NAMES))
    inputs = columns(dict.fromkeys(NAMES, "double"))
    folder = saved_models.save(tmp_path / "model", estimator, inputs, predict_fn=predict_fn)
    ours, theirs = scored.load(folder), Theirs(folder)
    assert isinstance(ours, SklearnScorer if is_direct else PyfuncScorer)
    body = {"dataframe_split": frame().to_dict(orient="split")}
    if fitted_with != NAMES:
        # scikit-learn refuses the order of the signature, by both ways.
        with pytest.raises(ValueError, match="order"):
            scored.ask(ours, body)
        return
    assert scored.ask(ours, body) == theirs.ask(body)


def test_columns_of_several_types_give_the_same_bits(tmp_path: Path) -> None:
    kinds = {"age": "long", "bmi": "float", "bp": "integer"}
    data = pd.DataFrame({"age": [31, 70, 5], "bmi": [0.1, 21.7, 3.3], "bp": [80, 93, 120]})
    typed = data.astype({"bmi": "float32", "bp": "int32"})
    estimator = LinearRegression().fit(typed, [1.0, 2.5, -3.0])
    folder = saved_models.save(tmp_path / "model", estimator, columns(kinds))
    ours, theirs = scored.load(folder), Theirs(folder)
    assert isinstance(ours, SklearnScorer)
    for body in shapes(data).values():
        assert scored.ask(ours, body) == theirs.ask(body)


def test_text_columns_go_through_pandas_and_give_the_same(tmp_path: Path) -> None:
    data = pd.DataFrame({"job": ["a", "b", "c", "a"], "age": [1.0, 2.0, 3.0, 4.0]})
    by_name = ColumnTransformer([("one", OneHotEncoder(handle_unknown="ignore"), ["job"])], remainder="passthrough")
    estimator = make_pipeline(by_name, LinearRegression()).fit(data, [1.0, 2.0, 3.0, 5.0])
    folder = saved_models.save(tmp_path / "model", estimator, columns({"job": "string", "age": "double"}))
    ours, theirs = scored.load(folder), Theirs(folder)
    for body in shapes_of_any(data, data[["age", "job"]]).values():
        assert scored.ask(ours, body) == theirs.ask(body)


@pytest.mark.parametrize(("dtype", "direct"), [("float64", True), ("float32", True), ("int64", True)])
def test_tensors_give_the_same_bits(tmp_path: Path, dtype: str, direct: bool) -> None:
    values = (saved_models.rows(20) * 10).astype(dtype)
    folder = saved_models.save(
        tmp_path / "model", LinearRegression().fit(values, values.sum(axis=1)), [tensor([-1, 3], dtype)]
    )
    ours, theirs = scored.load(folder), Theirs(folder)
    assert isinstance(ours, SklearnScorer) is direct
    rows = values[:4].tolist()
    names = ["a", "b", "c"]
    for body in (
        {"inputs": rows},
        {"instances": rows},
        {"dataframe_split": {"columns": names, "data": rows}},
        {"dataframe_records": [dict(zip(names, row)) for row in rows]},
    ):
        assert scored.ask(ours, body) == theirs.ask(body)


def test_a_python_function_with_parameters_gives_the_same(tmp_path: Path) -> None:
    import mlflow.pyfunc
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, ParamSchema, ParamSpec, Schema

    class Scaled(mlflow.pyfunc.PythonModel):  # type: ignore[name-defined]
        def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> Any:
            return model_input.assign(y=model_input["x"] * params["factor"])

    signature = ModelSignature(
        inputs=Schema([ColSpec("double", "x"), ColSpec("string", "note", required=False)]),
        params=ParamSchema([ParamSpec("factor", "double", 2.0)]),
    )
    folder = tmp_path / "model"
    mlflow.pyfunc.save_model(str(folder), python_model=Scaled(), signature=signature, pip_requirements=["pandas"])
    ours, theirs = scored.load(folder), Theirs(folder)
    for body in (
        {"dataframe_records": [{"x": 1.5, "note": "a"}, {"x": 2}]},
        {"inputs": {"x": [1.0, 2.0]}, "params": {"factor": 10, "unknown": 1}},
    ):
        assert scored.ask(ours, body) == theirs.ask(body)


def test_a_model_without_a_signature_and_one_that_chats_give_the_same(tmp_path: Path) -> None:
    import mlflow.pyfunc
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, ParamSchema, ParamSpec, Schema

    class Told(mlflow.pyfunc.PythonModel):  # type: ignore[name-defined]
        def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
            return [type(model_input).__name__, str(model_input), str(params)]

    chat = ModelSignature(
        inputs=Schema([ColSpec("string", "prompt")]), params=ParamSchema([ParamSpec("temperature", "double", 0.5)])
    )
    for name, signature in {"bare": None, "chat": chat}.items():
        folder = tmp_path / name
        mlflow.pyfunc.save_model(str(folder), python_model=Told(), signature=signature, pip_requirements=["pandas"])
        ours, theirs = scored.load(folder), Theirs(folder)
        for body in (
            {"dataframe_split": {"columns": ["prompt"], "data": [["a"], ["b"]]}},
            {"dataframe_records": [{"prompt": "a"}]},
            {"inputs": {"prompt": ["a", "b"]}},
            {"instances": [{"prompt": "a"}]},
            {"prompt": "hello", "temperature": 0.1},
            {"prompt": "hello", "inputs": "x"},
        ):
            if name == "chat" or "inputs" not in body or "prompt" not in body:
                assert scored.ask(ours, body) == theirs.ask(body)

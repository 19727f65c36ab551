"""One ONNX file without a script, run by onnxruntime."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from atelier.serving.problems import LoadProblem, Problem
from atelier.serving.scoring import Scorer
from onnx import TensorProto, helper

from tests.sdk.serving import scored
from tests.sdk.serving.runtime import serving

ROWS = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.5]]


def test_a_converted_model_takes_frames_by_the_names_of_its_columns(tmp_path: Path) -> None:
    inputs = [helper.make_tensor_value_info("input", TensorProto.DOUBLE, [None, 2])]
    outputs = [helper.make_tensor_value_info("prediction", TensorProto.DOUBLE, [None])]
    weights = helper.make_tensor("weights", TensorProto.DOUBLE, [2], [1.0, 10.0])
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["input", "weights"], ["prediction"])], "g", inputs, outputs, [weights]
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {"atelier.columns": '["age", "bmi"]'})
    onnx.save(model, str(tmp_path / "model.onnx"))
    converted = scored.load(tmp_path)
    split = {"dataframe_split": {"columns": ["bmi", "age"], "data": [[2.0, 1.0]]}}
    for body in (split, {"inputs": [[1.0, 2.0]]}, {"dataframe_records": [{"age": 1, "bmi": 2}]}):
        assert scored.ask(converted, body, kind="score") == [21.0]
    with pytest.raises(Problem, match="bmi"):
        scored.prepare(converted, {"dataframe_records": [{"age": 1}]})


def save(folder: Path, *, name: str = "model.onnx", outputs: int = 1) -> Path:
    """A model that adds up each row of three, and can answer the row again."""
    total = helper.make_node("ReduceSum", ["X", "axes"], ["total"], keepdims=0)
    again = helper.make_node("Identity", ["X"], ["again"])
    axes = helper.make_tensor("axes", TensorProto.INT64, [1], [1])
    given = helper.make_tensor_value_info("X", TensorProto.FLOAT, ["n", 3])
    answers = [
        helper.make_tensor_value_info("total", TensorProto.FLOAT, ["n"]),
        helper.make_tensor_value_info("again", TensorProto.FLOAT, ["n", 3]),
    ]
    graph = helper.make_graph([total, again][:outputs], "sums", [given], answers[:outputs], [axes])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(folder / name))
    return folder


@pytest.fixture(scope="module")
def sums(tmp_path_factory: pytest.TempPathFactory) -> Scorer:
    return scored.load(save(tmp_path_factory.mktemp("onnx") / "azureml-models" / "sums" / "2"))


@pytest.mark.parametrize(
    "body",
    [
        {"inputs": ROWS},
        {"instances": ROWS},
        {"inputs": {"X": ROWS}},
        {"instances": [{"X": row} for row in ROWS]},
        {"input_data": ROWS},
        {"dataframe_split": {"columns": ["a", "b", "c"], "data": ROWS}},
    ],
)
def test_each_shape_is_scored(sums: Scorer, body: Any) -> None:
    assert scored.ask(sums, body) == {"predictions": [6.0, 15.5]}
    assert scored.ask(sums, body, kind="score") == [6.0, 15.5]


def test_the_session_says_what_the_model_takes(sums: Scorer) -> None:
    assert (sums.name, sums.version) == ("sums", "2")
    assert sums.description["v2_inputs"] == [{"name": "X", "datatype": "FP32", "shape": [-1, 3]}]
    assert sums.description["v2_outputs"] == [{"name": "total", "datatype": "FP32", "shape": [-1]}]


def test_the_inference_protocol_is_answered(sums: Scorer) -> None:
    body = {"inputs": [{"name": "X", "shape": [2, 3], "datatype": "FP32", "data": ROWS}]}
    assert scored.ask(sums, body, kind="infer")["outputs"] == [
        {"name": "total", "datatype": "FP32", "shape": [2], "data": [6.0, 15.5]}
    ]


@pytest.mark.parametrize(
    "body", [{"inputs": [[1, 2]]}, {"inputs": [["x", 1, 2]]}, {"inputs": {"Y": ROWS}}, {"inputs": 1}]
)
def test_a_wrong_tensor_is_refused(sums: Scorer, body: Any) -> None:
    with pytest.raises(Problem) as caught:
        scored.answer(sums, body)
    assert caught.value.status == 422


def test_joined_requests_get_their_own_rows_of_every_output(tmp_path: Path) -> None:
    scorer = scored.load(save(tmp_path, outputs=2))
    prepared = [scored.prepare(scorer, {"inputs": rows}) for rows in (ROWS, ROWS[:1])]
    parts = scorer.predict_together(prepared)
    assert parts is not None
    assert [np.asarray(part["total"]).tolist() for part in parts] == [[6.0, 15.5], [6.0]]
    assert [np.asarray(part["again"]).tolist() for part in parts] == [ROWS, ROWS[:1]]


def test_several_files_or_a_broken_one_are_a_load_problem(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "model.onnx").write_bytes(b"no model")
    with pytest.raises(LoadProblem, match=r"model\.onnx can't be loaded"):
        scored.load(tmp_path / "broken")
    save(tmp_path / "two")
    save(tmp_path / "two", name="other.onnx")
    with pytest.raises(LoadProblem, match="needs a scoring script"):
        scored.load(tmp_path / "two")


def test_it_is_served(tmp_path: Path) -> None:
    with serving(tmp_path, AZUREML_MODEL_DIR=str(save(tmp_path / "model"))) as runtime:
        assert runtime.ask("/score", {"inputs": ROWS}).json() == [6.0, 15.5]
        assert runtime.ask("/v2/models/model").json()["platform"] == "onnx_onnxruntime"
        assert runtime.ask("/version").body == b""

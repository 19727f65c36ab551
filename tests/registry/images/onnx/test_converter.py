"""What runs in the container of a conversion, here without one: what it reads, what it refuses, what it holds against what."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from registry.images.onnx.converter import checking, making, reading, working


def sums(factor: float = 1.0) -> bytes:
    """An ONNX model that adds up the two numbers of each row, as one column."""
    weights = helper.make_tensor("weights", TensorProto.DOUBLE, [2, 1], [factor, factor])
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["input", "weights"], ["variable"])],
        "sums",
        [helper.make_tensor_value_info("input", TensorProto.DOUBLE, [None, 2])],
        [helper.make_tensor_value_info("variable", TensorProto.DOUBLE, [None, 1])],
        [weights],
    )
    made: bytes = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8
    ).SerializeToString()
    return made


@pytest.fixture
def source() -> reading.Source:
    model = SimpleNamespace(predict=lambda rows: rows.sum(axis=1))
    example = np.array([[1.0, 2.0], [3.0, 4.5]])
    return reading.Source("sklearn", Path(), model, columns=[("a", "double"), ("b", "double")], example=example)


def test_equal_answers_are_one_output_of_the_originals_shape(source: reading.Source) -> None:
    raw, compared, largest = checking.check(source, making.Converted(sums(), {"input": source.example}))
    assert (compared, largest) == (2, 0.0)
    import onnxruntime

    session = onnxruntime.InferenceSession(raw, providers=["CPUExecutionProvider"])
    assert session.run(None, {"input": source.example})[0].tolist() == [3.0, 7.5]
    assert json.loads(session.get_modelmeta().custom_metadata_map["atelier.columns"]) == ["a", "b"]


def test_other_answers_fail_with_the_largest_difference(source: reading.Source) -> None:
    with pytest.raises(checking.Differs, match=r"the largest difference is 0\.75") as caught:
        checking.check(source, making.Converted(sums(1.1), {"input": source.example}))
    assert caught.value.largest == pytest.approx(0.75)


def test_without_an_example_nothing_is_compared(source: reading.Source) -> None:
    source.example = None
    assert checking.check(source, making.Converted(sums(), None))[1:] == (0, 0.0)


def test_an_onnx_model_is_taken_as_it_is(tmp_path: Path) -> None:
    given, made = tmp_path / "in" / "model", tmp_path / "out"
    given.mkdir(parents=True)
    made.mkdir()
    (given / "MLmodel").write_text("flavors:\n  onnx: {data: sums.onnx}\n")
    (given / "sums.onnx").write_bytes(sums())
    assert working.main(tmp_path / "in", made) == 0
    assert sorted(path.name for path in made.iterdir()) == ["facts.json", "sums.onnx"]
    assert onnx.load(str(made / "sums.onnx")).graph.name == "sums"


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"MLmodel": "flavors:\n  catboost: {}\n"}, "A model of catboost can't be converted"),
        ({"MLmodel": "flavors:\n  sklearn: {pickled_model: gone.pkl}\n"}, "can't be loaded in its environment"),
        ({"weights.bin": "1"}, "nothing to convert"),
        ({"model.onnx": "1"}, "onnxruntime can't load model.onnx"),
    ],
)
def test_what_can_not_be_converted_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str], why: str
) -> None:
    (tmp_path / "model").mkdir()
    for name, text in files.items():
        (tmp_path / "model" / name).write_text(text)
    assert working.main(tmp_path, tmp_path) == 1
    (said,) = capsys.readouterr().out.splitlines()
    assert why in said

"""Holds the converted model's answers against the original's, and finishes it."""

import json
from typing import Any

from registry.images.onnx.converter.making import Converted
from registry.images.onnx.converter.reading import AS_IT_IS, CannotConvert, Source

ATOL, RTOL = 1e-5, 1e-4  # what answers may differ by: ONNX counts with 32 bits where it has nothing wider
COLUMNS = "atelier.columns"  # the names of columns, kept in the ONNX file: the runtime takes frames by them


class Differs(Exception):
    """The converted model answers otherwise than the original by `largest`."""

    def __init__(self, largest: float, words: str) -> None:
        super().__init__(words)
        self.largest = largest


def check(source: Source, converted: Converted) -> tuple[bytes, int, float]:
    """The finished model, the rows compared and the largest difference. Raises Differs."""
    import onnxruntime

    onnxruntime.set_default_logger_severity(3)
    session = onnxruntime.InferenceSession(converted.raw, providers=["CPUExecutionProvider"])
    if converted.feed is None:
        return _finished(converted.raw, source, session.get_outputs()[0].name, False), 0, 0.0
    import numpy

    expected = _own_answers(source)
    found = session.run(None, converted.feed)
    best: tuple[float, int, bool] | None = None
    for place, answer in enumerate(found):
        squeezes = getattr(answer, "shape", ()) == (*expected.shape, 1)
        array = numpy.asarray(answer).reshape(expected.shape) if squeezes else numpy.asarray(answer)
        if array.shape != expected.shape:
            continue
        largest = _difference(expected, array)
        if best is None or largest < best[0]:
            best = (largest, place, squeezes)
    if best is None:
        shapes = ", ".join(str(list(numpy.shape(answer))) for answer in found)
        raise CannotConvert(
            f"the converted model answers in the shape {shapes}, the original in {list(expected.shape)}"
        )
    largest, place, squeezes = best
    array = numpy.asarray(found[place]).reshape(expected.shape)
    if not _is_close(expected, array):
        raise Differs(largest, _told(expected, array, largest))
    return _finished(converted.raw, source, session.get_outputs()[place].name, squeezes), len(expected), largest


def _own_answers(source: Source) -> Any:
    import numpy

    if source.flavor == "pytorch":
        import torch

        rows = numpy.asarray(source.example)
        with torch.no_grad():
            answer = source.model(torch.from_numpy(rows.astype("float32") if rows.dtype.kind == "f" else rows))
        return answer.numpy()
    example = source.example
    if source.flavor == "xgboost":
        example = numpy.asarray(example)
        if not hasattr(source.model, "get_booster"):
            import xgboost

            example = xgboost.DMatrix(example)
    return numpy.asarray(getattr(source.model, source.predict_fn)(example))


def _difference(expected: Any, found: Any) -> float:
    """The largest difference of numbers; for anything else the share of answers that are others."""
    import numpy

    if expected.dtype.kind in "fiub" and found.dtype.kind in "fiub":
        gaps = numpy.abs(expected.astype("float64") - found.astype("float64"))
        gaps[numpy.isnan(expected.astype("float64")) & numpy.isnan(found.astype("float64"))] = 0
        return float(gaps.max()) if gaps.size else 0.0
    return float((expected.astype(str) != found.astype(str)).mean()) if expected.size else 0.0


def _is_close(expected: Any, found: Any) -> bool:
    import numpy

    if expected.dtype.kind == "f" and found.dtype.kind in "fiub":
        return bool(numpy.allclose(found, expected, rtol=RTOL, atol=ATOL, equal_nan=True))
    return _difference(expected, found) == 0


def _told(expected: Any, found: Any, largest: float) -> str:
    rows = len(expected)
    if expected.dtype.kind == "f":
        how = f"the largest difference is {largest:.6g}, and {ATOL:g} + {RTOL:g} of the value is allowed"
    else:
        others = (
            sum(1 for own, new in zip(expected, found, strict=True) if (own != new).any()) if expected.ndim > 1 else 0
        )
        others = others or int((expected.astype(str) != found.astype(str)).sum())
        how = f"{others} of {rows} answers are others (the largest difference is {largest:.6g})"
    return (
        f"The converted model does not answer as the original does to the {rows} rows of its input example: {how}."
        f" {AS_IT_IS}"
    )


def _finished(raw: bytes, source: Source, output: str, squeezes: bool) -> bytes:
    """The model with one output of the original's shape, and the names of its columns."""
    import onnx

    model = onnx.load_from_string(raw)
    graph = model.graph
    kept = next(one for one in graph.output if one.name == output)
    del graph.output[:]
    if squeezes:
        axes = onnx.helper.make_tensor("atelier_axes", onnx.TensorProto.INT64, [1], [-1])
        graph.initializer.append(axes)
        graph.node.append(onnx.helper.make_node("Squeeze", [output, "atelier_axes"], ["prediction"]))
        kind = kept.type.tensor_type.elem_type
        kept = onnx.helper.make_tensor_value_info("prediction", kind, ["rows"])
    graph.output.append(kept)
    if source.columns:
        onnx.helper.set_model_props(model, {COLUMNS: json.dumps([name for name, _ in source.columns])})
    finished: bytes = model.SerializeToString()
    return finished

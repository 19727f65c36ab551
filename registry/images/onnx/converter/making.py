"""Makes ONNX models of a model, the most exact first."""

import contextlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from registry.images.onnx.converter.reading import CannotConvert, Source, first_line

OPSET = 17
OPSET_OF_BOOSTING = 15  # the newest that its converters know
OUTPUTS = {"predict": 0, "predict_proba": 1}


@dataclass(frozen=True)
class Converted:
    """An ONNX model with the arrays it is asked with for the example."""

    raw: bytes
    feed: dict[str, Any] | None


def ways(source: Source, problems: list[str]) -> Iterator[Converted]:
    """The model converted in each way there is, the most exact first; what fails is put down."""
    makers: dict[str, Callable[[Source, bool], Converted]] = {
        "sklearn": _of_sklearn, "xgboost": _of_boosting, "lightgbm": _of_boosting, "pytorch": _of_torch,
    }  # fmt: skip
    for is_wide in (True, False) if source.flavor == "sklearn" else (False,):
        try:
            yield makers[source.flavor](source, is_wide)
        except Exception as error:  # noqa: BLE001  whatever a library raises about a model it can't convert
            problems.insert(0, first_line(error))


def _of_sklearn(source: Source, is_wide: bool) -> Converted:
    from skl2onnx import to_onnx
    from skl2onnx.common import data_types as kinds

    _register_boosters()
    number = kinds.DoubleTensorType if is_wide else kinds.FloatTensorType
    by_kind = {
        "string": kinds.StringTensorType, "long": kinds.Int64TensorType, "integer": kinds.Int32TensorType,
        "boolean": kinds.BooleanTensorType,
    }  # fmt: skip
    by_name = bool(source.columns) and _picks_columns(source.model)
    types = (
        [(name, by_kind.get(kind, number)([None, 1])) for name, kind in source.columns]
        if by_name
        else [("input", number([None, source.width]))]
    )
    is_classifier = hasattr(source.model, "predict_proba")
    options = {id(source.model): {"zipmap": False}} if is_classifier else None
    made = to_onnx(source.model, initial_types=types, options=options, target_opset={"": OPSET, "ai.onnx.ml": 3})
    if source.predict_fn not in OUTPUTS:
        raise CannotConvert(f"it is asked by {source.predict_fn}, and an ONNX model knows predict and predict_proba")
    return Converted(_with_output(made, OUTPUTS[source.predict_fn]), _feed(source, by_name, is_wide))


def _register_boosters() -> None:
    """Boosters inside pipelines are converted, too, where the converters for them are here."""
    with contextlib.suppress(ImportError):
        from onnxmltools.convert.lightgbm.operator_converters.LightGbm import convert_lightgbm
        from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost
        from skl2onnx import update_registered_converter
        from skl2onnx.common import shape_calculator as shapes

        of_classifier = shapes.calculate_linear_classifier_output_shapes
        of_regressor = shapes.calculate_linear_regressor_output_shapes
        zipmap = {"zipmap": [True, False, "columns"], "nocl": [True, False]}
        for library, name, convert_one in (
            ("xgboost", "XGB", convert_xgboost), ("lightgbm", "LGBM", convert_lightgbm),
        ):  # fmt: skip
            with contextlib.suppress(ImportError):
                module = __import__(library)
                for kind, shape in (("Classifier", of_classifier), ("Regressor", of_regressor)):
                    options = zipmap if kind == "Classifier" else None
                    update_registered_converter(
                        getattr(module, name + kind), f"{name}{kind}", shape, convert_one, options=options
                    )


def _picks_columns(model: Any) -> bool:
    """Whether a part of it takes columns by their names: then the ONNX model has an input for each."""
    parts = [model, *(each for _, each in getattr(model, "steps", ()) or ())]
    return any(type(each).__name__ == "ColumnTransformer" for each in parts)


def _of_boosting(source: Source, is_wide: bool) -> Converted:
    import onnxmltools
    from onnxmltools.convert.common.data_types import FloatTensorType

    types = [("input", FloatTensorType([None, source.width]))]
    if source.flavor == "xgboost":
        _forget_names(source.model)
        made = onnxmltools.convert_xgboost(source.model, initial_types=types, target_opset=OPSET_OF_BOOSTING)
    else:
        made = onnxmltools.convert_lightgbm(
            source.model, initial_types=types, target_opset=OPSET_OF_BOOSTING, zipmap=False
        )
    return Converted(made.SerializeToString(), _feed(source, False, is_wide))


def _forget_names(model: Any) -> None:
    """The converter counts columns and takes no names."""
    booster = model.get_booster() if hasattr(model, "get_booster") else model
    booster.feature_names = None
    booster.feature_types = None


def _of_torch(source: Source, is_wide: bool) -> Converted:
    import numpy
    import torch

    if type(source.model).__name__ == "GraphModule":
        raise CannotConvert("it was saved as an exported program: save it as a module, or log torch.onnx's own file")
    if source.example is None:
        raise CannotConvert("A PyTorch model is converted by its input example, and this one has none: log it with one")
    rows = numpy.asarray(source.example)
    tensor = torch.from_numpy(rows.astype("float32") if rows.dtype.kind == "f" else rows)
    source.model.eval()
    sink = io.BytesIO()
    torch.onnx.export(
        source.model, (tensor,), sink, input_names=["input"], output_names=["output"],
        dynamic_axes={"input": {0: "rows"}, "output": {0: "rows"}}, opset_version=OPSET, dynamo=False,
    )  # fmt: skip
    return Converted(sink.getvalue(), {"input": tensor.numpy()})


def _feed(source: Source, by_name: bool, is_wide: bool) -> dict[str, Any] | None:
    """The example as the ONNX model takes it."""
    if source.example is None:
        return None
    import numpy

    number = "float64" if is_wide else "float32"
    if not by_name:
        return {"input": numpy.asarray(source.example).astype(number)}
    types: dict[str, Any] = {"string": object, "long": "int64", "integer": "int32", "boolean": "bool"}
    return {
        name: numpy.asarray(source.example[name]).astype(types.get(kind, number)).reshape(-1, 1)
        for name, kind in source.columns
    }


def _with_output(made: Any, place: int) -> bytes:
    """The model with this output alone: an image answers what the model's own function answers."""
    kept = made.graph.output[place]
    del made.graph.output[:]
    made.graph.output.append(kept)
    raw: bytes = made.SerializeToString()
    return raw

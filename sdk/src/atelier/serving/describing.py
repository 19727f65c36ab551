"""What a model says about itself: its signature in the words of the Open Inference Protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.serving.signatures import DATATYPES, Column, Signature, Tensor

OF_NUMPY = {
    "bool": "BOOL",
    "int8": "INT8",
    "int16": "INT16",
    "int32": "INT32",
    "int64": "INT64",
    "uint8": "UINT8",
    "uint16": "UINT16",
    "uint32": "UINT32",
    "uint64": "UINT64",
    "float16": "FP16",
    "float32": "FP32",
    "float64": "FP64",
}
TO_NUMPY = {datatype: dtype for dtype, datatype in OF_NUMPY.items()}


def describe(mlmodel: Mapping[str, Any], signature: Signature) -> dict[str, Any]:
    """The facts of `/v2/models/NAME`, `/version` and the OpenAPI document."""
    flavors = [name for name in mlmodel.get("flavors", {}) if name != "python_function"]
    return {
        "served": "mlflow",
        "platform": f"mlflow_{flavors[0]}" if flavors else "mlflow_pyfunc",
        "mlflow_version": mlmodel.get("mlflow_version", ""),
        "signature": signature,
        "v2_inputs": [_described(one, f"input-{index}") for index, one in enumerate(signature.inputs)],
        "v2_outputs": [_described(one, _output_name(signature, index)) for index, one in enumerate(signature.outputs)],
    }


def _output_name(signature: Signature, index: int) -> str:
    return "predict" if len(signature.outputs) == 1 else f"output-{index}"


def _described(one: Column | Tensor, name: str) -> dict[str, Any]:
    if isinstance(one, Tensor):
        return {"name": one.name or name, "datatype": OF_NUMPY.get(one.dtype, "BYTES"), "shape": list(one.shape)}
    datatype = DATATYPES[one.type][0] if one.is_plain else "BYTES"
    return {"name": one.name or name, "datatype": datatype, "shape": [-1]}

"""The OpenAPI document of what is served, made from the model's signature."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.serving.scoring import INFER, INVOCATIONS, Scorer
from atelier.serving.signatures import DATATYPES, NONE, Column, Signature, Tensor

JSON_OF_NUMPY = {"b": "boolean", "i": "integer", "u": "integer", "f": "number"}


def document(scorer: Scorer) -> dict[str, Any]:
    """The whole document, OpenAPI 3.0.3."""
    signature: Signature = scorer.description.get("signature") or NONE
    paths = {"/score": _score(scorer, signature)}
    if INVOCATIONS in scorer.kinds:
        paths["/invocations"] = _posted("Score as MLflow does", _body(scorer, signature), _wrapped(signature))
    if INFER in scorer.kinds:
        paths[f"/v2/models/{scorer.name}/infer"] = _posted(
            "Score by the Open Inference Protocol", _V2_REQUEST, _V2_ANSWER
        )
    for path, said in {"/healthz/live": "The process lives", "/healthz/ready": "The model can score"}.items():
        paths[path] = {"get": {"summary": said, "responses": {"200": {"description": "Yes"}}}}
    return {
        "openapi": "3.0.3",
        "info": {"title": scorer.name, "version": scorer.version, "description": _about(scorer)},
        "paths": paths,
        "components": {"schemas": {"Row": row_schema(signature), "Problem": _PROBLEM}},
    }


def row_schema(signature: Signature) -> dict[str, Any]:
    """One row of input as a JSON Schema."""
    columns = [one for one in signature.columns if one.name]
    if not columns:
        return {"type": "object"}
    return {
        "type": "object",
        "properties": {one.name: column_schema(one.spec) for one in columns},
        "required": [one.name for one in columns if one.required],
    }


def column_schema(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON Schema of a column's type, nested ones too."""
    kind = str(spec.get("type", ""))
    if kind in DATATYPES:
        return dict(DATATYPES[kind][1])
    if kind == "array":
        return {"type": "array", "items": column_schema(spec.get("items") or {})}
    if kind == "object":
        properties: dict[str, Any] = spec.get("properties") or {}
        required = [name for name, one in properties.items() if one.get("required", True)]
        made = {"type": "object", "properties": {name: column_schema(one) for name, one in properties.items()}}
        return {**made, "required": required} if required else made
    if kind == "map":
        return {"type": "object", "additionalProperties": column_schema(spec.get("values") or {})}
    return {}


def tensor_schema(tensor: Tensor) -> dict[str, Any]:
    """A tensor as nested lists."""
    kind = JSON_OF_NUMPY.get(tensor.dtype.lstrip("<>|=")[:1], "string")
    schema: dict[str, Any] = {"type": kind}
    for size in reversed(tensor.shape):
        schema = {"type": "array", "items": schema}
        if size >= 0:
            schema.update({"minItems": size, "maxItems": size})
    return schema


def _about(scorer: Scorer) -> str:
    if scorer.description.get("served") == "script":
        return f"Scored by {scorer.description.get('script')}."
    return f"A model in the format {scorer.description.get('platform', 'MLflow')}."


def _score(scorer: Scorer, signature: Signature) -> dict[str, Any]:
    if INVOCATIONS not in scorer.kinds:
        return _posted("Score with run()", {}, {})
    return _posted("Score, with the bare predictions as the answer", _body(scorer, signature), _predictions(signature))


def _posted(summary: str, body: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    named = {"400": "The body can't be read", "413": "The body is too large", "422": "A field does not fit the model"}
    named.update({"429": "Too many requests", "500": "The model failed", "504": "The time limit is over"})
    responses: dict[str, Any] = {code: {"description": said, "content": problem} for code, said in named.items()}
    responses["200"] = {"description": "The result", "content": {"application/json": {"schema": answer}}}
    content: dict[str, Any] = {"application/json": {"schema": body}}
    return {"post": {"summary": summary, "requestBody": {"required": True, "content": content}, "responses": responses}}


def _body(scorer: Scorer, signature: Signature) -> dict[str, Any]:
    shapes = _frame_shapes(signature) if not signature.tensors else _tensor_shapes(signature)
    return {"oneOf": [_with_params(shape, signature) for shape in shapes]}


def _frame_shapes(signature: Signature) -> list[dict[str, Any]]:
    rows = {"type": "array", "items": {"$ref": "#/components/schemas/Row"}}
    names = [one.name for one in signature.columns if one.name]
    columns: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
    if names:
        columns["example"] = names
    split = {
        "type": "object",
        "properties": {
            "columns": columns,
            "index": {"type": "array", "items": {}},
            "data": {"type": "array", "items": {"type": "array", "items": {}}},
        },
        "required": ["data"],
    }
    by_column = {
        "type": "object",
        "properties": {
            one.name: {"type": "array", "items": column_schema(one.spec)} for one in signature.columns if one.name
        },
    }
    return [
        _one("dataframe_split", split),
        _one("dataframe_records", rows),
        _one("inputs", by_column),
        _one("instances", rows),
        _one("input_data", split),
    ]


def _tensor_shapes(signature: Signature) -> list[dict[str, Any]]:
    if signature.is_named:
        properties = {one.name: tensor_schema(one) for one in signature.tensors}
        tensor: dict[str, Any] = {"type": "object", "properties": properties, "required": list(properties)}
    else:
        tensor = tensor_schema(signature.tensors[0])
    return [_one("inputs", tensor), _one("instances", tensor), _one("input_data", tensor)]


def _one(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {name: schema}, "required": [name]}


def _with_params(shape: dict[str, Any], signature: Signature) -> dict[str, Any]:
    if not signature.params:
        return shape
    params = {}
    for one in signature.params:
        schema = column_schema({"type": one.type})
        if one.shape is not None:
            schema = {"type": "array", "items": schema}
        params[one.name] = {**schema, "default": one.default}
    shape["properties"]["params"] = {"type": "object", "properties": params}
    return shape


def _predictions(signature: Signature) -> dict[str, Any]:
    outputs = signature.outputs
    if len(outputs) == 1 and not outputs[0].name:
        return _output(outputs[0])
    if outputs and all(isinstance(one, Column) and one.name for one in outputs):
        properties = {one.name: _item(one) for one in outputs}
        return {"type": "array", "items": {"type": "object", "properties": properties}}
    return {}


def _output(one: Column | Tensor) -> dict[str, Any]:
    return tensor_schema(one) if isinstance(one, Tensor) else {"type": "array", "items": _item(one)}


def _item(one: Column | Tensor) -> dict[str, Any]:
    return column_schema(one.spec) if isinstance(one, Column) else tensor_schema(one)


def _wrapped(signature: Signature) -> dict[str, Any]:
    return {"type": "object", "properties": {"predictions": _predictions(signature)}, "required": ["predictions"]}


_TENSOR = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "datatype": {"type": "string"},
        "shape": {"type": "array", "items": {"type": "integer"}},
        "data": {"type": "array", "items": {}},
        "parameters": {"type": "object"},
    },
    "required": ["name", "datatype", "shape", "data"],
}
_V2_REQUEST = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "parameters": {"type": "object"},
        "inputs": {"type": "array", "items": _TENSOR},
        "outputs": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
    },
    "required": ["inputs"],
}
_V2_ANSWER = {
    "type": "object",
    "properties": {
        "model_name": {"type": "string"},
        "model_version": {"type": "string"},
        "id": {"type": "string"},
        "outputs": {"type": "array", "items": _TENSOR},
    },
    "required": ["model_name", "outputs"],
}
_PROBLEM = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "problem": {"type": "string"}},
            },
        },
    },
}

"""The bodies that models in MLflow's format are called with: MLflow's four shapes, Azure's, and CSV."""

from __future__ import annotations

from typing import Any, NamedTuple

from atelier.serving.messages import Request
from atelier.serving.problems import FieldProblem, Problem, bad_request, wrong_input
from atelier.serving.signatures import Column, Signature

SPLIT, RECORDS, INSTANCES, INPUTS, AZURE = (
    "dataframe_split",
    "dataframe_records",
    "instances",
    "inputs",
    "input_data",
)
FORMS = (SPLIT, RECORDS, INSTANCES, INPUTS, AZURE)
CSV = "csv"
RAW = "raw"
MEDIA_TYPES = ("application/json", "text/csv")


class Payload(NamedTuple):
    """What a body says: the shape it has, the data in it, the parameters."""

    form: str
    data: Any
    params: dict[str, Any] | None


# What chat, completion and embedding models are sent, without a shape around it.
LLM_KEYS = frozenset({"messages", "prompt", "input"})


def read(request: Request, *, takes_raw: bool = False) -> Payload:
    """The body by its media type. Raises Problem: 400, 415, 422. `takes_raw`: an object without a shape is taken."""
    media_type = request.media_type or MEDIA_TYPES[0]
    if media_type == CSV or media_type == "text/csv":
        return Payload(CSV, request.text(), None)
    require_json(request)
    return of_json(request.json(), takes_raw=takes_raw)


def require_json(request: Request) -> None:
    """Raises Problem for a body that says it is neither JSON nor nothing particular."""
    media_type = request.media_type or MEDIA_TYPES[0]
    if media_type not in (MEDIA_TYPES[0], "application/x-www-form-urlencoded") and not media_type.endswith("+json"):
        raise Problem(415, "media_type", f"The body is {media_type}; what is read is {' or '.join(MEDIA_TYPES)}.")


def of_json(body: Any, *, takes_raw: bool = False) -> Payload:
    """The payload of a parsed body."""
    if not isinstance(body, dict):
        raise bad_request(f"The body is {_kind(body)}; it must be an object with one of {', '.join(FORMS)}.")
    found = [form for form in FORMS if form in body]
    if takes_raw and (not found or LLM_KEYS & body.keys()):
        return Payload(RAW, body, None)
    if len(found) != 1:
        said = f"has {' and '.join(found)}" if found else f"has the fields {', '.join(map(str, body)) or '(none)'}"
        raise bad_request(f"The body {said}; it must have exactly one of {', '.join(FORMS)}.")
    params = body.get("params")
    if params is not None and not isinstance(params, dict):
        raise wrong_input([FieldProblem("params", f"is {_kind(params)}; it must be an object.")])
    return _checked(found[0], body[found[0]], params)


def _checked(form: str, data: Any, params: dict[str, Any] | None) -> Payload:
    if form == AZURE:
        form, data = _of_azure(data)
    if form == SPLIT:
        _check_split(data)
    elif form == RECORDS and not (isinstance(data, list) and all(isinstance(row, dict) for row in data)):
        raise bad_request("dataframe_records must be a list of objects, one a row.")
    return Payload(form, data, params)


def _of_azure(data: Any) -> tuple[str, Any]:
    """Azure's `input_data`: a split frame as an object, else rows or a tensor."""
    if isinstance(data, dict):
        return (SPLIT, data) if "data" in data else (INPUTS, data)
    if isinstance(data, list) and data and all(isinstance(row, dict) for row in data):
        return RECORDS, data
    return INPUTS, data


def _check_split(data: Any) -> None:
    if not isinstance(data, dict) or not isinstance(data.get("data"), list):
        raise bad_request("dataframe_split must be an object with data, a list of rows, and columns.")
    extra = set(data) - {"columns", "index", "data"}
    if extra:
        raise bad_request(f"dataframe_split has {', '.join(sorted(extra))}; it takes columns, index and data.")
    columns = data.get("columns")
    if columns is not None and not isinstance(columns, list):
        raise bad_request("columns of dataframe_split must be a list of names.")
    if columns is not None and len(set(map(str, columns))) != len(columns):
        raise bad_request("columns of dataframe_split names a column twice.")
    _check_width(data["data"], None if columns is None else len(columns))
    index = data.get("index")
    if index is not None and (not isinstance(index, list) or len(index) != len(data["data"])):
        raise bad_request(f"index of dataframe_split must be a list of {len(data['data'])} values, one a row.")


def _check_width(rows: list[Any], width: int | None) -> None:
    for number, row in enumerate(rows):
        if not isinstance(row, list):
            if width == 1 or width is None:
                continue
            raise bad_request(f"Row {number} of data is {_kind(row)}; it must be a list of {width} values.")
        if width is not None and len(row) != width:
            raise bad_request(f"Row {number} of data has {len(row)} values; there are {width} columns.")


class Frame(NamedTuple):
    """A frame's columns by name, each a list of as many values as there are rows."""

    columns: dict[str, list[Any]]
    rows: int


def frame_of(payload: Payload, signature: Signature) -> Frame | None:
    """The payload as columns; None when it is no frame (a tensor, or columns without names)."""
    form, data = payload.form, payload.data
    if form == SPLIT:
        return _of_split(data, signature)
    if form == RECORDS or (form == INSTANCES and _is_records(data)):
        return _of_records(data)
    if form == INPUTS and isinstance(data, dict):
        return _of_columns(data)
    if form in (INPUTS, INSTANCES) and signature.columns:
        return _of_rows(data, signature)
    return None


def _is_records(data: Any) -> bool:
    return isinstance(data, list) and bool(data) and all(isinstance(row, dict) for row in data)


def _of_split(data: dict[str, Any], signature: Signature) -> Frame | None:
    names = data.get("columns")
    if names is None:
        return _of_rows(data["data"], signature)
    rows = data["data"]
    if len(names) == 1 and rows and not isinstance(rows[0], list):
        return Frame({str(names[0]): rows}, len(rows))
    columns = map(list, zip(*rows)) if rows else ([] for _ in names)
    return Frame({str(name): column for name, column in zip(names, columns)}, len(rows))


def _of_records(rows: list[dict[str, Any]]) -> Frame:
    names = dict.fromkeys(name for row in rows for name in row)
    return Frame({name: [row.get(name) for row in rows] for name in names}, len(rows))


def _of_columns(data: dict[str, Any]) -> Frame | None:
    if data and not any(isinstance(value, list) for value in data.values()):
        return Frame({name: [value] for name, value in data.items()}, 1)
    lengths = {name: len(value) for name, value in data.items() if isinstance(value, list)}
    if len(lengths) != len(data) or len(set(lengths.values())) > 1:
        return None
    return Frame(dict(data), next(iter(lengths.values()), 0))


def _of_rows(rows: Any, signature: Signature) -> Frame | None:
    """Rows without names: taken in the order of the signature when they are as wide."""
    wanted = signature.columns
    if not isinstance(rows, list) or not signature.is_named or not wanted:
        return None
    if len(wanted) == 1 and not any(isinstance(row, (list, dict)) for row in rows):
        return Frame({wanted[0].name: rows}, len(rows))
    if not all(isinstance(row, list) and len(row) == len(wanted) for row in rows):
        raise wrong_input([FieldProblem("data", f"must be rows of {len(wanted)} values: {_names(wanted)}.")])
    columns = map(list, zip(*rows)) if rows else ([] for _ in wanted)
    return Frame({one.name: column for one, column in zip(wanted, columns)}, len(rows))


def _names(columns: tuple[Column, ...]) -> str:
    names = [column.name for column in columns]
    return ", ".join(names[:8]) + (", …" if len(names) > 8 else "")


def _kind(value: Any) -> str:
    return kind_of(value)


def kind_of(value: Any) -> str:
    """What a value of JSON is, for a sentence."""
    if value is None:
        return "null"
    names = {bool: "true or false", int: "a whole number", float: "a number", str: "text", list: "a list"}
    return names.get(type(value), "an object")

"""Results of models as JSON: what NumPy, pandas and plain Python give, with NaN as null."""

from __future__ import annotations

import base64
import datetime
import decimal
import enum
import sys
from typing import Any

import orjson

OPTIONS = orjson.OPT_NON_STR_KEYS
# Numbers of these types orjson writes by itself. Shorter floats it would cut to the digits that tell them apart among
# their kind; read as a double, as JSON is, that is another number.
EXACT = frozenset({"float64", "int64", "int32", "uint64", "uint32", "bool"})


def dumps(value: Any) -> bytes:
    """The value as JSON. Raises TypeError for what has no form in it."""
    if type(value) is _class("numpy", "ndarray") and value.dtype.name in EXACT and value.flags.c_contiguous:
        return orjson.dumps(value, default=_default, option=OPTIONS | orjson.OPT_SERIALIZE_NUMPY)
    return orjson.dumps(value, default=_default, option=OPTIONS)


def plain(value: Any) -> Any:
    """A model's predictions as MLflow's own server gives them: a frame or a series as a list of records."""
    if isinstance(value, _class("pandas", "Series")):
        value = sys.modules["pandas"].DataFrame(value)
    return value.to_dict(orient="records") if isinstance(value, _class("pandas", "DataFrame")) else value


def _class(module: str, name: str) -> Any:
    """A class of a library, nothing when that is not loaded: another thread may be in the middle of loading it."""
    return getattr(sys.modules.get(module), name, ())


def _default(value: Any) -> Any:
    if isinstance(value, (_class("numpy", "ndarray"), _class("numpy", "generic"))):
        return _of_numpy(value)
    if value is _class("pandas", "NaT") or value is _class("pandas", "NA"):
        return None
    if isinstance(value, _class("pandas", "DataFrame")):
        return value.to_dict(orient="records")
    if isinstance(value, (_class("pandas", "Series"), _class("pandas", "Index"))):
        return value.tolist()
    return _of_python(value)


def _of_numpy(value: Any) -> Any:
    kind = value.dtype.kind
    if kind in "mM":
        return _times(value.astype("datetime64[us]" if kind == "M" else "timedelta64[us]").tolist())
    if kind == "c":
        return [value.real.tolist(), value.imag.tolist()]
    return value.tolist()


def _times(value: Any) -> Any:
    if isinstance(value, list):
        return [_times(item) for item in value]
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    return value


def _of_python(value: Any) -> Any:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(bytes(value)).decode("ascii")
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (set, frozenset, range)):
        return list(value)
    if isinstance(value, enum.Enum):
        return value.value
    if hasattr(value, "detach") and hasattr(value, "numpy"):
        return value.detach().cpu().numpy()
    if hasattr(value, "model_dump"):
        return value.model_dump()
    for name in ("tolist", "toarray"):
        if hasattr(value, name):
            return getattr(value, name)()
    if type(value).__module__.partition(".")[0] == "pandas":
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")

"""How a deployment scores: Azure's settings and defaults, checked once, kept as JSON, read back as this."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from registry.batch.names import bad
from studio.errors import Invalid
from studio.storage.names import safe_relpath

APPEND, SUMMARY = "append_row", "summary_only"
LEVELS = ("debug", "info", "warning")
MAX_VARIABLES = 200
MAX_VARIABLE = 20_000
MAX_INSTANCES = 64
# What the studio itself says to the program that scores.
TAKEN = frozenset({"AZUREML_MODEL_DIR", "AZUREML_ENTRY_SCRIPT", "AML_APP_ROOT", "AZUREML_BI_OUTPUT_PATH", "PYTHONPATH"})
RANGES = {
    "mini_batch_size": (1, 100_000),
    "mini_batch_rows": (1, 10_000_000),
    "max_concurrency_per_instance": (1, 64),
    "instance_count": (1, MAX_INSTANCES),
    "max_retries": (0, 100),
    "timeout": (1, 86_400),
    "error_threshold": (-1, 2**31 - 1),
}
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")


@dataclass(frozen=True, slots=True)
class Options:
    """`mini_batch_size` counts files, `mini_batch_rows` the rows of a table; `timeout` is of one mini-batch, in seconds."""

    mini_batch_size: int = 10
    mini_batch_rows: int = 1_000
    max_concurrency_per_instance: int = 1
    instance_count: int = 1
    max_retries: int = 3
    timeout: int = 30
    error_threshold: int = -1
    output_action: str = APPEND
    output_file_name: str = "predictions.csv"
    logging_level: str = "info"
    environment_variables: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        known = {one.name for one in fields(cls)}
        return cls(**{name: kept for name, kept in value.items() if name in known})


def read(given: Mapping[str, Any], base: Options | None = None) -> Options:
    """The options that Azure's fields say; what they leave out is as in `base`. Raises Invalid."""
    found = (base or Options()).to_json()
    flat = {**given, **_table(given.get("retry_settings"), "retry_settings", {"max_retries", "timeout"})}
    flat |= _table(given.get("resources"), "resources", {"instance_count", "instance_type", "properties"})
    for name, (low, high) in RANGES.items():
        if flat.get(name) is not None:
            found[name] = _number(flat[name], name, low, high)
    if flat.get("output_action") is not None:
        found["output_action"] = _word(flat["output_action"], "output_action", (APPEND, SUMMARY))
    if flat.get("output_file_name") is not None:
        found["output_file_name"] = _file_name(flat["output_file_name"])
    if flat.get("logging_level") is not None:
        level = _word(flat["logging_level"], "logging_level", (*LEVELS, "warn"))
        found["logging_level"] = "warning" if level == "warn" else level
    if flat.get("environment_variables") is not None:
        found["environment_variables"] = _variables(flat["environment_variables"])
    return Options(**found)


def _number(value: Any, name: str, low: int, high: int) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,10}", value):
        value = int(value)  # Azure's older files write numbers as texts
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise bad(name, f"{name} is a whole number from {low:,} to {high:,}.")
    return value


def _word(value: Any, name: str, known: tuple[str, ...]) -> str:
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", str(value)).lower()
    if text not in known:
        raise bad(name, f"{str(value)[:40]!r} is no {name}.", hint=f"Known: {', '.join(known)}.")
    return text


def _file_name(value: Any) -> str:
    try:
        if not isinstance(value, str) or "/" in value or len(value) > 200:
            raise bad("output_file_name", "output_file_name is the name of one file, such as predictions.csv.")
        return safe_relpath(value)
    except Invalid as error:
        raise bad("output_file_name", error.message, hint="Such as predictions.csv or predictions.parquet.") from None


def _variables(given: Any) -> dict[str, str]:
    found = {}
    for name, value in _table(given, "environment_variables", None).items():
        if not isinstance(name, str) or not _VARIABLE.fullmatch(name):
            raise bad("environment_variables", f"{str(name)[:60]!r} is no name of an environment variable.")
        if name in TAKEN:
            raise bad("environment_variables", f"{name} is set by the studio.", hint="Choose another name.")
        if isinstance(value, Mapping | list) or value is None:
            raise bad("environment_variables", f"The value of {name} is no text.")
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if len(text) > MAX_VARIABLE or "\0" in text:
            raise bad("environment_variables", f"The value of {name} is too long, or holds a zero byte.")
        found[name] = text
    if len(found) > MAX_VARIABLES:
        raise bad("environment_variables", f"A deployment has at most {MAX_VARIABLES} environment variables.")
    return found


def _table(given: Any, name: str, known: set[str] | None) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise bad(name, f"{name} is a mapping.")
    for key in given:
        if known is not None and key not in known:
            raise bad(name, f"{name} knows no {str(key)[:60]!r}.", hint=f"Known: {', '.join(sorted(known))}.")
    return dict(given)

"""What columns become, how headers stand in files, and encodings, by the names that scripts use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Union

Words = Union[str, Sequence[str]]


class MLTableHeaders(Enum):
    """Which of the files begin with the names of their columns."""

    no_header = "no_header"
    from_first_file = "from_first_file"
    all_files_same_headers = "all_files_same_headers"
    all_files_different_headers = "all_files_different_headers"


class MLTableFileEncoding(Enum):
    utf8 = "utf8"
    iso88591 = "iso88591"
    latin1 = "latin1"
    ascii = "ascii"
    utf16 = "utf16"
    utf8bom = "utf8bom"
    windows1252 = "windows1252"


@dataclass(frozen=True)
class DataType:
    """A type of a column: `DataType.to_int()`, `DataType.to_datetime("%Y-%m-%d")`. `spec` is what an MLTable file says."""

    spec: Any

    @staticmethod
    def to_string() -> DataType:
        return DataType("string")

    @staticmethod
    def to_int() -> DataType:
        return DataType("int")

    @staticmethod
    def to_float() -> DataType:
        return DataType("float")

    @staticmethod
    def to_stream() -> DataType:
        return DataType("stream_info")

    @staticmethod
    def to_bool(
        true_values: Sequence[str] | None = None,
        false_values: Sequence[str] | None = None,
        mismatch_as: str | None = None,
    ) -> DataType:
        """True or false by these words; `mismatch_as` says what other words are: error, true or false."""
        given = {"true_values": true_values, "false_values": false_values, "mismatch_as": mismatch_as}
        options = {
            name: value if isinstance(value, str) else list(value) for name, value in given.items() if value is not None
        }
        return DataType({"boolean": options} if options else "boolean")

    @staticmethod
    def to_datetime(formats: Words, date_constant: str | None = None) -> DataType:
        """A time in the first of these formats that fits."""
        options: dict[str, Any] = {"formats": [formats] if isinstance(formats, str) else list(formats)}
        if date_constant is not None:
            options["date_constant"] = date_constant
        return DataType({"datetime": options})


def spec_of(kind: Any) -> Any:
    """What an MLTable file says of a type that a script gave as a `DataType`, a word or a mapping."""
    return kind.spec if isinstance(kind, DataType) else kind


def word(value: Any) -> Any:
    """The word of an option: a member of one of the enumerations, or the text itself."""
    return value.value if isinstance(value, Enum) else value

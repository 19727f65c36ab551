"""What DuckDB says, as one clear sentence with a code; and where in a person's SQL it went wrong."""

import json
import re
from typing import Any

import duckdb

LONGEST = 300


class Problem(Exception):
    """A sentence for the person who asked."""

    def __init__(self, code: str, message: str, *, hint: str = "", position: int | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.hint, self.position = code, message, hint, position

    def as_dict(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, "hint": self.hint, "position": self.position}


def problem(error: Exception) -> dict[str, Any]:
    """Any error of a question as what travels back."""
    return _problem(error).as_dict()


def of_sql(error: duckdb.Error, offset: int) -> Problem:
    """An error of a person's own SQL, which begins `offset` characters into what DuckDB was given."""
    found = _parts(error)
    if "file system operations are disabled" in found["message"] or isinstance(error, duckdb.PermissionException):
        return _out_of_reach()
    if "CSV Error" in found["message"] or not isinstance(error, _FAULTS_OF_SQL):
        return _problem(error)
    place = found["position"]
    position = None if place is None or place < offset else place - offset
    return Problem("bad_sql", _sentence(found["message"]), position=position)


def _problem(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, MemoryError | duckdb.OutOfMemoryException):
        message = "This needs more memory than one question may take."
        return Problem("data_too_large", message, hint="Ask for fewer columns or rows, or group by fewer values.")
    if isinstance(error, duckdb.Error):
        return _of_file(_parts(error)["message"])
    return Problem("data_unreadable", f"The files could not be read: {_sentence(str(error))}")


def _of_file(message: str) -> Problem:
    converted = re.search(
        r'CSV Error on Line: (\d+).*?column "(.*?)"\. Could not convert string "(.*?)" to \'(\w+)', message, re.DOTALL
    )
    if converted:
        line, column, value, native = converted.groups()
        said = f"Line {int(line):,} holds {value[:60]!r} in the column {column!r}, whose values looked like {native.lower()} before."
        return Problem("data_unreadable", said, hint="Give the column the type string in the schema.")
    line_error = re.search(r"CSV Error on Line: (\d+)\s*(?:Original Line:.*?\n)?(.*)", message, re.DOTALL)
    if line_error:
        said = f"Line {int(line_error[1]):,} can't be read: {_sentence(line_error[2])}"
        return Problem("data_unreadable", said, hint="Check the delimiter, the quote and the rows to skip.")
    if "not utf-8" in message.lower() or "utf-8 encoded" in message.lower() or "invalid unicode" in message.lower():
        return Problem("data_unreadable", "The text is not UTF-8.", hint="Choose its encoding, latin-1 for example.")
    return Problem("data_unreadable", f"The files can't be read: {_sentence(message)}")


def _out_of_reach() -> Problem:
    message = "SQL here reads the table data and nothing else: no files, addresses, extensions or other databases."
    return Problem("sql_not_allowed", message)


def _parts(error: duckdb.Error) -> dict[str, Any]:
    """The words of an error and the character it points at; DuckDB gives them as JSON behind the kind of error."""
    text = str(error)
    _, brace, rest = text.partition("{")
    try:
        found = json.loads(brace + rest)
        place = found.get("position")
        return {"message": str(found["exception_message"]), "position": int(place) if str(place).isdigit() else None}
    except (ValueError, KeyError, TypeError):
        return {"message": text, "position": None}


def _sentence(message: str) -> str:
    """The first paragraph on one line, without advice about functions that a person here does not call."""
    first = re.split(r"\n\s*\n|\nLINE \d|\nPossible|\n\*|\nFile:|\n  file", message.strip(), maxsplit=1)[0]
    flat = " ".join(first.split()).replace("Candidate bindings:", "Like it:")
    flat = re.sub(r'Referenced column ("[^"]*") not found in FROM clause!', r"There is no column \1.", flat)
    flat = re.sub(r"Table with name (\S+) does not exist!.*", r"There is no table \1: the table is called data.", flat)
    flat = re.sub(r"(?<![\w/])files/", "", flat)
    cut = flat if len(flat) <= LONGEST else flat[:LONGEST] + "…"
    return cut if cut.endswith((".", "!", "?", "…")) else cut + "."


_FAULTS_OF_SQL = (
    duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException, duckdb.ConversionException,
    duckdb.SyntaxException, duckdb.OutOfRangeException, duckdb.TypeMismatchException, duckdb.NotImplementedException,
    duckdb.InvalidInputException, duckdb.InvalidTypeException,
)  # fmt: skip

"""Tables in ARFF: lines of `@attribute name type`, then `@data` and rows with commas."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

from atelier.components.errors import ComponentError

if TYPE_CHECKING:
    import pandas as pd

_ATTRIBUTE = re.compile(r"@attribute\s+(?:'([^']+)'|\"([^\"]+)\"|(\S+))\s+(.+)$", re.IGNORECASE)
_NUMERIC = ("numeric", "real", "integer")


def read(text: str) -> pd.DataFrame:
    """The table; `?` is missing, a list of values is a category. Raises ComponentError with the line."""
    import pandas as pd

    kinds: dict[str, str] = {}
    rows: list[list[str]] = []
    in_data = False
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        if not bare or bare.startswith("%"):
            continue
        if in_data:
            rows.append(_row(bare, len(kinds), number))
        elif bare.lower().startswith("@attribute"):
            name, kind = _attribute(bare, number)
            kinds[name] = kind
        elif bare.lower() == "@data":
            in_data = True
        elif not bare.lower().startswith("@relation"):
            raise _wrong(number, f"{bare[:40]!r} is neither @relation, @attribute nor @data")
    if not kinds:
        raise ComponentError("The data has no @attribute: it is no ARFF.", parameter="data")
    return pd.DataFrame(
        {name: _column([row[place] for row in rows], name, kind) for place, (name, kind) in enumerate(kinds.items())}
    )


def _attribute(line: str, number: int) -> tuple[str, str]:
    match = _ATTRIBUTE.match(line)
    if not match:
        raise _wrong(number, "an attribute has a name and a type")
    return match[1] or match[2] or match[3], match[4].strip()


def _row(line: str, count: int, number: int) -> list[str]:
    cells = next(csv.reader(io.StringIO(line), quotechar="'", skipinitialspace=True))
    if len(cells) != count:
        raise _wrong(number, f"{count} values are wanted, one for each attribute; there are {len(cells)}")
    return [cell.strip().strip('"') for cell in cells]


def _column(values: list[str], name: str, kind: str) -> Any:
    import pandas as pd

    known = pd.Series([None if value == "?" else value for value in values], dtype="str")
    if kind.startswith("{"):
        levels = next(csv.reader(io.StringIO(kind.strip("{} ")), quotechar="'", skipinitialspace=True))
        return pd.Categorical(known, categories=[level.strip().strip('"') for level in levels])
    try:
        if kind.lower() in _NUMERIC:
            return pd.to_numeric(known)
        if kind.lower().startswith("date"):
            return pd.to_datetime(known)
    except ValueError as error:
        raise ComponentError(f"The column {name!r} is not {kind}: {error}", parameter="data") from error
    return known


def _wrong(number: int, what: str) -> ComponentError:
    return ComponentError(f"Line {number}: {what}.", parameter="data")

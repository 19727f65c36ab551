"""What a column is: `attribute:state`, `metric:loss.min`, `param:lr` or `tag:team`."""

from collections.abc import Sequence
from dataclasses import dataclass

from studio.errors import Invalid

ATTRIBUTE, METRIC, PARAM, TAG = "attribute", "metric", "param", "tag"
AGGREGATES = ("last", "min", "max", "best", "first", "mean")
MAX_COLUMNS = 200
MAX_KEY = 250


@dataclass(frozen=True, slots=True)
class Attribute:
    """A column that every run has. `kind` is how it reads: text, time, duration or state."""

    key: str
    label: str
    kind: str = "text"


ATTRIBUTES = {
    one.key: one
    for one in (
        Attribute("name", "Run"),
        Attribute("state", "State", "state"),
        Attribute("experiment", "Experiment"),
        Attribute("started", "Started", "time"),
        Attribute("created", "Created", "time"),
        Attribute("ended", "Ended", "time"),
        Attribute("duration", "Duration", "duration"),
        Attribute("user", "By"),
        Attribute("source", "Source"),
        Attribute("commit", "Commit"),
        Attribute("description", "Description"),
        Attribute("id", "Id"),
        Attribute("parent", "Parent"),
    )
}


@dataclass(frozen=True, slots=True)
class Column:
    kind: str
    key: str
    aggregate: str = ""

    @property
    def spec(self) -> str:
        return f"{self.kind}:{self.key}.{self.aggregate}" if self.kind == METRIC else f"{self.kind}:{self.key}"

    @property
    def label(self) -> str:
        """The head of the column in an export."""
        if self.kind == ATTRIBUTE:
            return self.key
        return self.key if self.aggregate in ("", "last") else f"{self.key} ({self.aggregate})"


def parse(spec: object) -> Column:
    """A column from its text. Raises Invalid for what is none."""
    kind, _, key = spec.partition(":") if isinstance(spec, str) else ("", "", "")
    if not key or "\0" in key or kind not in (ATTRIBUTE, METRIC, PARAM, TAG):
        raise _unknown(spec)
    if kind == ATTRIBUTE and key not in ATTRIBUTES:
        raise _unknown(spec)
    aggregate = ""
    if kind == METRIC:
        name, dot, tail = key.rpartition(".")
        key, aggregate = (name, tail) if dot and name and tail in AGGREGATES else (key, "last")
    if len(key) > MAX_KEY:
        raise _unknown(spec)
    return Column(kind, key, aggregate)


def parse_all(specs: Sequence[object], *, most: int = MAX_COLUMNS) -> list[Column]:
    """Columns from their texts, each once. Raises Invalid for what is none, and for more than `most`."""
    if len(specs) > most:
        raise Invalid("too_many_columns", f"At most {most} columns can be asked for at once.")
    return list(dict.fromkeys(parse(spec) for spec in specs))


def _unknown(spec: object) -> Invalid:
    shown = ascii(str(spec)[:60])
    return Invalid(
        "unknown_column",
        f"There is no column {shown}.",
        hint="Columns are attribute:state, metric:loss.min, param:lr or tag:team.",
        fields={"columns": f"{shown} is none."},
    )

"""What a kind of step is: its parameters as data, from which pages, checks and the docs are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from atelier.dataflow.drafts import Draft

Values = Mapping[str, Any]
Choices = tuple[tuple[str, str], ...]

# What a parameter's value is, in JSON, and how a page asks for it.
KINDS: dict[str, str] = {
    "column": "a column's name",
    "columns": "a list of columns' names",
    "text": "text",
    "texts": "a list of texts",
    "number": "a number",
    "integer": "a whole number",
    "numbers": "a list of numbers",
    "boolean": "true or false",
    "value": "a text, a number, true, false or null",
    "values": "a list of values",
    "choice": "one of the choices",
    "choices": "a list of some of the choices",
    "expression": "an expression",
    "pattern": "a regular expression",
    "conditions": "a list of {column, op, value}",
    "names": "an object: a column's name → its new name",
    "pairs": "a list of {from, to}",
    "keys": "a list of {left, right}: the column here, the column there",
    "aggregations": "a list of {column, how, name}",
    "orders": "a list of {column, descending}",
    "asset": "a data reference, such as azureml:prices@latest",
    "assets": "a list of data references",
    "examples": "a list of {row, wanted}: what was shown",
    "expressions": "a list of expressions",
}


@dataclass(frozen=True)
class Parameter:
    """One parameter of a step. It is asked for only `when` the other parameters named there have one of these values."""

    name: str
    label: str
    kind: str
    required: bool = False
    default: Any = None
    help: str = ""
    choices: Choices = ()
    when: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    of: tuple[str, ...] = ()  # the types of column it takes; empty: any
    least: float | None = None
    most: float | None = None
    gives_column: bool = False  # its text is the name of a column that comes into being

    def applies(self, values: Values) -> bool:
        """Whether it means anything beside these other values."""
        return all(values.get(other) in allowed for other, allowed in self.when.items())

    def as_dict(self) -> dict[str, Any]:
        """The parameter as JSON, for a page that builds a panel from it."""
        found = {"name": self.name, "label": self.label, "kind": self.kind, "required": self.required}
        found.update({"default": self.default, "help": self.help, "of": list(self.of)})
        found["choices"] = [{"value": value, "label": label} for value, label in self.choices]
        found["when"] = {other: list(allowed) for other, allowed in self.when.items()}
        found.update({"least": self.least, "most": self.most, "gives_column": self.gives_column})
        return found


@dataclass(frozen=True)
class StepKind:
    """One kind of step. `polars` and `pandas` add its statements to a draft; `says` is a short line about one step."""

    kind: str
    label: str
    group: str
    help: str
    parameters: tuple[Parameter, ...]
    polars: Callable[[Draft, Values], None]
    pandas: Callable[[Draft, Values], None]
    says: Callable[[Values], str]
    opens: Callable[[Values], bool] = lambda values: False  # whether its columns depend on what the data holds

    def filled(self, values: Values) -> dict[str, Any]:
        """The values with the defaults of those that were left out."""
        found = {parameter.name: parameter.default for parameter in self.parameters}
        return {**found, **{name: value for name, value in values.items() if value is not None}}

    def as_dict(self) -> dict[str, Any]:
        """The kind as JSON."""
        return {
            "kind": self.kind,
            "label": self.label,
            "group": self.group,
            "help": self.help,
            "parameters": [parameter.as_dict() for parameter in self.parameters],
        }

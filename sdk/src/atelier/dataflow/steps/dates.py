"""Steps that work on dates and times."""

from __future__ import annotations

from atelier.dataflow import column_types as kinds
from atelier.dataflow.drafts import Draft
from atelier.dataflow.expressions import quoted
from atelier.dataflow.expressions.dates import UNITS
from atelier.dataflow.parameters import Parameter, StepKind, Values

GROUP = "Dates"
MOMENTS = (kinds.DATE, kinds.DATETIME)
PARTS = (
    ("year", "year"),
    ("quarter", "quarter"),
    ("month", "month"),
    ("week", "week of the year"),
    ("day", "day of the month"),
    ("day_of_year", "day of the year"),
    ("weekday", "day of the week, 1 is Monday"),
    ("hour", "hour"),
    ("minute", "minute"),
    ("second", "second"),
)


def _parts(draft: Draft, values: Values) -> None:
    column = values["column"]
    prefix = values["prefix"] or f"{column}_"
    draft.assign({f"{prefix}{part}": draft.expression(f"{part}({quoted(column)})") for part in values["parts"]})


def _difference(draft: Draft, values: Values) -> None:
    term = draft.call("date_difference", draft.column(values["from"]), draft.column(values["to"]), values["unit"])
    draft.assign({values["into"]: term})


STEPS = (
    StepKind(
        "date_parts",
        "Date parts",
        GROUP,
        "A column for the year, the month, the weekday … of a date.",
        (
            Parameter("column", "Column", "column", required=True, of=MOMENTS),
            Parameter("parts", "Parts", "choices", required=True, choices=PARTS),
            Parameter("prefix", "Prefix", "text", default="", help="The column's name and _, when empty."),
        ),
        _parts,
        _parts,
        lambda values: f"{', '.join(values['parts'])} of {values['column']}",
    ),
    StepKind(
        "date_difference",
        "Date difference",
        GROUP,
        "How many whole days, months … lie between two dates.",
        (
            Parameter("from", "From", "column", required=True, of=MOMENTS),
            Parameter("to", "To", "column", required=True, of=MOMENTS),
            Parameter("unit", "In", "choice", default="days", choices=tuple((unit, unit) for unit in UNITS)),
            Parameter("into", "New column", "text", required=True, gives_column=True),
        ),
        _difference,
        _difference,
        lambda values: f"{values['unit']} from {values['from']} to {values['to']}",
    ),
)

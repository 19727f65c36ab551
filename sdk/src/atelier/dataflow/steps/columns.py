"""Steps that choose, name, order and retype columns."""

from __future__ import annotations

from typing import Any

from atelier.dataflow import column_types as kinds
from atelier.dataflow.drafts import Draft
from atelier.dataflow.expressions.functions import PD, PL
from atelier.dataflow.parameters import Parameter, StepKind, Values
from atelier.dataflow.terms import name

GROUP = "Columns"
TRUE, FALSE = ("true", "yes", "y", "t", "1"), ("false", "no", "n", "f", "0")
BOOLEANS = {**dict.fromkeys(TRUE, True), **dict.fromkeys(FALSE, False)}


def _list(columns: Any) -> str:
    return ", ".join(str(column) for column in columns)


def _keep(draft: Draft, values: Values) -> None:
    draft.set(draft.frame.select(values["columns"]) if draft.is_polars else draft.frame[list(values["columns"])])


def _drop(draft: Draft, values: Values) -> None:
    columns = list(values["columns"])
    draft.set(draft.frame.drop(columns) if draft.is_polars else draft.frame.drop(columns=columns))


def _rename(draft: Draft, values: Values) -> None:
    names = dict(values["names"])
    draft.set(draft.frame.rename(names) if draft.is_polars else draft.frame.rename(columns=names))


def _reorder(draft: Draft, values: Values) -> None:
    columns, first = list(values["columns"]), values["place"] == "first"
    if draft.is_polars:
        parts = [PL.col(columns), PL.exclude(columns)]
        draft.set(draft.frame.select(*(parts if first else reversed(parts))))
    else:
        rest = draft.frame.columns.difference(columns, sort=False).tolist()
        draft.set(draft.frame[columns + rest if first else rest + columns])


def _typed_polars(draft: Draft, column: str, values: Values) -> Any:
    strict, wanted, form = values["errors"] == "refuse", values["type"], values["format"] or None
    term, is_text = PL.col(column), draft.kind(column) in (kinds.TEXT, kinds.UNKNOWN)
    if wanted in (kinds.DATE, kinds.DATETIME) and is_text:
        form = form or ("%Y-%m-%d" if wanted == kinds.DATE else "%Y-%m-%d %H:%M:%S")
        read = term.str.to_date if wanted == kinds.DATE else term.str.to_datetime
        return read(form, strict=strict)
    if wanted == kinds.BOOLEAN and is_text:
        lowered = term.str.strip_chars().str.to_lowercase()
        rest = {} if strict else {"default": None}
        return lowered.replace_strict(BOOLEANS, **rest, return_dtype=PL.Boolean)
    if wanted in kinds.NUMERIC and is_text and draft.kind(column) == kinds.TEXT:
        term = term.str.strip_chars()
    if wanted == kinds.TEXT and form and draft.kind(column) in (kinds.DATE, kinds.DATETIME):
        return term.dt.strftime(form)
    types = {kinds.TEXT: PL.String, kinds.INTEGER: PL.Int64, kinds.NUMBER: PL.Float64, kinds.BOOLEAN: PL.Boolean}
    types.update({kinds.DATE: PL.Date, kinds.DATETIME: PL.Datetime("us")})
    return term.cast(types[wanted], strict=strict)


def _typed_pandas(draft: Draft, column: str, values: Values) -> Any:
    errors = "raise" if values["errors"] == "refuse" else "coerce"
    wanted, form = values["type"], values["format"] or None
    term, is_text = draft.frame[column], draft.kind(column) in (kinds.TEXT, kinds.UNKNOWN)
    if wanted in (kinds.DATE, kinds.DATETIME):
        form = form or ("%Y-%m-%d" if wanted == kinds.DATE else "%Y-%m-%d %H:%M:%S")
        read = PD.to_datetime(term, format=form, errors=errors) if is_text else term
        return read.dt.normalize() if wanted == kinds.DATE else read
    if wanted == kinds.TEXT:
        return term.dt.strftime(form).astype("string") if form and not is_text else name("text_of")(term)
    if wanted == kinds.BOOLEAN:
        return name("boolean_of")(term, errors)
    converted = PD.to_numeric(term, errors=errors).astype("Float64")
    return name("integer_of")(term, errors) if wanted == kinds.INTEGER else converted


def _change_type(draft: Draft, values: Values) -> None:
    make = _typed_polars if draft.is_polars else _typed_pandas
    draft.assign({column: make(draft, column, values) for column in values["columns"]})


def _new_column(draft: Draft, values: Values) -> None:
    draft.assign({values["name"]: draft.expression(values["expression"])})


TYPES = tuple((word, word.capitalize()) for word in kinds.WORDS[:6])

STEPS = (
    StepKind(
        "keep_columns",
        "Keep columns",
        GROUP,
        "Keeps these columns, in this order, and drops the others.",
        (Parameter("columns", "Columns", "columns", required=True),),
        _keep,
        _keep,
        lambda values: f"Keep {_list(values['columns'])}",
    ),
    StepKind(
        "drop_columns",
        "Drop columns",
        GROUP,
        "Drops these columns.",
        (Parameter("columns", "Columns", "columns", required=True),),
        _drop,
        _drop,
        lambda values: f"Drop {_list(values['columns'])}",
    ),
    StepKind(
        "rename",
        "Rename columns",
        GROUP,
        "Gives columns other names.",
        (Parameter("names", "New names", "names", required=True),),
        _rename,
        _rename,
        lambda values: "Rename " + ", ".join(f"{old} to {new}" for old, new in values["names"].items()),
    ),
    StepKind(
        "reorder",
        "Move columns",
        GROUP,
        "Moves columns to the beginning or the end.",
        (
            Parameter("columns", "Columns", "columns", required=True),
            Parameter(
                "place", "To", "choice", default="first", choices=(("first", "the beginning"), ("last", "the end"))
            ),
        ),
        _reorder,
        _reorder,
        lambda values: f"Move {_list(values['columns'])} {values['place']}",
    ),
    StepKind(
        "change_type",
        "Change type",
        GROUP,
        "Reads the values as another type.",
        (
            Parameter("columns", "Columns", "columns", required=True),
            Parameter("type", "Type", "choice", required=True, choices=TYPES),
            Parameter(
                "format",
                "Format",
                "text",
                default="",
                help="How dates are written, such as %d.%m.%Y; empty: 2024-12-31, with time 2024-12-31 23:59:59.",
                when={"type": (kinds.DATE, kinds.DATETIME, kinds.TEXT)},
            ),
            Parameter(
                "errors",
                "What can't be read",
                "choice",
                default="missing",
                choices=(("missing", "becomes missing"), ("refuse", "stops the recipe")),
            ),
        ),
        _change_type,
        _change_type,
        lambda values: f"Read {_list(values['columns'])} as {values['type']}",
    ),
    StepKind(
        "new_column",
        "New column",
        GROUP,
        "A column calculated by an expression; an existing name is replaced.",
        (
            Parameter("name", "Name", "text", required=True, gives_column=True),
            Parameter("expression", "Expression", "expression", required=True),
        ),
        _new_column,
        _new_column,
        lambda values: f"{values['name']} = {values['expression']}",
    ),
)

"""Steps that choose and order rows."""

from __future__ import annotations

from typing import Any

from atelier.dataflow import column_types as kinds
from atelier.dataflow import conditions
from atelier.dataflow.drafts import Draft
from atelier.dataflow.expressions.functions import PL
from atelier.dataflow.parameters import Parameter, StepKind, Values
from atelier.dataflow.terms import name, span

GROUP = "Rows"


def rule_of(values: Values, columns: dict[str, str] | None) -> str:
    """What a filter asks of a row, as one expression."""
    picked = conditions.expression_of(values["conditions"] or [], either=values["match"] == "any", columns=columns)
    written = (values["expression"] or "").strip()
    if picked and written:
        return f"({picked}) and ({written})"
    return picked or written or "true"


def keep_where(draft: Draft, rule: str, *, drop: bool = False) -> None:
    """Keeps the rows that fulfil the rule, or drops them; a row for which it is missing does not fulfil it."""
    term = draft.expression(rule)
    if draft.is_polars:
        draft.set(draft.frame.filter(~term.fill_null(False) if drop else term))
    else:
        draft.set(draft.frame[~term.fillna(False) if drop else term.fillna(False)])


def _filter(draft: Draft, values: Values) -> None:
    rule = rule_of(values, draft.columns)
    if rule != "true":
        keep_where(draft, rule, drop=values["action"] == "drop")


def _sort_polars(draft: Draft, values: Values) -> None:
    columns = [key["column"] for key in values["by"]]
    descending = [bool(key.get("descending")) for key in values["by"]]
    draft.set(draft.frame.sort(columns, descending=descending, nulls_last=True, maintain_order=True))


def _sort_pandas(draft: Draft, values: Values) -> None:
    columns = [key["column"] for key in values["by"]]
    ascending = [not key.get("descending") for key in values["by"]]
    draft.set(draft.frame.sort_values(columns, ascending=ascending, kind="stable", na_position="last"))


def _distinct_polars(draft: Draft, values: Values) -> None:
    draft.set(draft.frame.unique(values["columns"] or None, keep=values["keep"], maintain_order=True))


def _distinct_pandas(draft: Draft, values: Values) -> None:
    draft.set(draft.frame.drop_duplicates(values["columns"] or None, keep=values["keep"]))


def _take_polars(draft: Draft, values: Values) -> None:
    count = int(values["count"])
    taken = draft.frame.tail(count) if values["end"] == "last" else draft.frame.slice(int(values["skip"]), count)
    draft.set(taken)


def _take_pandas(draft: Draft, values: Values) -> None:
    count, skip = int(values["count"]), int(values["skip"])
    draft.set(draft.frame.tail(count) if values["end"] == "last" else draft.frame.iloc[span(skip, skip + count)])


def _sample_polars(draft: Draft, values: Values) -> None:
    place = PL.int_range(PL.len()).shuffle(seed=int(values["seed"]))
    wanted: Any = int(values["count"]) if values["how"] == "count" else PL.len() * float(values["share"])
    draft.set(draft.frame.filter(place < wanted))


def _sample_pandas(draft: Draft, values: Values) -> None:
    seed = int(values["seed"])
    if values["how"] == "count":
        wanted = name("min")(int(values["count"]), name("len")(draft.frame))
        draft.set(draft.frame.sample(n=wanted, random_state=seed).sort_index())
    else:
        draft.set(draft.frame.sample(frac=float(values["share"]), random_state=seed).sort_index())


def _drop_missing_polars(draft: Draft, values: Values) -> None:
    columns = values["columns"] or None
    if values["when"] == "any":
        draft.set(draft.frame.drop_nulls(columns))
    else:
        draft.set(draft.frame.filter(~PL.all_horizontal((PL.col(columns) if columns else PL.all()).is_null())))


def _drop_missing_pandas(draft: Draft, values: Values) -> None:
    draft.set(draft.frame.dropna(subset=values["columns"] or None, how=values["when"]))


def _says_filter(values: Values) -> str:
    return f"{'Drop' if values['action'] == 'drop' else 'Keep'} rows where {rule_of(values, None)}"


FILTER = StepKind(
    "filter",
    "Filter rows",
    GROUP,
    "Keeps or drops the rows that fulfil conditions, an expression, or both.",
    (
        Parameter("conditions", "Conditions", "conditions", default=[]),
        Parameter(
            "match",
            "A row fulfils",
            "choice",
            default="all",
            choices=(("all", "all of them"), ("any", "any of them")),
            help="How several conditions go together.",
        ),
        Parameter(
            "expression",
            "Expression",
            "expression",
            default="",
            of=(kinds.BOOLEAN,),
            help="What must hold too, as an expression.",
        ),
        Parameter(
            "action", "Rows that fulfil it", "choice", default="keep", choices=(("keep", "Keep"), ("drop", "Drop"))
        ),
    ),
    _filter,
    _filter,
    _says_filter,
)

STEPS = (
    FILTER,
    StepKind(
        "sort",
        "Sort",
        GROUP,
        "Orders the rows by columns; missing values come last.",
        (Parameter("by", "By", "orders", required=True),),
        _sort_polars,
        _sort_pandas,
        lambda values: f"Sort by {', '.join(str(key['column']) for key in values['by'])}",
    ),
    StepKind(
        "distinct",
        "Remove duplicates",
        GROUP,
        "Keeps one row of those that are alike in these columns, or in all of them.",
        (
            Parameter("columns", "Columns", "columns", default=[], help="All columns, when none is chosen."),
            Parameter(
                "keep", "Keep", "choice", default="first", choices=(("first", "the first"), ("last", "the last"))
            ),
        ),
        _distinct_polars,
        _distinct_pandas,
        lambda values: f"Remove duplicates{' by ' + ', '.join(values['columns']) if values['columns'] else ''}",
    ),
    StepKind(
        "take",
        "Take rows",
        GROUP,
        "Keeps some rows from the beginning or the end.",
        (
            Parameter("count", "How many", "integer", required=True, default=1000, least=0),
            Parameter(
                "end", "From", "choice", default="first", choices=(("first", "the beginning"), ("last", "the end"))
            ),
            Parameter("skip", "Skip first", "integer", default=0, least=0, when={"end": ("first",)}),
        ),
        _take_polars,
        _take_pandas,
        lambda values: f"Take the {values['end']} {values['count']} rows",
    ),
    StepKind(
        "sample",
        "Sample rows",
        GROUP,
        "Keeps rows chosen at random, in their order; the same seed chooses the same rows again.",
        (
            Parameter(
                "how", "How much", "choice", default="share", choices=(("share", "a share"), ("count", "a number"))
            ),
            Parameter("share", "Share", "number", default=0.1, least=0, most=1, when={"how": ("share",)}),
            Parameter("count", "Rows", "integer", default=1000, least=0, when={"how": ("count",)}),
            Parameter("seed", "Seed", "integer", default=0, least=0, most=2**31 - 1),
        ),
        _sample_polars,
        _sample_pandas,
        lambda values: f"Sample {values['share'] if values['how'] == 'share' else values['count']} of the rows",
    ),
    StepKind(
        "drop_missing",
        "Drop rows with gaps",
        GROUP,
        "Drops the rows in which values are missing.",
        (
            Parameter("columns", "Columns", "columns", default=[], help="All columns, when none is chosen."),
            Parameter(
                "when",
                "Drop a row when",
                "choice",
                default="any",
                choices=(("any", "any of them is missing"), ("all", "all of them are missing")),
            ),
        ),
        _drop_missing_polars,
        _drop_missing_pandas,
        lambda values: f"Drop rows with gaps in {', '.join(values['columns']) or 'any column'}",
    ),
)

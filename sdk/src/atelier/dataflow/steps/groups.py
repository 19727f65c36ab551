"""Steps that make one row of many: groups, and tables turned on their side."""

from __future__ import annotations

from typing import Any

from atelier.dataflow import column_types as kinds
from atelier.dataflow import literals
from atelier.dataflow.drafts import Draft
from atelier.dataflow.errors import RecipeError
from atelier.dataflow.expressions.functions import PD, PL
from atelier.dataflow.parameters import Parameter, StepKind, Values
from atelier.dataflow.terms import each, name

GROUP = "Tables"
HOW = {
    "sum": ("sum", lambda column: column.sum(), "sum"),
    "mean": ("mean", lambda column: column.mean(), "mean"),
    "median": ("median", lambda column: column.median(), "median"),
    "min": ("smallest", lambda column: column.min(), "min"),
    "max": ("largest", lambda column: column.max(), "max"),
    "std": ("standard deviation", lambda column: column.std(), "std"),
    "count": ("values", lambda column: column.count(), "count"),
    "rows": ("rows", lambda column: column.len(), "size"),
    "distinct": ("different values", lambda column: column.drop_nulls().n_unique(), "nunique"),
    "first": ("first", lambda column: column.drop_nulls().first(), "first"),
    "last": ("last", lambda column: column.drop_nulls().last(), "last"),
}
AGGREGATIONS = tuple((how, label) for how, (label, _polars, _pandas) in HOW.items())
_NUMERIC_HOW = ("sum", "mean", "median", "std")


def name_of(aggregation: Any) -> str:
    """The column an aggregation makes."""
    return str(aggregation.get("name") or f"{aggregation['column']}_{aggregation['how']}")


def _group_polars(draft: Draft, values: Values) -> None:
    made = [
        HOW[aggregation["how"]][1](PL.col(aggregation["column"])).alias(name_of(aggregation))
        for aggregation in values["aggregations"]
    ]
    by = list(values["by"])
    draft.set(draft.frame.group_by(by, maintain_order=True).agg(made) if by else draft.frame.select(made))


def _group_pandas(draft: Draft, values: Values) -> None:
    by = list(values["by"])
    made = {name_of(found): (found["column"], HOW[found["how"]][2]) for found in values["aggregations"]}
    if by:
        grouped = draft.frame.groupby(by, dropna=False, sort=False)
        draft.set(name("aggregated")(grouped, made).reset_index())
    else:
        draft.set(PD.DataFrame({key: [_whole(draft, *value)] for key, value in made.items()}).convert_dtypes())


def _whole(draft: Draft, column: str, how: str) -> Any:
    term = draft.frame[column]
    if how == "size":
        return name("len")(term)
    if how in ("first", "last"):
        return term.dropna().iloc[0 if how == "first" else -1]
    return getattr(term, how)()


def _pivot_polars(draft: Draft, values: Values) -> None:
    on, index = values["column"], list(values["index"])
    made = HOW[values["how"]][1]
    names = [literals.fitted(key, on, draft.kind(on)) for key in values["names"] if key is not None]
    if names:
        cells = [made(PL.col(values["values"]).filter(PL.col(on) == key)).alias(str(key)) for key in names]
        draft.set(draft.frame.group_by(index, maintain_order=True).agg(cells))
        return
    found = draft.frame.select(PL.col(on).drop_nulls().unique().sort()).collect()
    keys = draft.let("keys", found[on].to_list())
    cell = made(PL.col(values["values"]).filter(PL.col(on) == name("key"))).alias(name("str")(name("key")))
    draft.set(draft.frame.group_by(index, maintain_order=True).agg(each("key", keys, cell)))


def _pivot_pandas(draft: Draft, values: Values) -> None:
    on = values["column"]
    names = [literals.fitted(key, on, draft.kind(on)) for key in values["names"] if key is not None]
    keys = names or name("sorted")(draft.frame[on].dropna().unique())
    how = HOW[values["how"]][2]
    draft.set(name("pivoted")(draft.frame, list(values["index"]), on, values["values"], how, keys))


def _check_alike(draft: Draft, values: Values) -> None:
    """Refuses to put numbers and texts into one column: the numbers would silently become text."""
    found = {draft.kind(column) for column in values["columns"]} - {kinds.UNKNOWN}
    if len(found) > 1 and not (found <= set(kinds.NUMERIC) or found <= {kinds.DATE, kinds.DATETIME}):
        said = f"The columns hold {' and '.join(sorted(found))}: change the types first, so that they are alike."
        raise RecipeError(said, parameter="columns")


def _unpivot_polars(draft: Draft, values: Values) -> None:
    _check_alike(draft, values)
    draft.set(
        draft.frame.unpivot(
            list(values["columns"]) or None,
            index=list(values["index"]),
            variable_name=values["names_to"],
            value_name=values["values_to"],
        )
    )


def _unpivot_pandas(draft: Draft, values: Values) -> None:
    _check_alike(draft, values)
    melted = draft.frame.melt(
        id_vars=list(values["index"]),
        value_vars=list(values["columns"]) or None,
        var_name=values["names_to"],
        value_name=values["values_to"],
    )
    draft.set(name("nullable")(melted))


STEPS = (
    StepKind(
        "group",
        "Group and sum up",
        GROUP,
        "One row for every group, with sums, means, counts … of its rows.",
        (
            Parameter(
                "by", "Group by", "columns", default=[], help="One row for the whole table, when none is chosen."
            ),
            Parameter("aggregations", "Calculate", "aggregations", required=True, choices=AGGREGATIONS),
        ),
        _group_polars,
        _group_pandas,
        lambda values: f"Group by {', '.join(values['by']) or 'nothing'}",
    ),
    StepKind(
        "pivot",
        "Pivot",
        GROUP,
        "Makes a column of every value of one column.",
        (
            Parameter("index", "Rows by", "columns", required=True),
            Parameter("column", "Columns from", "column", required=True),
            Parameter("values", "Values from", "column", required=True),
            Parameter("how", "Several values", "choice", default="sum", choices=AGGREGATIONS),
            Parameter(
                "names",
                "Only these",
                "values",
                default=[],
                help="The values that become columns. All there are, when empty: the data is read once more for them.",
            ),
        ),
        _pivot_polars,
        _pivot_pandas,
        lambda values: f"Pivot {values['values']} by {values['column']}",
        lambda values: not values["names"],
    ),
    StepKind(
        "unpivot",
        "Unpivot",
        GROUP,
        "Makes rows of columns: one column for their names, one for their values.",
        (
            Parameter("columns", "Columns", "columns", required=True),
            Parameter("index", "Keep", "columns", default=[]),
            Parameter("names_to", "Names into", "text", default="name", gives_column=True),
            Parameter("values_to", "Values into", "text", default="value", gives_column=True),
        ),
        _unpivot_polars,
        _unpivot_pandas,
        lambda values: f"Unpivot {', '.join(values['columns'])}",
    ),
)

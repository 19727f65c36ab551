"""Steps that calculate with columns of numbers."""

from __future__ import annotations

from typing import Any

from atelier.dataflow import column_types as kinds
from atelier.dataflow import literals
from atelier.dataflow.drafts import Draft
from atelier.dataflow.expressions.functions import PL
from atelier.dataflow.parameters import Parameter, StepKind, Values
from atelier.dataflow.terms import each, name

GROUP = "Numbers"


def _quantile(draft: Draft, term: Any, share: float) -> Any:
    return term.quantile(share, interpolation="linear") if draft.is_polars else term.quantile(share)


def _edges(draft: Draft, values: Values) -> list[Any]:
    term, how = draft.column(values["column"]), values["how"]
    if how == "edges":
        return sorted(values["edges"])
    count = int(values["count"])
    if how == "quantiles":
        return [_quantile(draft, term, position / count) for position in range(1, count)]
    width = (term.max() - term.min()) / count
    return [term.min() + width * position for position in range(1, count)]


def _bin(draft: Draft, values: Values) -> None:
    term = draft.column(values["column"])
    total: Any = None
    for edge in _edges(draft, values):
        above = (term > edge).cast(PL.Int64) if draft.is_polars else (term > edge).astype("Int64")
        total = above if total is None else total + above
    into, labels = values["into"] or f"{values['column']}_bin", values["labels"]
    number = total + 1
    if labels:
        known = {position + 1: label for position, label in enumerate(labels)}
        number = draft.call("lookup", number, *(part for pair in known.items() for part in pair))
    draft.assign({into: number})


def _rounded(draft: Draft, column: str, values: Values) -> Any:
    term, digits = draft.column(column), int(values["decimals"])
    if values["how"] == "round":
        return term.round(digits)
    # Rounded on both sides: 12000.3 * 10 may be a hair above 120003, which would be rounded up to 12000.4.
    scaled = (term * 10**digits).round(6) if digits else term
    whole = draft.call("floor" if values["how"] == "down" else "ceil", scaled)
    return (whole / 10**digits).round(digits) if digits else whole


def _round(draft: Draft, values: Values) -> None:
    draft.assign({column: _rounded(draft, column, values) for column in values["columns"]})


def _scaled(draft: Draft, column: str, how: str) -> Any:
    term = draft.column(column)
    if how == "minmax":
        return (term - term.min()) / (term.max() - term.min())
    if how == "standard":
        return (term - term.mean()) / term.std()
    if how == "robust":
        spread = _quantile(draft, term, 0.75) - _quantile(draft, term, 0.25)
        return (term - term.median()) / spread
    return draft.call("log", term + 1)


def _scale(draft: Draft, values: Values) -> None:
    draft.assign({column: _scaled(draft, column, values["how"]) for column in values["columns"]})


def _limits(draft: Draft, column: str, values: Values) -> tuple[Any, Any]:
    term, factor = draft.column(column), float(values["factor"])
    if values["how"] == "deviation":
        return term.mean() - term.std() * factor, term.mean() + term.std() * factor
    if values["how"] == "percentile":
        share = float(values["percent"]) / 100
        return _quantile(draft, term, share), _quantile(draft, term, round(1 - share, 12))
    low, high = _quantile(draft, term, 0.25), _quantile(draft, term, 0.75)
    return low - (high - low) * factor, high + (high - low) * factor


def _outliers(draft: Draft, values: Values) -> None:
    inside, changed = None, {}
    for column in values["columns"]:
        term, (low, high) = draft.column(column), _limits(draft, column, values)
        fits = (term.is_between if draft.is_polars else term.between)(low, high)
        inside = _both(draft, inside, term, fits)
        changed[column] = _tamed(draft, term, low, high, fits, values["action"])
    if values["action"] == "drop":
        draft.set(draft.frame.filter(inside) if draft.is_polars else draft.frame[inside])
    else:
        draft.assign(changed)


def _both(draft: Draft, inside: Any, term: Any, fits: Any) -> Any:
    kept = (fits | term.is_null()) if draft.is_polars else (fits.fillna(True))
    return kept if inside is None else inside & kept


def _tamed(draft: Draft, term: Any, low: Any, high: Any, fits: Any, action: str) -> Any:
    if action == "clip":
        return term.clip(low, high) if draft.is_polars else term.astype("Float64").clip(low, high)
    return PL.when(fits).then(term) if draft.is_polars else term.where(fits.fillna(False))


def _one_hot(draft: Draft, values: Values) -> None:
    column, prefix = values["column"], values["prefix"] or f"{values['column']}_"
    known = [literals.fitted(value, column, draft.kind(column)) for value in values["values"] if value is not None]
    term = draft.column(column)
    if known:
        kind = PL.Int64 if draft.is_polars else "Int64"
        cast = (lambda found: found.cast(kind)) if draft.is_polars else (lambda found: found.astype(kind))
        missing = (lambda found: found.fill_null(False)) if draft.is_polars else (lambda found: found.fillna(False))
        draft.assign({f"{prefix}{value}": cast(missing(term == value)) for value in known})
    elif draft.is_polars:
        found = draft.frame.select(term.drop_nulls().unique().sort()).collect()
        keys, key = draft.let("keys", found[column].to_list()), name("key")
        made = (term == key).fill_null(False).cast(PL.Int64).alias(prefix + name("str")(key))
        draft.set(draft.frame.with_columns(each("key", keys, made)))
    else:
        draft.set(name("one_hot")(draft.frame, column, prefix))
    if not values["keep"]:
        draft.set(draft.frame.drop(column) if draft.is_polars else draft.frame.drop(columns=[column]))


_NUMBERS = Parameter("columns", "Columns", "columns", required=True, of=kinds.NUMERIC)

STEPS = (
    StepKind(
        "bin",
        "Bin numbers",
        GROUP,
        "Puts numbers into bins, counted from 1 or by labels.",
        (
            Parameter("column", "Column", "column", required=True, of=kinds.NUMERIC),
            Parameter(
                "how",
                "Bins",
                "choice",
                default="width",
                choices=(("width", "of equal width"), ("quantiles", "of equal size"), ("edges", "between these edges")),
            ),
            Parameter(
                "count", "How many", "integer", default=5, least=2, most=100, when={"how": ("width", "quantiles")}
            ),
            Parameter(
                "edges",
                "Edges",
                "numbers",
                required=True,
                default=[],
                help="A value that equals an edge belongs to the bin below.",
                when={"how": ("edges",)},
            ),
            Parameter("labels", "Labels", "texts", default=[], help="One for every bin; numbers, when empty."),
            Parameter("into", "New column", "text", default="", gives_column=True),
        ),
        _bin,
        _bin,
        lambda values: f"Bin {values['column']}",
    ),
    StepKind(
        "round",
        "Round",
        GROUP,
        "Rounds numbers.",
        (
            _NUMBERS,
            Parameter("decimals", "Decimals", "integer", default=0, least=0, most=12),
            Parameter(
                "how", "How", "choice", default="round", choices=(("round", "nearest"), ("down", "down"), ("up", "up"))
            ),
        ),
        _round,
        _round,
        lambda values: f"Round {', '.join(values['columns'])} to {values['decimals']} decimals",
    ),
    StepKind(
        "scale",
        "Scale",
        GROUP,
        "Brings numbers to a common scale.",
        (
            _NUMBERS,
            Parameter(
                "how",
                "How",
                "choice",
                default="standard",
                choices=(
                    ("standard", "mean 0, standard deviation 1"),
                    ("minmax", "between 0 and 1"),
                    ("robust", "median 0, quartiles 1 apart"),
                    ("log", "logarithm of 1 + value"),
                ),
            ),
        ),
        _scale,
        _scale,
        lambda values: f"Scale {', '.join(values['columns'])}",
    ),
    StepKind(
        "outliers",
        "Remove outliers",
        GROUP,
        "Finds values far from the others, and drops, empties or limits them.",
        (
            _NUMBERS,
            Parameter(
                "how",
                "Far is",
                "choice",
                default="iqr",
                choices=(
                    ("iqr", "times the distance of the quartiles beyond them"),
                    ("deviation", "times the standard deviation from the mean"),
                    ("percentile", "outside these percentiles"),
                ),
            ),
            Parameter("factor", "Times", "number", default=1.5, least=0, when={"how": ("iqr", "deviation")}),
            Parameter(
                "percent", "Percent at each end", "number", default=1, least=0, most=49, when={"how": ("percentile",)}
            ),
            Parameter(
                "action",
                "Then",
                "choice",
                default="drop",
                choices=(("drop", "drop the row"), ("missing", "make it missing"), ("clip", "set it to the limit")),
            ),
        ),
        _outliers,
        _outliers,
        lambda values: f"Outliers of {', '.join(values['columns'])}: {values['action']}",
    ),
    StepKind(
        "one_hot",
        "One-hot",
        GROUP,
        "A column of 0 and 1 for every value.",
        (
            Parameter("column", "Column", "column", required=True),
            Parameter(
                "values",
                "Only these",
                "values",
                default=[],
                help="All there are, when empty: the data is read once more for them.",
            ),
            Parameter("prefix", "Prefix", "text", default="", help="The column's name and _, when empty."),
            Parameter("keep", "Keep the column", "boolean", default=False),
        ),
        _one_hot,
        _one_hot,
        lambda values: f"One-hot of {values['column']}",
        lambda values: not values["values"],
    ),
)

"""A plan carried out over its files by Polars: the reader's rows, then each step."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from mltable import expressions, reading, sources
from mltable.partitions import Partition
from mltable.plan import Plan
from mltable.problems import PlanError
from mltable.sources import Source
from mltable.transformations import Conversion, Sample, Step

if TYPE_CHECKING:
    import polars

# The path of each row's file, kept beside the rows until the end.
HIDDEN = "__mltable_path__"


def collect(plan: Plan, base: Path) -> polars.DataFrame:
    """All rows of a plan whose relative paths begin at `base`. Raises PlanError with what can't be done, and where."""
    pl = reading.polars_module()
    found = sources.of_plan(plan, base)
    try:
        return _frame(plan, found, is_careful=False).collect()
    except pl.exceptions.ComputeError:
        pass  # a type that was inferred from the first rows does not hold for the others
    except pl.exceptions.PolarsError as error:
        raise PlanError(_words(error)) from error
    try:
        return _frame(plan, found, is_careful=True).collect()
    except pl.exceptions.PolarsError as error:
        raise PlanError(_words(error)) from error


def _frame(plan: Plan, found: Sequence[Source], *, is_careful: bool) -> polars.LazyFrame:
    frame = reading.frame(plan.reader, found, HIDDEN, is_careful=is_careful)
    for step in plan.steps:
        try:
            frame = _STEPS[step.name](frame, step)
        except PlanError as error:
            raise PlanError(error.message, error.line or step.line) from None
    return frame.drop(HIDDEN)


def _take(frame: polars.LazyFrame, step: Step) -> polars.LazyFrame:
    return frame.head(step.value)


def _skip(frame: polars.LazyFrame, step: Step) -> polars.LazyFrame:
    return frame.slice(step.value)


def _sample(frame: polars.LazyFrame, step: Step) -> polars.LazyFrame:
    pl = reading.polars_module()
    sample: Sample = step.value
    drawn = pl.int_range(pl.len(), dtype=pl.UInt64).hash(sample.seed if sample.seed is not None else reading.any_seed())
    # Of 2^32 equally likely values those below the share are kept.
    return frame.filter((drawn % 2**32) < int(sample.probability * 2**32))


def _filter(frame: polars.LazyFrame, step: Step) -> polars.LazyFrame:
    return frame.filter(expressions.of(step.value))


def _keep(frame: polars.LazyFrame, step: Step) -> polars.LazyFrame:
    _require(frame, step.value)
    return frame.select([*step.value, HIDDEN])


def _drop(frame: polars.LazyFrame, step: Step) -> polars.LazyFrame:
    _require(frame, step.value)
    return frame.drop(list(step.value))


def _convert(frame: polars.LazyFrame, step: Step) -> polars.LazyFrame:
    conversions: tuple[Conversion, ...] = step.value
    known = frame.collect_schema()
    _require(frame, [name for one in conversions for name in one.columns])
    return frame.with_columns(
        [expressions.converted(name, known[name], one) for one in conversions for name in one.columns]
    )


def _partition(frame: polars.LazyFrame, step: Step) -> polars.LazyFrame:
    """The columns that the path of each row's file holds."""
    pl = reading.polars_module()
    partition: Partition = step.value
    paths = frame.select(pl.col(HIDDEN).unique()).collect()[HIDDEN].to_list()
    held = {path: partition.values(path) for path in paths}
    wrong = next((path for path, values in held.items() if values is None), None)
    if wrong is not None:
        raise PlanError(f"The path {wrong} does not fit the partition format {partition.text}.")
    table = pl.LazyFrame([{HIDDEN: path, **(values or {})} for path, values in held.items()])
    return frame.join(table, on=HIDDEN, how="left", maintain_order="left")


def _require(frame: polars.LazyFrame, names: Sequence[str]) -> None:
    known = set(frame.collect_schema().names())
    missing = [name for name in names if name not in known]
    if missing:
        shown = ", ".join(sorted(known - {HIDDEN})[:20])
        raise PlanError(f"There is no column {missing[0]!r}; there are {shown}.")


def _words(error: Exception) -> str:
    return f"The table can't be read: {str(error).strip().splitlines()[0][:500]}"


_STEPS: dict[str, Callable[[Any, Step], Any]] = {
    "take": _take,
    "skip": _skip,
    "take_random_sample": _sample,
    "filter": _filter,
    "keep_columns": _keep,
    "drop_columns": _drop,
    "convert_column_types": _convert,
    "extract_columns_from_partition_format": _partition,
}

"""What the templates of reports ask of their parts."""

import json
from datetime import datetime, timedelta
from typing import Any

from django import template

from runs.reports import queries, shapes
from runs.tracking.metrics.queries import Summary
from runs.tracking.queries.runs import RunRow

register = template.Library()


@register.filter
def report_chart_json(chart: queries.Chart) -> str:
    """The curves for an attribute of the chart's element."""
    return json.dumps(shapes.chart(chart))


@register.filter
def heading_metrics(row: RunRow) -> list[tuple[str, Summary]]:
    """The metrics on a run's card with their values."""
    return queries.heading_metrics(row)


@register.filter
def heading(column: str) -> str:
    """The heading of a table's column: `lr` for `params.lr`, `val/loss, min` for `metrics.val/loss.min`."""
    family, _, key = column.partition(".")
    if not key:
        return family.capitalize() if family != "id" else "Id"
    name, _, aggregate = key.rpartition(".")
    return f"{name}, {aggregate}" if family == "metrics" and name and aggregate in queries.AGGREGATES else key


@register.filter
def is_numeric(column: str) -> bool:
    """Whether a column's cells are numbers, so that its heading stands above them."""
    return column.startswith("metrics.") or column == "duration"


@register.filter
def cell_kind(value: Any) -> str:
    """How a cell of a table of runs is shown: none, number, time, span or text."""
    if value is None:
        return "none"
    if isinstance(value, float):
        return "number"
    if isinstance(value, datetime):
        return "time"
    return "span" if isinstance(value, timedelta) else "text"

"""Template tags of the runs table."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString

from runs.tracking.pages.runs_table import Column
from studio.web import formats

register = template.Library()


@dataclass(frozen=True, slots=True)
class SortHead:
    """A sortable column's link and the direction it has now, "" when the table is sorted otherwise."""

    url: str
    direction: str


@register.simple_tag(takes_context=True)
def sort_head(context: RequestContext, key: str) -> SortHead:
    """Sort by `key`: descending first, as people look for the largest and the latest; then turn."""
    request = context["request"]
    params = request.GET.copy()
    now = params.get("sort") or "-created"
    params["sort"] = key if now == f"-{key}" else f"-{key}"
    params.pop("cursor", None)
    params.pop("part", None)
    direction = {f"-{key}": "descending", key: "ascending"}.get(now, "")
    return SortHead(f"?{params.urlencode()}", direction)


@register.simple_tag
def cell(row: Any, column: Column) -> SafeString:
    """One value of a chosen column as a table cell; a missing one is a dash, not a number is NaN."""
    if column.kind == "metric":
        return _metric_cell(row.metrics.get(column.key), column)
    value = (row.params if column.kind == "param" else row.tags).get(column.key)
    css = "num" if column.is_number else ""
    if value is None:
        return format_html('<td class="{} muted is-empty" data-label="{}">{}</td>', css, column.label, formats.DASH)
    shown = format_html('<span class="value" title="{}">{}</span>', value, value)
    return format_html('<td class="{}" data-label="{}">{}</td>', css, column.label, shown)


@register.simple_tag
def first_run_commands(base_url: str) -> str:
    """What a newcomer types once, with this studio's own address."""
    return f"pip install ./sdk\natelier login {base_url.rstrip('/')}"


@register.simple_tag
def first_run_script() -> str:
    """The shortest script that records a run."""
    return 'import atelier\n\nwith atelier.start_run(experiment="vision/digits") as run:\n    run.log({"loss": 0.3}, step=1)'


@register.filter
def last_segment(path: str) -> str:
    """`digits` of `vision/digits`."""
    return path.rpartition("/")[2]


def _metric_cell(summary: Any, column: Column) -> SafeString:
    value = None if summary is None else getattr(summary, column.aggregate)
    if value is not None:
        full, shown = formats.full_number(value), formats.number(value)
        return format_html('<td class="num" data-label="{}" title="{}">{}</td>', column.label, full, shown)
    # A count without a last value: what came was not a number.
    if summary is not None and column.aggregate == "last":
        return format_html('<td class="num" data-label="{}">NaN</td>', column.label)
    return format_html('<td class="num muted is-empty" data-label="{}">{}</td>', column.label, formats.DASH)

"""What the tabs Explore and Profile show."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from registry.data.assets import queries as assets
from registry.data.assets.models import DataVersion
from registry.data.explore import drift, queries, shapes
from registry.data.explore.drift import Column, ColumnDrift
from registry.data.explore.models import DataProfile
from registry.data.explore.shapes import Bar
from registry.data.reading import reader
from studio import access
from studio.access import Permission
from studio.errors import Conflict

MOST_VERSIONS = 200
SHOWN_VALUES = 8
ICONS = {
    "int": "hash", "float": "hash", "string": "wrap-text", "boolean": "circle-check", "date": "calendar",
    "datetime": "calendar", "time": "clock", "duration": "timer", "nested": "braces", "binary": "file-code",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExplorePage:
    config: dict[str, Any]  # for the page's scripts
    problem: str  # why nothing can be shown yet


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One column of a profile in words."""

    name: str
    type: str
    icon: str
    native: str
    is_done: bool
    problem: str = ""
    missing: str = ""
    has_missing: bool = False
    distinct: str = ""
    range: str = ""
    middle: str = ""
    spread: str = ""
    bars: list[Bar] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    values: list[tuple[str, str, str]] = field(default_factory=list)  # value, count, share
    top: str = ""


@dataclass(frozen=True, slots=True)
class Correlation:
    value: str
    heat: int  # −5 … 5
    title: str


@dataclass(frozen=True, slots=True)
class ProfilePage:
    profile: DataProfile | None
    done: int
    columns: list[ColumnRow]
    correlated: list[tuple[str, list[Correlation]]]
    others: list[DataVersion]  # that it can be compared with
    chosen: str
    can_make: bool


@dataclass(frozen=True, slots=True)
class DriftRow:
    drift: ColumnDrift
    icon: str
    before: list[Bar]
    now: list[Bar]


@dataclass(frozen=True, slots=True)
class DriftPage:
    other: DataVersion
    missing: list[DataVersion]  # that have no finished profile yet
    found: drift.Drift | None
    rows: list[DriftRow]


def explore_page(version: DataVersion) -> ExplorePage:
    kwargs = {"workspace": version.asset.workspace.slug, "name": version.asset.name, "ref": version.version}
    names = ("rows", "sql", "sketch", "chart")
    urls = {name: reverse(f"api-data-{name}", kwargs=kwargs) for name in names}
    urls["export"] = reverse("data-export", kwargs=kwargs)
    config = {"urls": urls, "key": f"{version.asset.workspace.slug}/{version.asset.name}", "rows": version.row_count}
    reader.wake()  # while the browser fetches the scripts
    try:
        assets.require_ready(version)
    except Conflict as error:
        return ExplorePage(config, error.message)
    return ExplorePage(config, "")


def profile_page(request: HttpRequest, version: DataVersion) -> ProfilePage:
    made = queries.profile_of(version)
    columns = made.columns if made else []
    return ProfilePage(
        profile=made,
        done=queries.done_of(made) if made else 0,
        columns=[_row(column) for column in columns],
        correlated=_correlated(made.correlations) if made and made.correlations else [],
        others=[one for one in assets.versions_of(version.asset)[: MOST_VERSIONS + 1] if one.pk != version.pk],
        chosen=request.GET.get("with", ""),
        can_make=access.allows(request, Permission.DATA_EDIT, version.asset.workspace),
    )


def drift_page(version: DataVersion, ref: str) -> DriftPage:
    """The drift since the version `ref`, as far as both profiles are there. Raises NotFound."""
    other = assets.version_at(version.asset, ref)
    both = [(one, queries.profile_of(one)) for one in (other, version)]
    missing = [one for one, made in both if made is None or made.state != DataProfile.State.READY]
    if missing:
        return DriftPage(other, missing, None, [])
    before, now = (made for _, made in both)
    assert before is not None
    assert now is not None
    found = drift.drift(before, now)
    old, new = ({column["name"]: column for column in made.columns} for made in (before, now))
    rows = [
        DriftRow(one, ICONS.get(one.type, "hash"), *_overlaid(old.get(one.name), new.get(one.name)))
        for one in found.columns
    ]
    return DriftPage(other, [], found, rows)


def _row(column: Column) -> ColumnRow:
    kind = column["type"]
    row = {"name": column["name"], "type": kind, "icon": ICONS.get(kind, "hash"), "native": column["native"]}
    if "problem" in column:
        return ColumnRow(**row, is_done=True, problem=column["problem"])
    if "count" not in column:
        return ColumnRow(**row, is_done=False)
    total = column["count"] + column["missing"]
    values = _values(column)
    return ColumnRow(
        **row, is_done=True,
        missing=drift.percent(column["missing"] / total) if total else "–",
        has_missing=bool(column["missing"]),
        distinct=_distinct(column),
        range=_range(column),
        middle=drift.number(column["quantiles"][50]) if _is_number(column) else "",
        spread=_plain(column.get("std")) if _is_number(column) else "",
        bars=bars_of(column),
        facts=_facts(column),
        values=values,
        top=f"{values[0][0]} ({values[0][2]})" if values else "",
    )  # fmt: skip


def _is_number(column: Column) -> bool:
    return column["type"] in ("int", "float") and "quantiles" in column


def _distinct(column: Column) -> str:
    if column.get("distinct") is None:
        return "–"
    about = "about " if column["is_approximate"] else ""
    return f"{about}{column['distinct']:,}"


def _range(column: Column) -> str:
    if "min" not in column:
        lengths = column.get("lengths")
        return (
            f"{lengths['min']} to {lengths['max']} {'bytes' if column['type'] == 'binary' else 'characters'}"
            if lengths and lengths["max"] is not None
            else ""
        )
    return f"{_plain(column['min'])} to {_plain(column['max'])}"


def _plain(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return drift.number(value)
    return "–" if value is None else str(value)


def _facts(column: Column) -> list[tuple[str, str]]:
    found = [("Values", f"{column['count']:,}"), ("Missing", f"{column['missing']:,}"), ("Distinct", _distinct(column))]
    if _is_number(column):
        points = column["quantiles"]
        found += [("Mean", _plain(column["mean"])), ("Standard deviation", _plain(column["std"]))]
        found += [(f"{at} %" if at != 50 else "Median", _plain(points[at])) for at in (1, 5, 25, 50, 75, 95, 99)]
        found += [("Zeros", f"{column['zeros']:,}"), ("Negative", f"{column['negative']:,}")]
    if column.get("not_finite"):
        found.append(("NaN or infinite", f"{column['not_finite']:,}"))
    if "min" in column:
        found += [("Smallest", _plain(column["min"])), ("Largest", _plain(column["max"]))]
    if column.get("lengths") and column["lengths"]["max"] is not None:
        lengths = column["lengths"]
        found += [
            ("Length", f"{lengths['min']} to {lengths['max']}, mean {_plain(lengths['mean'])}"),
            ("Empty", f"{column['empty']:,}"),
        ]
    return found


def _values(column: Column) -> list[tuple[str, str, str]]:
    return [
        (one["value"] or "(empty)", f"{one['count']:,}", drift.percent(one["count"] / column["count"]))
        for one in column.get("top", [])[:SHOWN_VALUES]
    ]


# --- small histograms -----------------------------------------------------------------------------------------------------


def bars_of(column: Column) -> list[Bar]:
    """The histogram of a column, or its commonest values."""
    if "histogram" in column:
        edges, counts = column["histogram"]["edges"], column["histogram"]["counts"]
        titles = [
            f"{shapes.edge(column, low)} to {shapes.edge(column, high)}: {count:,}"
            for low, high, count in zip(edges, edges[1:], counts, strict=False)
        ]
        return shapes.bars(counts, titles, max(counts, default=0))
    top = column.get("top", [])[: shapes.BINS]
    counts = [one["count"] for one in top]
    return shapes.bars(
        counts, [f"{one['value'] or '(empty)'}: {one['count']:,}" for one in top], max(counts, default=0)
    )


def _overlaid(old: Column | None, new: Column | None) -> tuple[list[Bar], list[Bar]]:
    """The shares of the same bins in both, to be drawn over each other."""
    if old is None or new is None or not old.get("count") or not new.get("count"):
        return [], []
    titles, before, now = shapes.shapes(old, new)
    return shapes.overlaid(titles, before, now)


def _correlated(found: dict[str, Any]) -> list[tuple[str, list[Correlation]]]:
    names = found["columns"]
    return [
        (name, [_correlation(name, other, value) for other, value in zip(names, row, strict=True)])
        for name, row in zip(names, found["values"], strict=True)
    ]


def _correlation(name: str, other: str, value: float | None) -> Correlation:
    if value is None:
        return Correlation("–", 0, f"{name} and {other}: unknown")
    return Correlation(f"{value:.2f}".replace("-0.00", "0.00"), round(value * 5), f"{name} and {other}: {value:.3f}")

"""Making a profile: some columns at a time, written down after each, so that any step may be cut off or made twice."""

import logging
import time
from datetime import timedelta
from typing import Any

from django.utils import timezone

from registry.data.explore import state, tables
from registry.data.explore.models import DataProfile
from registry.data.reading import reader
from registry.data.reading.tables import Table
from studio.errors import StudioError, TooLarge, TooSlow, Unavailable
from studio.live import topics
from studio.live.publish import publish

logger = logging.getLogger(__name__)
STEP_SECONDS = 20.0
AWAY = timedelta(seconds=15)
CELLS = 30_000_000  # counted by one question
MOST_AT_ONCE = 20
MOST_COLUMNS = 1_000
MOST_CORRELATED = 50


def step(profile_id: int) -> bool:
    """Do the next part of a profile; answers whether another can follow at once."""
    profile = state.claim(profile_id)
    if profile is None:
        return False
    try:
        is_over = _advance(profile)
    except Unavailable:
        state.release(profile, until=timezone.now() + AWAY)
        return False
    except StudioError as error:
        if error.code != "profile_taken":
            state.finish(profile, to=DataProfile.State.FAILED, problem=f"{error.message} {error.hint}".strip()[:1000])
        is_over = True
    else:
        if not is_over:
            state.release(profile)
    _hint(profile)
    return not is_over


def _advance(profile: DataProfile) -> bool:
    """Columns until the time is up; True when the profile is complete."""
    table = tables.table_of(profile.version, may_wait=True)
    if not profile.columns:
        _begin(profile, table)
    until = time.monotonic() + STEP_SECONDS
    while waiting := [column["name"] for column in profile.columns if not is_done(column)]:
        _profile(profile, table, waiting[: _at_once(profile.row_count)])
        state.keep(profile, columns=profile.columns, row_count=profile.row_count)
        _hint(profile)
        if time.monotonic() > until:
            return False
    state.finish(profile, to=DataProfile.State.READY, correlations=_correlations(profile, table))
    return True


def _begin(profile: DataProfile, table: Table) -> None:
    seen = reader.look(table, limit=0)
    if len(seen["columns"]) > MOST_COLUMNS:
        message = f"The table has {len(seen['columns']):,} columns; {MOST_COLUMNS:,} are profiled at most."
        raise TooLarge("data_too_large", message, hint="Include fewer columns in the schema.")
    profile.columns, profile.row_count = seen["columns"], seen["row_count"]
    state.keep(profile, columns=profile.columns, row_count=profile.row_count)


def is_done(column: dict[str, Any]) -> bool:
    return "count" in column or "problem" in column


def _at_once(row_count: int | None) -> int:
    return 1 if row_count is None else max(1, min(MOST_AT_ONCE, CELLS // max(row_count, 1)))


def _profile(profile: DataProfile, table: Table, names: list[str]) -> None:
    """Fill in these columns, or the first of them with why it could not be, when even one is too much."""
    try:
        found = reader.profile(table, names)
    except (TooSlow, TooLarge, Unavailable) as error:
        if isinstance(error, Unavailable) and error.code != "reader_lost":
            raise
        if len(names) > 1:
            _profile(profile, table, names[:1])
            return
        logger.warning("the column %r of %s was not profiled: %s", names[0], profile.version, error.message)
        found = {"row_count": profile.row_count, "columns": [{"name": names[0], "problem": error.message}]}
    profile.row_count = found["row_count"]
    made = {column["name"]: column for column in found["columns"]}
    profile.columns = [{**column, **made.get(column["name"], {})} for column in profile.columns]


def _correlations(profile: DataProfile, table: Table) -> dict[str, Any] | None:
    """Of the first numeric columns that vary; None when they are fewer than two or can't be had."""
    numeric = [
        column["name"]
        for column in profile.columns
        if column["type"] in ("int", "float") and (column.get("distinct") or 0) > 1
    ]
    if len(numeric) < 2:
        return None
    try:
        found = reader.correlations(table, numeric[:MOST_CORRELATED])
    except (TooSlow, TooLarge, Unavailable) as error:
        logger.warning("%s has no correlations: %s", profile.version, error.message)
        return None
    return {**found, "is_sample": (profile.row_count or 0) > found["rows"]}


def _hint(profile: DataProfile) -> None:
    publish(topics.workspace(profile.version.asset.workspace.slug), "data")

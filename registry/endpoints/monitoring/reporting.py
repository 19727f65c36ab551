"""Making a report, in a worker: both tables are read in the reading process, what differs is written down."""

import logging
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from registry.data.assets.models import DataVersion
from registry.data.explore import queries as profiles
from registry.data.explore import tables
from registry.data.explore.drift import Column
from registry.data.explore.models import DataProfile
from registry.data.reading import reader
from registry.endpoints import collecting
from registry.endpoints.monitoring import references, state, telling, verdict, windows
from registry.endpoints.monitoring.models import DriftReport
from registry.endpoints.monitoring.services import LEAST_ROWS
from registry.endpoints.monitoring.verdict import Compared
from registry.endpoints.monitoring.windows import Window
from studio.errors import Conflict, StudioError, Unavailable

logger = logging.getLogger(__name__)
REFERENCE_ROWS = 200_000  # drawn by lot of larger data
COMPARED_TYPES = ("int", "float", "string", "boolean")
MOST_COLUMNS = 200


def make(report_id: int) -> None:
    """Make the report, or write down why it can't be; what may be called twice."""
    report = state.claim(report_id)
    if report is None:
        return
    try:
        _make(report)
    except Unavailable as error:
        if report.attempts >= state.ATTEMPTS:
            _fail(report, error)
        else:
            state.release(report)
    except StudioError as error:
        _fail(report, error)


def _make(report: DriftReport) -> None:
    deployment = report.deployment
    asked = windows.window(deployment, collecting.INPUTS, report.since, report.until)
    if len(asked.rows) < LEAST_ROWS:
        raise Conflict("too_few_samples", f"Only {len(asked.rows)} rows of inputs lie in the datastore for that time.")
    answered = windows.window(deployment, collecting.OUTPUTS, report.since, report.until)
    reference = references.choose(deployment, report.reference, asked.columns)
    telling.progress(report, 0.2, f"{len(asked.rows):,} rows of inputs; reading {reference.reference}.")
    types = _types(reference)
    shared = [name for name in asked.columns if name in types]
    if not shared:
        raise Conflict(
            "no_common_columns",
            f"{reference.reference} has none of the columns that {deployment.name} is asked with: "
            f"{', '.join(asked.columns[:5])}.",
            hint="Compare it with other data, or name the columns in the requests.",
        )
    target = _target(answered, shared, types)
    old = _reference_profile(reference, [*shared, *target.values()])
    telling.progress(report, 0.7, "Comparing.")
    found = _compared(verdict.INPUT, asked, {name: name for name in shared}, old)
    if target:
        found += _compared(verdict.OUTPUT, answered, target, old)
    left_out = [name for name in asked.columns if name not in types]
    left_out += [name for name in types if name not in asked.columns and name not in target.values()]
    _finish(report, reference, asked, found, left_out, _rows_of(old))


def _finish(
    report: DriftReport,
    reference: DataVersion,
    asked: Window,
    found: list[Compared],
    left_out: Sequence[str],
    reference_rows: int,
) -> None:
    ranks = ("large", "moderate", "small")
    found.sort(key=lambda one: (ranks.index(one.level), -(one.psi or 0.0), one.name))
    facts = {
        "reference": reference.reference,
        "row_count": len(asked.rows),
        "reference_rows": reference_rows,
        "drifted": any(column.is_drifted for column in found),
        "columns": [column.as_json() for column in found],
        "summary": verdict.summary(found, left_out),
    }
    if state.finish(report, to=DriftReport.State.READY, **facts):
        report.refresh_from_db()
        telling.ended(report)


def _fail(report: DriftReport, error: StudioError) -> None:
    problem = f"{error.message} {error.hint}".strip()[:1000]
    if state.finish(report, to=DriftReport.State.FAILED, problem=problem):
        report.refresh_from_db()
        telling.ended(report)


def _types(reference: DataVersion) -> dict[str, str]:
    """The columns that can be compared, with their types as they were read."""
    table = tables.table_of(reference, may_wait=True)
    columns = reader.look(table, limit=0)["columns"]
    return {column["name"]: column["type"] for column in columns if column["type"] in COMPARED_TYPES}


def _target(answered: Window, inputs: Sequence[str], types: Mapping[str, str]) -> dict[str, str]:
    """Which column of the reference each output is compared with: the one of its name; a lone one with the one number
    column that the model is not asked with, which is what it learnt to tell."""
    if len(answered.rows) < LEAST_ROWS:
        return {}
    same = {name: name for name in answered.columns if name in types and name not in inputs}
    others = [name for name in types if name not in inputs]
    if not same and len(answered.columns) == 1 and len(others) == 1:
        return {answered.columns[0]: others[0]}
    return same


def _reference_profile(reference: DataVersion, names: Sequence[str]) -> dict[str, Column]:
    """By column: of the version's profile where it is made, else counted now."""
    made = profiles.profile_of(reference)
    if made is not None and made.state == DataProfile.State.READY:
        known = {column["name"]: column for column in made.columns if "count" in column}
        if set(names) <= set(known):
            return {name: known[name] for name in names}
    table = tables.table_of(reference, may_wait=True)
    found = reader.profile(table, list(dict.fromkeys(names))[:MOST_COLUMNS], sample=REFERENCE_ROWS)
    return {column["name"]: column for column in found["columns"]}


def _compared(role: str, collected: Window, pairs: Mapping[str, str], old: Mapping[str, Column]) -> list[Compared]:
    """Each column of the samples with the one of the reference."""
    pairs = {name: other for name, other in pairs.items() if other in old and "count" in old[other]}
    types = {name: old[other]["type"] for name, other in pairs.items()}
    if not types:
        return []
    with tempfile.TemporaryDirectory(prefix="atelier-drift-") as folder:
        table = windows.table_of(collected.rows, types, Path(folder) / "collected.jsonl")
        found = {column["name"]: column for column in reader.profile(table, list(types))["columns"]}
    return [
        verdict.compared(name, role, {**old[other], "name": name}, found[name], against=other)
        for name, other in pairs.items()
        if "count" in found.get(name, {})
    ]


def _rows_of(old: Mapping[str, Column]) -> int:
    return max((column["count"] + column["missing"] for column in old.values() if "count" in column), default=0)

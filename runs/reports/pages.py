"""A report as its page shows it: prose, tables and runs worked out, charts fetched by their own element."""

from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from runs.reports import blocks, queries
from runs.tracking.queries.runs import RunRow
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import StudioError


@dataclass(frozen=True, slots=True)
class Part:
    kind: str
    number: int
    html: SafeString | None = None
    chart: queries.Chart | None = None
    table: queries.Table | None = None
    run: RunRow | None = None
    error: str = ""


def parts(workspace: Workspace, body: str, person: User | None) -> list[Part]:
    """Every part of a text; one that can't be shown says why and the rest stands."""
    return [_part(workspace, block, person) for block in blocks.parts(body)]


def live_topics(shown: list[Part]) -> list[str]:
    """The unfinished runs of a report: what its page listens to."""
    runs = [part.run.run for part in shown if part.run]
    runs += [row.run for part in shown if part.table for row, _ in part.table.rows]
    runs += [line.run for part in shown if part.chart for line in part.chart.lines]
    return list(dict.fromkeys(f"run:{run.pk}" for run in runs if not run.is_finished))[:50]


def _part(workspace: Workspace, block: blocks.Block, person: User | None) -> Part:
    if block.kind == "prose":
        return Part("prose", block.number, html=block.html)
    if block.error:
        return Part(block.kind, block.number, error=block.error)
    try:
        return Part(block.kind, block.number, **_shown(workspace, block, person))
    except StudioError as error:
        return Part(block.kind, block.number, error=f"{error.message} {error.hint}".strip())


def _shown(workspace: Workspace, block: blocks.Block, person: User | None) -> dict[str, Any]:
    if block.kind == blocks.CHART:
        return {"chart": queries.chart(workspace, block, person)}
    if block.kind == blocks.RUNS:
        return {"table": queries.table(workspace, block, person)}
    found = queries.run(workspace, block)
    return {"run": found} if found else {"error": "This run is gone, or not in this workspace."}

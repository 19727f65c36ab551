"""Why a run is different, as the comparison's tab shows it."""

from collections.abc import Sequence
from typing import Any

from django.http import QueryDict

from runs.tracking.models import Run
from runs.tracking.queries import why

SHOWN = 40


def why_page(runs: Sequence[Run], query: QueryDict) -> dict[str, Any]:
    """The ranked differences of one of the runs from the baseline: `?baseline=`, `?run=`, `?metric=`."""
    baseline = _named(runs, query.get("baseline", ""), runs[0])
    others = [run for run in runs if run.pk != baseline.pk]
    run = _named(others, query.get("run", ""), others[0])
    found = why.why(run, baseline, query.get("metric", "")[:250])
    return {
        "why": found,
        "why_others": others,
        "why_shown": found.reasons[:SHOWN],
        "why_hidden": max(0, len(found.reasons) - SHOWN),
        "why_metrics": why.shared_metrics(run, baseline),
    }


def _named(runs: Sequence[Run], run_id: str, default: Run) -> Run:
    return next((run for run in runs if run.pk == run_id), default)

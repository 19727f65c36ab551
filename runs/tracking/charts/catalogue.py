"""What a page of charts knows before it asks for lines: its runs with their colours, and the names it may draw."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from runs.tracking.charts import fields
from runs.tracking.metrics.models import MetricKey, MetricSummary
from runs.tracking.models import Experiment, Run
from runs.tracking.pages import palette
from studio.access.models import Workspace

SYSTEM = "system"
SYSTEM_PREFIX = "system/"
EPOCHS = ("epoch", "train/epoch", "trainer/epoch")


def catalogue(runs: Sequence[Run], *, scope: str = "", wanted: Sequence[str] = ()) -> dict[str, Any]:
    """The runs, their metrics (the system's alone for the scope "system", else the others last), parameters and tags.

    `wanted` are fields whose values come along, for grouping and colouring.
    """
    colours = palette.colours((run.pk, run.name) for run in runs)
    columns = fields.values(runs, [fields.parse(text) for text in wanted])
    keys = _metrics(runs, scope)
    return {
        "runs": [
            {
                "id": run.pk,
                "name": run.name,
                "url": run.get_absolute_url(),
                "state": run.state,
                "live": run.is_live,
                "slot": colours[run.pk].slot,
                "dash": colours[run.pk].dash,
            }
            for run in runs
        ],
        "metrics": [[name, goal] for name, goal in keys],
        "epoch": next((name for name in EPOCHS if name in dict(keys)), ""),
        "names": fields.names(runs),
        "values": {text: fields.as_numbers(column) for text, column in columns.items()},
    }


def experiments_below(workspace: Workspace, path: str) -> list[int]:
    """The numbers of an experiment and of those below its path; of none that is, so that nothing is found there."""
    if not path:
        return []
    rows = Experiment.objects.filter(Q(path=path) | Q(path__startswith=path.rstrip("/") + "/"), workspace=workspace)
    return list(rows.order_by().values_list("pk", flat=True)) or [0]


def _metrics(runs: Sequence[Run], scope: str) -> list[tuple[str, str]]:
    """Names and goals, by name; without a page's system metrics where it has other ones."""
    used = MetricSummary.objects.filter(run__in=[run.pk for run in runs]).order_by().values("key").distinct()
    rows = MetricKey.objects.filter(pk__in=used).order_by("name").values_list("name", "goal")
    is_system = scope == SYSTEM
    if scope in (SYSTEM, "run"):
        return [(name, goal) for name, goal in rows if name.startswith(SYSTEM_PREFIX) == is_system]
    return list(rows)

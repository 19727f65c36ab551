"""Which runs carry dataflows out."""

from registry.data.dataflows import queries as dataflows
from registry.data.dataflows.models import Dataflow
from runs.tracking.models import Run
from studio.lineage import queries as lineage
from studio.lineage.things import Thing

MOST = 5


def carrying_out(flow: Dataflow) -> list[str]:
    """One sentence for each run that is not at its end: a flow is not deleted under it."""
    steps = [
        step
        for pk in dataflows.versions_of(flow).values_list("pk", flat=True)
        for step in lineage.down(flow.workspace, Thing("dataflow_version", str(pk)))
        if step.thing.kind == "run"
    ]
    rows = Run.objects.filter(workspace=flow.workspace, pk__in=[step.thing.id for step in steps])
    return [f"The run {run.name} is carrying it out." for run in rows if not run.is_finished][:MOST]

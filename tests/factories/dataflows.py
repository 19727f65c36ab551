"""Dataflows with a saved version, which nobody tried on a sample: that would start a reading process each time."""

from collections.abc import Sequence
from typing import Any

from registry.data.assets.models import DataVersion
from registry.data.dataflows import services
from registry.data.dataflows.models import Dataflow, DataflowVersion
from studio.access.models import Workspace
from studio.accounts.models import User
from tests.factories.data import make_data

STEPS = ({"kind": "filter", "parameters": {"expression": "price > 100"}},)


def make_flow(
    workspace: Workspace,
    name: str = "clean",
    *,
    data: DataVersion | None = None,
    steps: Sequence[dict[str, Any]] = STEPS,
    actor: User | None = None,
) -> Dataflow:
    """A flow over `data` (or cars of its own) whose version 1 is its draft."""
    data = data or make_data(workspace, f"{name}-data", actor=actor)
    flow = services.create_flow(
        actor=actor, workspace=workspace, name=name, source=data.reference, steps=[dict(step) for step in steps]
    )
    DataflowVersion.objects.create(flow=flow, number=1, recipe=flow.draft, source=data, created_by=actor)
    Dataflow.objects.filter(pk=flow.pk).update(last_number=1)
    flow.refresh_from_db()
    return flow

"""What all rounds of a `parallel_for` left at a port: one table of their rows where they left tables, else round by round."""

from dataclasses import dataclass

from registry.data import uris
from registry.data.assets import placing
from registry.data.reading import sources
from registry.data.reading.tables import Table
from runs.pipelines.models import Step, StepState
from studio.errors import NotFound

GATHERED = "mltable"
MOST_ROUNDS = 1_000


@dataclass(frozen=True, slots=True)
class Round:
    """One round, by its name, and the step whose output it is."""

    name: str
    step: str
    uri: str


def rounds_of(step: Step, port: str) -> list[Round]:
    """The rounds that left something at the port; none for a step that is no such loop, or that was taken over."""
    if step.kind != Step.Kind.EACH or (step.outputs.get(port) or {}).get("type") != GATHERED:
        return []
    below = Step.objects.filter(parent=step, state=StepState.COMPLETED).order_by("position")[:MOST_ROUNDS]
    return [
        Round(str((one.item or {}).get("name") or one.position), one.path, str(one.outputs[port].get("uri") or ""))
        for one in below
        if isinstance(one.outputs.get(port), dict)
    ]


def table_of(step: Step, rounds: list[Round]) -> Table:
    """The rows of all rounds, one after another. Raises Invalid where they are no tables, NotFound where one is gone."""
    places = []
    for one in rounds:
        named = uris.parse(one.uri) if one.uri else None
        if not isinstance(named, uris.DatastorePath):
            raise NotFound("not_found", f"What the round {one.name} left is a value, not files.")
        datastore = placing.datastore_named(step.pipeline_run.run.workspace, named.datastore)
        places.append((one.name, datastore, named.path))
    return sources.table_of_places(places)

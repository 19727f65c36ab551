"""The lineage as JSON."""

from typing import Any

from rest_framework import serializers

from studio.access.models import Workspace
from studio.lineage import labels, references
from studio.lineage.graph import Graph
from studio.lineage.things import Thing


class LineageThing(serializers.Serializer):
    kind = serializers.CharField(
        help_text="What people call it: data, environment, run, model, image, deployment, endpoint"
    )
    id = serializers.CharField()
    name = serializers.CharField()
    url = serializers.CharField(allow_blank=True, help_text="Its page; empty when it is not here any more")
    distance = serializers.IntegerField(
        help_text="Steps from what was asked for: negative before it, positive after it"
    )


class LineageEdge(serializers.Serializer):
    source = serializers.IntegerField(help_text="The place in `things`")  # type: ignore[assignment]
    verb = serializers.CharField()
    target = serializers.IntegerField(help_text="The place in `things`")


class Lineage(serializers.Serializer):
    things = LineageThing(many=True)
    edges = LineageEdge(many=True)
    is_cut = serializers.BooleanField(help_text="There is more than is shown")


def lineage(workspace: Workspace, found: Graph) -> dict[str, Any]:
    things = found.in_order()
    known = labels.labels(workspace, things)
    place = {thing: at for at, thing in enumerate(things)}
    return {
        "things": [_thing(thing, known[thing], found.distance[thing]) for thing in things],
        "edges": [
            {"source": place[edge.source], "verb": edge.verb, "target": place[edge.target]}
            for edge in sorted(found.edges, key=lambda edge: (place[edge.source], place[edge.target]))
        ],
        "is_cut": found.is_cut,
    }


def _thing(thing: Thing, label: labels.Label, distance: int) -> dict[str, Any]:
    return {
        "kind": references.word_of(thing.kind),
        "id": thing.id,
        "name": label.text,
        "url": label.url,
        "distance": distance,
    }

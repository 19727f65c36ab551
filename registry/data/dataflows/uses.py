"""Who uses a dataflow: one in use can't be deleted. Features above the registry register what they know."""

from collections.abc import Callable, Sequence

from registry.data.assets.models import DataVersion
from registry.data.dataflows import queries
from registry.data.dataflows.models import Dataflow

# The flow → one sentence for each use, such as "The run brisk-otter-7 is carrying it out."
Asked = Callable[[Dataflow], list[str]]
_asked: list[Asked] = []


def register(asked: Asked) -> None:
    _asked.append(asked)


def of(flow: Dataflow) -> list[str]:
    """Why this flow can't go; empty when nothing holds it."""
    return [sentence for asked in _asked for sentence in asked(flow)]


def of_data(versions: Sequence[DataVersion]) -> list[str]:
    """Why these data versions can't go: saved dataflows begin with them or bring them in."""
    return [
        f"Version {number} of the dataflow {name} reads {data}." for name, number, data in queries.readers(versions)
    ]

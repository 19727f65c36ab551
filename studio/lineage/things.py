"""What an edge of the lineage joins."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing of any app by its kind and id: `Thing("run", "k3v9x2m7qabc")`."""

    kind: str
    id: str

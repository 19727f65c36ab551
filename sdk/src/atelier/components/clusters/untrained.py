"""A way to find clusters with its settings, before it has seen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from atelier.components import catalogue, views


@dataclass(frozen=True)
class UntrainedCluster:
    """What finds clusters, by the name of its component, with its parameters."""

    component: str
    parameters: Mapping[str, Any]

    @property
    def label(self) -> str:
        """What a page calls it."""
        return catalogue.named(self.component).label

    def settings(self) -> list[tuple[str, Any]]:
        """Its parameters as a page shows them: label and value."""
        labels = {one.name: one.to_dict()["label"] for one in catalogue.named(self.component).parameters}
        return [(labels.get(name, name), value) for name, value in self.parameters.items() if value is not None]

    def about(self) -> dict[str, Any]:
        """What `about.json` says of it."""
        return {"title": self.label, "component": self.component, "task": "clustering", "trained": False}

    def view(self) -> dict[str, Any]:
        """What a page shows of it."""
        return views.view("cluster", self.label, facts=self.settings())

"""What a component learned from one table and does to another: the value of a Transform port."""

from __future__ import annotations

from typing import Any

from atelier.components import views
from atelier.components.tables import Table


class Transform:
    """Base of every transform. Instances are kept with joblib: a subclass holds plain values, in a module of this package."""

    title = "Transform"

    def apply(self, table: Table) -> Table:
        """The table as the transform makes it. Raises ComponentError when a column it needs is not there."""
        raise NotImplementedError

    def facts(self) -> list[tuple[str, Any]]:
        """What there is to say of it: label and value."""
        return []

    def tables(self) -> list[dict[str, Any]]:
        """What it learned, as tables of a view."""
        return []

    def about(self) -> dict[str, Any]:
        """What `about.json` says of it."""
        return {"title": self.title}

    def view(self) -> dict[str, Any]:
        """What a page shows of it."""
        return views.view("transform", self.title, facts=self.facts(), tables=self.tables())

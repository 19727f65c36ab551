"""Every component by name. A declaration is imported when it is first asked for; a broken one stops no other."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

from atelier.components.declaring import Component

# name -> the module of this package that holds it as COMPONENT, in the order of the palette
MODULES: dict[str, str] = {
    "linear_regression": "learners.linear_regression",
}
CATEGORIES = (
    "Sample data",
    "Data input and output",
    "Data transformation",
    "Feature selection",
    "Statistical functions",
    "Regression",
    "Clustering",
    "Classification",
    "Model training",
    "Model scoring and evaluation",
    "Python and R",
    "Text analytics",
    "Recommendation",
    "Anomaly detection",
    "Deployment",
    "Web service",
)


@lru_cache(maxsize=None)
def named(name: str) -> Component:
    """The component of that name. Raises KeyError."""
    module = import_module(f"atelier.components.{MODULES[name]}")
    found: Component = module.COMPONENT
    return found


def every() -> list[Component]:
    """All components, in the order of the palette."""
    return [named(name) for name in MODULES]

"""Every component by name. A declaration is imported when it is first asked for."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from atelier.components.declaring import Component
from atelier.components.listed import of_models, of_tables, of_text

# name -> the module of this package that holds it as COMPONENT
MODULES: dict[str, str] = {**of_tables.MODULES, **of_models.MODULES, **of_text.MODULES}
# in the order of the palette
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


@cache
def named(name: str) -> Component:
    """The component of that name. Raises KeyError."""
    module = import_module(f"atelier.components.{MODULES[name]}")
    found: Component = module.COMPONENT
    return found


def every() -> list[Component]:
    """All components, in the order of the palette: by category, within one as the lists have them."""
    return sorted(map(named, MODULES), key=lambda component: CATEGORIES.index(component.category))

"""Tables the tests of components share, and the short way to carry a component out."""

from typing import Any

import pandas as pd
from atelier.components import catalogue, context, running
from atelier.components.tables import Table


def table(**columns: Any) -> Table:
    """A table of these columns."""
    return Table(pd.DataFrame(columns))


def carried(name: str, inputs: dict[str, Any] | None = None, /, **parameters: Any) -> dict[str, Any]:
    """The outputs of the component of that name."""
    return running.carry_out(catalogue.named(name), inputs or {}, parameters, context.Context())

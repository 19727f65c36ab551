"""Convert to CSV: a table as a file that anything reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.context import Context
from atelier.components.declaring import Component, Port, PortType
from atelier.components.tables import Table


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """A CSV file in UTF-8 with a header."""
    table: Table = inputs["dataset"]
    path = context.workdir / "data.csv"
    table.frame.to_csv(path, index=False)
    return {"results_dataset": path}


COMPONENT = Component(
    name="convert_to_csv",
    label="Convert to CSV",
    category="Data transformation",
    description="Writes a table as a CSV file with a header, in UTF-8.",
    run=run,
    inputs=(Port("dataset", PortType.DATASET),),
    outputs=(Port("results_dataset", PortType.FILE),),
    keywords=("export", "download"),
)

"""Web Service Output: what a request is answered with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.declaring import Component, Kind, Parameter, Port, PortType


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """The table as it is."""
    return {"dataset": inputs["dataset"]}


COMPONENT = Component(
    name="web_service_output",
    label="Web Service Output",
    category="Web service",
    description="What a request is answered with when the pipeline is an endpoint. A run of the pipeline passes the table on.",
    run=run,
    inputs=(Port("dataset", PortType.DATASET),),
    outputs=(Port("dataset", PortType.DATASET),),
    parameters=(
        Parameter("name", Kind.TEXT, default="WebServiceOutput0", description="What the answer calls the rows"),
    ),
    keywords=("real-time", "endpoint", "inference", "deploy"),
)

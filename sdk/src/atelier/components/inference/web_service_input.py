"""Web Service Input: where the rows of a request come in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.declaring import Component, Kind, Parameter, Port, PortType


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """The example; at an endpoint the rows of the request stand in its place."""
    return {"dataset": inputs["example"]}


COMPONENT = Component(
    name="web_service_input",
    label="Web Service Input",
    category="Web service",
    description="Where rows come in when the pipeline is an endpoint. The example says which columns a request has; a run of "
    "the pipeline goes on with the example itself.",
    run=run,
    inputs=(Port("example", PortType.DATASET, description="A table like those that are sent"),),
    outputs=(Port("dataset", PortType.DATASET),),
    parameters=(
        Parameter(
            "label_column",
            Kind.COLUMN,
            port="example",
            optional=True,
            description="The column that is foretold: a request need not have it",
        ),
        Parameter("name", Kind.TEXT, default="WebServiceInput0", description="What a request calls the rows"),
    ),
    keywords=("real-time", "endpoint", "inference", "deploy"),
)

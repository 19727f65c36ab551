"""Deploy Model: a registered model answers requests at an endpoint."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Mapping
from typing import Any

from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.deployment import registered
from atelier.components.errors import ComponentError
from atelier.components.tables import Table

NAME = re.compile(r"[a-zA-Z](?:[-a-zA-Z0-9]{0,30}[a-zA-Z0-9])?")
AS_CHOSEN = "As the studio chooses"
DEPLOYERS = {AS_CHOSEN: "", "Container": "docker", "Process": "local"}  # as a deployment file names them
PAUSE = 1.0  # seconds between two looks
UNDER_WAY = ("pending", "preparing", "rolling")
COLUMNS = {
    "endpoint": "Endpoint",
    "deployment": "Deployment",
    "revision": "Revision",
    "state": "State",
    "model": "Model",
    "traffic": "Traffic",
    "scoring_uri": "Scoring URI",
}


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """A row that says what answers where. The studio deploys, in the name of whoever started the pipeline."""
    import pandas as pd

    _check_names(parameters)
    model = parameters["registered_model"] or _connected(inputs["model"])
    if context.run is None or not context.run.is_online:
        raise ComponentError("There is no studio here to deploy with: run this step in a pipeline.")
    found = _deployed(model, parameters)
    said = f"{found['endpoint']}/{found['deployment']}"
    context.run.set_tags({"deployment": f"{said} revision {found['revision']}"})
    print(f"{said} revision {found['revision']} is {found['state']}: {found['scoring_uri']}")
    return {"deployment": Table(pd.DataFrame([{title: found[name] for name, title in COLUMNS.items()}]))}


def _check_names(parameters: Mapping[str, Any]) -> None:
    """Before anything is asked for."""
    for parameter, what in (("endpoint_name", "an endpoint"), ("deployment_name", "a deployment")):
        if not NAME.fullmatch(parameters[parameter]):
            said = (
                f"{parameters[parameter]!r} can't be the name of {what}: give at most 32 letters, digits and hyphens, "
            )
            raise ComponentError(said + "beginning with a letter and not ending with a hyphen.", parameter=parameter)


def _connected(folder: Any) -> str:
    if folder is None:
        said = "There is nothing to deploy: connect Register Model, or name a registered model such as cars:3."
        raise ComponentError(said, parameter="registered_model")
    found = registered.read(folder)
    if not found:
        said = "What is connected was not registered by Register Model: name a registered model such as cars:3."
        raise ComponentError(said, port="model")
    return found


def _deployed(model: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    import atelier
    from atelier import _client, _config

    config = _config.load()
    client, path = _client.from_config(config), f"jobs/{config.get('job_id') or 0}/deployment"
    try:
        found = dict(client.post(path, {"model": model}, key=uuid.uuid4().hex))
        return _waited(client, path, found, parameters) if parameters["wait_until_it_answers"] else found
    except atelier.AtelierError as error:
        raise ComponentError(f"{model} was not deployed: {error}") from error
    finally:
        client.close()


def _waited(client: Any, path: str, found: dict[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """How it stands once it answers. Raises ComponentError when it fails, or takes too long."""
    deadline = time.monotonic() + 60 * parameters["minutes_to_wait"]
    said = f"{found['endpoint']}/{found['deployment']} revision {found['revision']}"
    while found["state"] in UNDER_WAY:
        if time.monotonic() > deadline:
            raise ComponentError(f"{said} is still {found['state']}: look at its log, or wait longer.")
        time.sleep(PAUSE)
        found = dict(client.get(path, {"revision": found["revision"]}))
    if found["state"] == "retired":
        raise ComponentError(f"{said} was replaced by another one before it answered.")
    if found["state"] != "live":
        raise ComponentError(f"{said} failed: {found['problem'] or 'its log says why.'}")
    return found


COMPONENT = Component(
    name="deploy_model",
    label="Deploy Model",
    category="Deployment",
    description="Puts a registered model before an endpoint, in the name of whoever started the pipeline, who must be "
    "allowed to deploy. What answered before goes on until the new one is ready.",
    run=run,
    inputs=(Port("model", PortType.MODEL, optional=True, description="What Register Model gives"),),
    outputs=(
        Port("deployment", PortType.DATASET, description="One row: endpoint, deployment, revision, state, address."),
    ),
    parameters=(
        Parameter("endpoint_name", Kind.TEXT, "Endpoint", description="Such as car-prices"),
        Parameter("deployment_name", Kind.TEXT, "Deployment", "blue"),
        Parameter(
            "registered_model",
            Kind.TEXT,
            optional=True,
            description="Such as cars:3 or cars@champion, in place of what is connected",
        ),
        Parameter("create_endpoint", Kind.BOOLEAN, "Create the endpoint where there is none", True),
        Parameter(
            "runs_as",
            Kind.CHOICE,
            default=AS_CHOSEN,
            choices=tuple(DEPLOYERS),
            description="A container has an image built first; a process starts sooner",
        ),
        Parameter("instance_type", Kind.TEXT, optional=True, description="Such as Standard_DS3_v2; empty: no bounds"),
        Parameter("instance_count", Kind.INTEGER, default=1, minimum=1, maximum=100),
        Parameter(
            "give_it_all_traffic",
            Kind.BOOLEAN,
            default=True,
            description="Once it is ready; without it the shares stay as they are",
        ),
        Parameter(
            "wait_until_it_answers",
            Kind.BOOLEAN,
            default=True,
            description="The step fails where the deployment does",
        ),
        Parameter(
            "minutes_to_wait", Kind.INTEGER, default=15, minimum=1, maximum=600, when={"wait_until_it_answers": (True,)}
        ),
    ),
    is_deterministic=False,
    keywords=("endpoint", "serve", "publish", "real-time"),
)

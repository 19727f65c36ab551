"""What a Deploy Model step asks for: where to is said by the step as it was submitted, never by its job."""

import json
from collections.abc import Mapping
from typing import Any

from atelier.components import checking
from atelier.components.deployment import deploy_model
from atelier.components.errors import ComponentError
from django.db import transaction

from compute.jobs.models import Job
from registry.endpoints import queries as endpoints
from registry.endpoints import services as deploying
from registry.endpoints.models import Deployment, DeploymentRevision, Endpoint
from runs.pipelines.deploying import rights
from runs.pipelines.engine.commands import PARAMETERS
from runs.pipelines.models import Step
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Denied, Invalid, NotFound
from studio.lineage import services as lineage
from studio.lineage.things import Thing


def begin(*, actor: User, job: Job, model: str = "") -> DeploymentRevision:
    """A new revision of the deployment that the step names, on its way. Endpoint and deployment are made when they are new.

    `model` counts where the step names none. Raises Denied for a job that is no such step and for a person who may not
    deploy now; Invalid, NotFound and Conflict as `deploy` does, and then nothing was made.
    """
    asked = _asked(job)
    rights.require(actor, job.workspace)
    wanted = asked["registered_model"] or model
    if not wanted:
        raise Invalid("bad_endpoint_value", "There is nothing to deploy: name a registered model, such as cars:3.")
    new = deploying.NewDeployment(
        model=wanted,
        deployer=deploy_model.DEPLOYERS[asked["runs_as"]],
        instance_type=asked["instance_type"] or "",
        instance_count=asked["instance_count"],
        all_traffic=asked["give_it_all_traffic"],
    )
    with transaction.atomic():
        endpoint = _endpoint(actor, job.workspace, asked)
        deployment = deploying.deploy(actor=actor, endpoint=endpoint, name=asked["deployment_name"], new=new)
        _link(job, deployment)
    found = endpoints.deployment_at(endpoint, deployment.name)
    return _of(found, found.wanted or found.current)


def standing(*, job: Job, number: str) -> DeploymentRevision:
    """The revision of this number of the deployment that the step names. Raises Denied, NotFound."""
    asked = _asked(job)
    endpoint = endpoints.endpoint_at(job.workspace, asked["endpoint_name"])
    deployment = endpoints.deployment_at(endpoint, asked["deployment_name"])
    return _of(deployment, endpoints.revision_at(deployment, number))


def _asked(job: Job) -> Mapping[str, Any]:
    """The parameters that the engine gave to the step. Raises Denied for any other job."""
    if not Step.objects.filter(run__job=job, component__startswith=rights.COMPONENT).exists():
        raise Denied("not_the_runner", "Only the job of a Deploy Model step of a pipeline may ask this.")
    given = json.loads((job.spec.get("environment_variables") or {}).get(PARAMETERS) or "{}")
    try:
        return checking.fill(deploy_model.COMPONENT, given)
    except ComponentError as error:
        raise Invalid("bad_endpoint_value", error.sentence) from error


def _endpoint(actor: User, workspace: Workspace, asked: Mapping[str, Any]) -> Endpoint:
    name = asked["endpoint_name"]
    found = Endpoint.objects.filter(workspace=workspace, name=name).select_related("workspace").first()
    if found is not None:
        return found
    if not asked["create_endpoint"]:
        hint = "Make it first, or let the step make it (Create the endpoint where there is none)."
        raise NotFound("not_found", f"There is no endpoint {name[:60]!r} here.", hint=hint)
    return deploying.create_endpoint(actor=actor, workspace=workspace, name=name)


def _link(job: Job, deployment: Deployment) -> None:
    """The step's run → the deployment."""
    source, target = Thing("run", job.run.pk), Thing("deployment", str(deployment.pk))
    lineage.link(workspace=job.workspace, source=source, target=target, verb="deployed")


def _of(deployment: Deployment, revision: DeploymentRevision | None) -> DeploymentRevision:
    if revision is None:
        raise NotFound("not_found", f"The deployment {deployment.name} runs nothing.")
    revision.deployment = deployment
    return revision

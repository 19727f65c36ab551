"""Deploying: everything is checked, then written at once; what happens after that is the reconciler's."""

from django.db import IntegrityError, transaction

from registry.endpoints import choosing_models, names, state
from registry.endpoints.models import Deployment, DeploymentRevision, Endpoint
from registry.endpoints.services import changing, endpoints, new_deployment, telling, waking
from registry.endpoints.services.new_deployment import Checked, NewDeployment
from registry.mlmodels.models import ModelVersion
from registry.mlmodels.services import versions
from studio.accounts.models import User
from studio.errors import Conflict
from studio.lineage import services as lineage
from studio.lineage.things import Thing


def deploy(*, actor: User | None, endpoint: Endpoint, name: str, new: NewDeployment) -> Deployment:
    """The deployment of this name with a new revision on its way; it is made when it is new.

    What answered before goes on answering until the new revision is ready. Raises Invalid, NotFound and Conflict with one
    sentence before anything is written.
    """
    checked = check_deployment(actor=actor, endpoint=endpoint, name=name, new=new)
    upload = checked.upload
    sent = choosing_models.stage(endpoint.workspace, upload) if upload else None
    try:
        with transaction.atomic():
            deployment = _ensure(actor, endpoint, name, checked)
            model = checked.model
            if upload and sent:
                model = versions.register_version(
                    actor=actor, workspace=endpoint.workspace, name=upload.name, new=sent
                )  # fmt: skip
            revision = _revision(actor, deployment, checked, model)
            _link(deployment, revision)
            _tell(actor, deployment, revision)
    except IntegrityError:
        raise Conflict(
            "deployment_busy", f"Somebody else deploys {name} at this moment.", hint="Look at it, then try again."
        ) from None
    return deployment


def check_deployment(*, actor: User | None, endpoint: Endpoint, name: str, new: NewDeployment) -> Checked:
    """What `deploy` would write, with nothing written."""
    names.deployment_name(name)
    endpoints.refuse_deleting(endpoint)
    present = Deployment.objects.filter(endpoint=endpoint, name=name).first()
    if present is not None:
        present.endpoint = endpoint
        changing.refuse_deleting(present)
    return new_deployment.check(actor=actor, endpoint=endpoint, name=name, new=new, present=present)


def _ensure(actor: User | None, endpoint: Endpoint, name: str, checked: Checked) -> Deployment:
    facts = {"deployer": checked.deployer, "scale": checked.scale, "collector": checked.collector, **checked.described}
    found = Deployment.objects.filter(endpoint=endpoint, name=name).first()
    if found is None:
        count = 1 if checked.instance_count is None else checked.instance_count
        found = Deployment.objects.create(endpoint=endpoint, name=name, instance_count=count, created_by=actor, **facts)
    else:
        if not checked.collector:  # what was chosen on the page stays where the file says nothing
            del facts["collector"]
        if checked.instance_count is not None:
            facts["instance_count"] = checked.instance_count
        state.move_deployment(found, **facts)
    found.endpoint = endpoint
    return found


def _revision(
    actor: User | None, deployment: Deployment, checked: Checked, model: ModelVersion | None
) -> DeploymentRevision:
    revision = DeploymentRevision.objects.create(
        deployment=deployment,
        number=changing.next_number(deployment),
        model_version=model,
        image_version=checked.image,
        environment=checked.environment,
        code=checked.code,
        scoring_script=checked.scoring_script,
        spec=checked.spec,
        created_by=actor,
    )
    changing.want(deployment, revision)
    return revision


def _link(deployment: Deployment, revision: DeploymentRevision) -> None:
    """model or image → deployment → endpoint."""
    workspace = deployment.endpoint.workspace
    this = Thing("deployment", str(deployment.pk))
    sources = []
    if revision.model_version_id:
        sources.append(Thing("model_version", str(revision.model_version_id)))
    if revision.image_version_id:
        sources.append(Thing("image_version", str(revision.image_version_id)))
    for source in sources:
        lineage.link(workspace=workspace, source=source, target=this, verb="deployed")
    endpoint = Thing("endpoint", str(deployment.endpoint_id))
    lineage.link(workspace=workspace, source=this, target=endpoint, verb="serves")


def _tell(actor: User | None, deployment: Deployment, revision: DeploymentRevision) -> None:
    detail = f"Revision {revision.number}."
    telling.event(deployment, "Created" if revision.number == 1 else "Updated", detail, actor=actor)
    telling.note_deployment(actor=actor, deployment=deployment, verb="deployed", detail=detail)
    telling.begin(actor=actor, deployment=deployment, title=f"Deploy {deployment}")
    waking.look(deployment)

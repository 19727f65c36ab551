"""Reads about endpoints and what is behind them."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from registry.endpoints.models import Deployment, DeploymentEvent, DeploymentRevision, Endpoint, Instance
from registry.environments.models import EnvironmentVersion
from registry.images.models import ImageVersion
from registry.mlmodels.models import ModelVersion
from studio.access.models import Workspace
from studio.errors import NotFound
from studio.lineage import labels

ENDED_SHOWN = 20
_REVISION_PARTS = ("model_version__model", "image_version__image", "environment", "created_by")


def endpoints_in(workspace: Workspace, words: str = "") -> "QuerySet[Endpoint]":
    """The workspace's endpoints by name, with their deployments at hand."""
    rows = Endpoint.objects.in_workspace(workspace).select_related("workspace", "created_by")
    rows = rows.with_words(words)
    return rows.prefetch_related("deployments__current__model_version__model", "deployments__wanted")


def endpoint_at(workspace: Workspace, name: str) -> Endpoint:
    """The endpoint of this name. Raises NotFound."""
    found = Endpoint.objects.filter(workspace=workspace, name=name).select_related("workspace", "created_by").first()
    if found is None:
        raise NotFound("not_found", f"There is no endpoint {name[:60]!r} here.")
    return found


def deployments_of(endpoint: Endpoint) -> "QuerySet[Deployment]":
    """Its deployments by name, each with what it runs and what is on its way."""
    rows = Deployment.objects.filter(endpoint=endpoint).select_related(
        "endpoint__workspace", "created_by", *(f"current__{part}" for part in _REVISION_PARTS),
        *(f"wanted__{part}" for part in _REVISION_PARTS),
    )  # fmt: skip
    return rows.order_by("name")


def deployment_at(endpoint: Endpoint, name: str) -> Deployment:
    """The deployment of this name. Raises NotFound."""
    found = deployments_of(endpoint).filter(name=name).first()
    if found is None:
        raise NotFound("not_found", f"The endpoint {endpoint.name} has no deployment {name[:60]!r}.")
    return found


def revisions_of(deployment: Deployment) -> "QuerySet[DeploymentRevision]":
    return DeploymentRevision.objects.filter(deployment=deployment).select_related(*_REVISION_PARTS)


def revision_at(deployment: Deployment, number: str) -> DeploymentRevision:
    """The revision of this number. Raises NotFound."""
    is_number = number.isascii() and number.isdigit() and len(number) < 10
    found = revisions_of(deployment).filter(number=int(number)).first() if is_number else None
    if found is None:
        raise NotFound("not_found", f"The deployment {deployment.name} has no revision {number[:20]!r}.")
    return found


def instances_of(deployment: Deployment) -> list[Instance]:
    """What lives, by slot, then the last ones that ended."""
    rows = Instance.objects.filter(revision__deployment=deployment).select_related("revision")
    alive = list(rows.filter(state__in=Instance.ALIVE).order_by("-revision__number", "slot"))
    return alive + list(rows.exclude(state__in=Instance.ALIVE).order_by("-ended_at", "-pk")[:ENDED_SHOWN])


def ready_counts(deployments: Sequence[int]) -> dict[int, int]:
    """How many instances of each deployment are in rotation; those without any are left out."""
    found: dict[int, int] = {}
    rows = Instance.objects.filter(revision__deployment__in=list(deployments), state=Instance.State.READY)
    for pk in rows.values_list("revision__deployment_id", flat=True):
        found[pk] = found.get(pk, 0) + 1
    return found


def events_of(deployment: Deployment) -> "QuerySet[DeploymentEvent]":
    return DeploymentEvent.objects.filter(deployment=deployment).select_related("actor")


def state_of(endpoint: Endpoint, deployments: Sequence[Deployment]) -> str:
    """One word for an endpoint, as Azure has them: of its deployments the one that matters most."""
    if endpoint.is_deleting:
        return str(Deployment.State.DELETING)
    states = {deployment.state for deployment in deployments}
    for state in (Deployment.State.CREATING, Deployment.State.UPDATING, Deployment.State.SCALING):
        if state in states:
            return str(Deployment.State.UPDATING)
    serving = {each.state for each in deployments if endpoint.traffic.get(each.name)}
    return str(Deployment.State.FAILED if Deployment.State.FAILED in serving else Deployment.State.SUCCEEDED)


def can_serve(deployment: Deployment) -> bool:
    """Whether the deployment may be given traffic: it has been ready once and is not going."""
    return deployment.current_id is not None and deployment.state != Deployment.State.DELETING


def uses_of_models(versions: Sequence[ModelVersion]) -> list[str]:
    """One sentence for each deployment that holds one of these versions."""
    rows = _holding(model_version__in=list(versions)).select_related("model_version__model")
    return _sentences(rows, lambda each: str(each.model_version))


def uses_of_images(versions: Sequence[ImageVersion]) -> list[str]:
    rows = _holding(image_version__in=list(versions)).select_related("image_version__image")
    return _sentences(rows, lambda each: str(each.image_version))


def uses_of_environments(versions: Sequence[EnvironmentVersion]) -> list[str]:
    """One sentence for each deployment that runs with the content of one of these versions now."""
    held = Q(current__environment__versions__in=list(versions)) | Q(wanted__environment__versions__in=list(versions))
    rows = Deployment.objects.filter(held).select_related("endpoint").distinct().order_by("endpoint__name", "name")
    named = ", ".join(str(version) for version in versions)
    return [f"The deployment {row} runs with {named}." for row in rows[:20]]


def deployments_with(version: ModelVersion | ImageVersion) -> list[Deployment]:
    """The deployments that run this version of a model or an image now."""
    field = "model_version" if isinstance(version, ModelVersion) else "image_version"
    held = Q(**{f"current__{field}": version}) | Q(**{f"wanted__{field}": version})
    return list(Deployment.objects.filter(held).select_related("endpoint__workspace").order_by("pk"))


def label_endpoints(workspace: Workspace, ids: list[str]) -> dict[str, labels.Label]:
    """Endpoints by name, for the lineage."""
    rows = Endpoint.objects.filter(workspace=workspace, pk__in=_numbers(ids)).select_related("workspace")
    return {str(row.pk): labels.Label("endpoint", row.name, row.get_absolute_url()) for row in rows}


def label_deployments(workspace: Workspace, ids: list[str]) -> dict[str, labels.Label]:
    rows = Deployment.objects.filter(endpoint__workspace=workspace, pk__in=_numbers(ids))
    rows = rows.select_related("endpoint__workspace")
    return {str(row.pk): labels.Label("deployment", str(row), row.get_absolute_url()) for row in rows}


def _holding(**what: object) -> "QuerySet[DeploymentRevision]":
    rows = DeploymentRevision.objects.filter(**what).select_related("deployment__endpoint")
    return rows.order_by("deployment__endpoint__name", "deployment__name", "-number")


def _sentences(rows: "QuerySet[DeploymentRevision]", what) -> list[str]:  # type: ignore[no-untyped-def]
    """Of each deployment the revision that says the most: what it runs, else what it would be rolled back to."""
    found: dict[int, str] = {}
    for row in rows:
        deployment = row.deployment
        is_now = row.pk in (deployment.current_id, deployment.wanted_id)
        if is_now or deployment.pk not in found:
            verb = "serves" if is_now else f"can be rolled back (revision {row.number}) to"
            found[deployment.pk] = f"The deployment {deployment} {verb} {what(row)}."
    return list(found.values())


def _numbers(ids: list[str]) -> list[int]:
    return [int(key) for key in ids if key.isascii() and key.isdigit()]

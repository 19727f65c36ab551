"""What the wizard offers: models and images to deploy, places to run them, environments, the names that are taken."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from registry.endpoints import names
from registry.endpoints.deployers.registry import DEPLOYERS
from registry.endpoints.models import Deployment, Endpoint
from registry.endpoints.pages import rows
from registry.endpoints.specs import Spec
from registry.environments import curated
from registry.environments.models import EnvironmentAsset
from registry.images.models import ImageVersion
from registry.mlmodels.models import ModelVersion
from studio.access.models import Workspace
from studio.errors import StudioError

MOST_CHOICES = 30
MOST_NAMES = 1_000
MOST_OTHERS = 4
FIRST_NAMES = ("blue", "green", "red", "orange", "purple", "teal")
SIZES = (
    "Standard_DS1_v2",
    "Standard_DS2_v2",
    "Standard_DS3_v2",
    "Standard_DS4_v2",
    "Standard_F2s_v2",
    "Standard_F4s_v2",
)
STEPS = (
    ("what", "Model or image"),
    ("script", "Script and environment"),
    ("where", "Where and how"),
    ("review", "Traffic, review"),
)
ENVIRONMENTS = (
    (
        "default",
        "The model's own",
        "What its files say, else what its run ran in; for a plain script the studio's own Python.",
    ),
    ("named", "One with a name", "Yours, or one that ships."),
    ("packages", "Packages", "A list as pip reads it."),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where instances can run, and why they can't right now."""

    name: str
    label: str
    problem: str


@dataclass(frozen=True, slots=True)
class WizardPage:
    endpoint: Endpoint | None
    deployment: Deployment | None
    places: list[Place]
    environments: list[str]
    sizes: tuple[str, ...]
    steps: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str, str], ...]  # ways to name an environment
    config: dict[str, Any]
    others: list[tuple[str, str]]  # endpoints that are there, with the address that deploys the same to them


def wizard_page(
    request: HttpRequest, workspace: Workspace, endpoint: Endpoint | None, deployments: Sequence[Deployment]
) -> WizardPage:
    asked = request.GET.get("deployment", "")
    present = next((one for one in deployments if one.name == asked), None)
    start = _start(request, workspace)
    return WizardPage(
        endpoint=endpoint,
        deployment=present,
        places=places(),
        environments=_environments(workspace),
        sizes=SIZES,
        steps=STEPS,
        kinds=ENVIRONMENTS,
        others=_others(workspace, start) if start and not endpoint else [],
        config={
            "workspace": workspace.slug,
            "api": f"/api/v1/workspaces/{workspace.slug}/",
            "pages": reverse("endpoint-list", kwargs={"workspace": workspace.slug}),
            "choices": reverse("endpoint-choices", kwargs={"workspace": workspace.slug}),
            "endpoint": endpoint.name if endpoint else "",
            "deployments": [one.name for one in deployments],
            "present": _present(present) if present else None,
            "suggested": asked or suggested([one.name for one in deployments]),
            "traffic": endpoint.traffic if endpoint else {},
            "start": start,
            "reserved": sorted(names.RESERVED),
            "taken": [] if endpoint else list(workspace.endpoints.values_list("name", flat=True)[:MOST_NAMES]),
        },
    )


def suggested(taken: Sequence[str]) -> str:
    """The first of the usual names that is free."""
    known = set(taken)
    return next((name for name in FIRST_NAMES if name not in known), f"deployment-{len(known) + 1}")


def places() -> list[Place]:
    """Every deployer with its state now."""
    found = []
    for plugin in DEPLOYERS.all():
        try:
            deployer = DEPLOYERS.get(plugin.name)()
            found.append(Place(plugin.name, deployer.label, deployer.why_not_ready()))
        except StudioError as error:
            found.append(Place(plugin.name, plugin.name, error.message))
    return found


def choices(workspace: Workspace, words: str) -> dict[str, Any]:
    """Model and image versions whose name has these words, the newest of each first."""
    return {"models": _models(workspace, words), "images": _images(workspace, words)}


def _models(workspace: Workspace, words: str) -> list[dict[str, Any]]:
    rows_ = ModelVersion.objects.filter(model__workspace=workspace, is_archived=False)
    for word in words.split()[:5]:
        name, _, number = word.partition(":")
        rows_ = rows_.filter(model__name__icontains=name)
        if number.isascii() and number.isdigit() and len(number) < 9:
            rows_ = rows_.filter(number=int(number))
    found = rows_.select_related("model").order_by("-created_at", "-pk")[:MOST_CHOICES]
    return [_model(one) for one in found]


def _model(version: ModelVersion) -> dict[str, Any]:
    return {
        "ref": f"{version.model.name}:{version.number}",
        "name": version.model.name,
        "note": _note_of(version),
        "needs_script": not (version.flavors or version.format in ("mlflow", "onnx")),
        "at": version.created_at.isoformat(),
    }


def _note_of(version: ModelVersion) -> str:
    told = ", ".join(version.flavors) if version.flavors else version.get_format_display()
    return f"{told}, stage {version.stage}" if version.stage != ModelVersion.Stage.NONE else told


def _images(workspace: Workspace, words: str) -> list[dict[str, Any]]:
    rows_ = ImageVersion.objects.filter(image__workspace=workspace, state=ImageVersion.State.READY)
    for word in words.split()[:5]:
        rows_ = rows_.filter(image__name__icontains=word.partition(":")[0])
    found = rows_.select_related("image").order_by("-created_at", "-pk")[:MOST_CHOICES]
    return [
        {
            "ref": f"{one.image.name}:{one.number}",
            "name": one.image.name,
            "note": one.get_type_display(),
            "needs_script": False,
            "at": one.created_at.isoformat(),
        }
        for one in found
    ]


def _start(request: HttpRequest, workspace: Workspace) -> dict[str, Any] | None:
    """What the address says is to be deployed: `?model=iris:3` or `?image=iris:2`."""
    for kind in ("model", "image"):
        ref = request.GET.get(kind, "").strip()[:300]
        if ref:
            found = choices(workspace, ref)[f"{kind}s"]
            one = next((each for each in found if each["ref"] == ref), None)
            return {
                "kind": kind,
                "ref": ref,
                **(one or {"name": ref.partition(":")[0], "note": "", "needs_script": False}),
            }
    return None


def _others(workspace: Workspace, start: dict[str, Any]) -> list[tuple[str, str]]:
    """Where the same could go instead of a new endpoint: what runs another version of it first."""
    rows_ = workspace.endpoints.filter(is_deleting=False).order_by("-pk")[:MOST_NAMES]
    serving = set(_serving(workspace, start["name"]))
    found = sorted(rows_, key=lambda one: one.pk not in serving)[:MOST_OTHERS]
    query = urlencode({start["kind"]: start["ref"]})
    return [(one.name, f"{_deploy_url(workspace, one)}?{query}") for one in found]


def _serving(workspace: Workspace, name: str) -> Iterable[int]:
    """The endpoints with a deployment of the model or image of this name."""
    rows_ = Deployment.objects.filter(endpoint__workspace=workspace)
    held = Q(current__model_version__model__name=name) | Q(current__image_version__image__name=name)
    return rows_.filter(held).values_list("endpoint_id", flat=True)


def _deploy_url(workspace: Workspace, endpoint: Endpoint) -> str:
    return reverse("endpoint-deploy", kwargs={"workspace": workspace.slug, "name": endpoint.name})


def _present(deployment: Deployment) -> dict[str, Any]:
    """What the deployment is now: where an update starts from."""
    revision = deployment.current or deployment.wanted
    if revision is None:
        return {"name": deployment.name, "deployer": deployment.deployer}
    spec = Spec.from_json(revision.spec)
    runs = rows.runs_of(revision)
    return {
        "name": deployment.name,
        "deployer": deployment.deployer,
        "instance_count": deployment.instance_count,
        "instance_type": spec.instance_type,
        "request_timeout_ms": spec.request_settings.request_timeout_ms,
        "max_concurrent": spec.request_settings.max_concurrent_requests_per_instance,
        "environment_variables": spec.environment_variables,
        "kind": "image" if revision.image_version_id else "model" if revision.model_version_id else "",
        "ref": runs.text if runs.url else "",
        "scoring_script": revision.scoring_script,
        "code": revision.code.sha256 if revision.code else "",
    }


def _environments(workspace: Workspace) -> list[str]:
    """What can be named as an environment: those of here, then the curated ones."""
    own = EnvironmentAsset.objects.filter(workspace=workspace, is_archived=False).order_by("name")
    shipped = [one.name for one in curated.SHIPPED]
    return [f"{name}@latest" for name in own.values_list("name", flat=True)[:100]] + shipped

"""What one look at a deployment works on, read once at its beginning."""

from dataclasses import dataclass, field
from datetime import datetime

from registry.endpoints.deployers.base import Deployer
from registry.endpoints.models import Deployment, DeploymentRevision, Instance
from registry.endpoints.specs import Spec

_PARTS = ("model_version__model", "image_version__image", "environment", "code")


@dataclass(slots=True)
class Scene:
    """A deployment, its revisions, and their instances that live by the records."""

    deployment: Deployment
    deployer: Deployer
    now: datetime
    alive: list[Instance]
    is_changed: bool = False  # the gateway must hear of it
    seen_dead: set[int] = field(default_factory=set)

    def of(self, revision: DeploymentRevision | None) -> list[Instance]:
        """The living instances of a revision that are in their slots, not on their way out."""
        if revision is None:
            return []
        draining = Instance.State.DRAINING
        return [each for each in self.alive if each.revision_id == revision.pk and each.state != draining]


def read(deployment_id: int) -> Deployment | None:
    """The deployment as it is now."""
    rows = Deployment.objects.select_related(
        "endpoint__workspace", *(f"{which}__{part}" for which in ("current", "wanted") for part in _PARTS)
    )
    found = rows.filter(pk=deployment_id).first()
    if found is not None:
        for revision in (found.current, found.wanted):
            if revision is not None:
                revision.deployment = found
    return found


def alive_of(deployment: Deployment) -> list[Instance]:
    rows = Instance.objects.filter(revision__deployment=deployment, state__in=Instance.ALIVE)
    rows = rows.select_related("revision__model_version__model", "revision__image_version", "revision__environment")
    found = list(rows.order_by("revision_id", "slot", "attempt"))
    for instance in found:
        instance.revision.deployment = deployment
    return found


def spec_of(instance: Instance) -> Spec:
    return Spec.from_json(instance.revision.spec)

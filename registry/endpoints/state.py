"""The legal moves of deployments, revisions and instances; each is one conditional update, so of two at once one wins."""

import os
import secrets
import threading
from datetime import timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from registry.endpoints.models import Deployment, DeploymentRevision, Endpoint, Instance
from studio.errors import Conflict

D, R, N = Deployment.State, DeploymentRevision.State, Instance.State
_AT_WORK = frozenset({D.UPDATING, D.SCALING, D.SUCCEEDED, D.FAILED, D.DELETING})
DEPLOYMENT: dict[str, frozenset[str]] = {
    D.CREATING: _AT_WORK | {D.CREATING},
    D.UPDATING: _AT_WORK,
    D.SCALING: _AT_WORK,
    D.SUCCEEDED: _AT_WORK,
    D.FAILED: _AT_WORK | {D.CREATING},  # one that never answered is made again
    D.DELETING: frozenset(),
}
REVISION: dict[str, frozenset[str]] = {
    R.PENDING: frozenset({R.PREPARING, R.FAILED, R.RETIRED}),
    R.PREPARING: frozenset({R.ROLLING, R.FAILED, R.RETIRED}),
    R.ROLLING: frozenset({R.LIVE, R.FAILED, R.RETIRED}),
    R.LIVE: frozenset({R.RETIRED}),
    R.RETIRED: frozenset(),
    R.FAILED: frozenset(),
}
INSTANCE: dict[str, frozenset[str]] = {
    N.STARTING: frozenset({N.READY, N.DRAINING, N.STOPPED, N.FAILED}),
    N.READY: frozenset({N.UNREADY, N.DRAINING, N.STOPPED, N.FAILED}),
    N.UNREADY: frozenset({N.READY, N.DRAINING, N.STOPPED, N.FAILED}),
    N.DRAINING: frozenset({N.STOPPED, N.FAILED}),
    N.STOPPED: frozenset(),
    N.FAILED: frozenset(),
}
LEASE = timedelta(seconds=30)
# Of this process: who holds a lease can say that it is still them. With thread and process, as workers fork.
_PROCESS = secrets.token_hex(6)


def move_deployment(deployment: Deployment, *, to: str | None = None, **facts: Any) -> Deployment:
    """The deployment in another state, or with other facts in the one it is in. Raises Conflict when it is being deleted."""
    allowed = [state for state, targets in DEPLOYMENT.items() if to in targets or (to is None and targets)]
    changes = facts if to is None else {"state": to, **facts}
    rows = Deployment.objects.filter(pk=deployment.pk, state__in=allowed)
    if not rows.update(updated_at=timezone.now(), **changes):
        raise Conflict("deployment_deleting", f"The deployment {deployment.name} is being deleted.")
    deployment.refresh_from_db(fields=["state", *facts])
    return deployment


def move_revision(revision: DeploymentRevision, *, to: str, **facts: Any) -> bool:
    """Move the revision on; False when somebody moved it meanwhile."""
    allowed = [state for state, targets in REVISION.items() if to in targets]
    rows = DeploymentRevision.objects.filter(pk=revision.pk, state__in=allowed)
    moved = rows.update(state=to, moved_at=timezone.now(), **facts)
    if moved:
        revision.state = to
        for name, value in facts.items():
            setattr(revision, name, value)
    return bool(moved)


def move_instance(instance: Instance, *, to: str, **facts: Any) -> bool:
    """Move the instance on; False when it has moved on meanwhile."""
    allowed = [state for state, targets in INSTANCE.items() if to in targets]
    if to in (N.STOPPED, N.FAILED):
        facts.setdefault("ended_at", timezone.now())
    moved = Instance.objects.filter(pk=instance.pk, state__in=allowed).update(state=to, **facts)
    if moved:
        instance.state = to
        for name, value in facts.items():
            setattr(instance, name, value)
    return bool(moved)


def claim(deployment_id: int) -> bool:
    """Take the deployment's lease; False while another ticker holds it."""
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    rows = Deployment.objects.filter(free, pk=deployment_id)
    return bool(rows.update(lease_until=now + LEASE, lease_holder=_holder()))


def keep(deployment_id: int) -> bool:
    """Say that the work goes on; False when the lease was lost meanwhile."""
    rows = Deployment.objects.filter(pk=deployment_id, lease_holder=_holder())
    return bool(rows.update(lease_until=timezone.now() + LEASE))


def release(deployment_id: int) -> None:
    Deployment.objects.filter(pk=deployment_id, lease_holder=_holder()).update(lease_until=None, lease_holder="")


def changed(endpoint_id: int, **facts: Any) -> None:
    """Another generation of the endpoint: the gateway has to know."""
    rows = Endpoint.objects.filter(pk=endpoint_id)
    rows.update(generation=F("generation") + 1, updated_at=timezone.now(), **facts)


def _holder() -> str:
    return f"{_PROCESS}.{os.getpid()}.{threading.get_ident() % 10**9}"

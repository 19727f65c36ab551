"""The worker's look at the places where jobs run: are they there, and what did ended jobs leave in them."""

import json
import logging
from collections.abc import Callable
from typing import Any

from compute.backends.base import BackendUnavailable, ComputeBackend
from compute.backends.registry import backend_of
from compute.engines import presence
from compute.jobs.models import LIVE_STATES, Job
from compute.targets.models import ComputeTarget
from studio.live import topics
from studio.live.publish import publish

logger = logging.getLogger(__name__)


def look() -> None:
    """Ask this machine's engine, and the place of every target, each once."""
    presence.look()
    for target in _places():
        _guarded(target, lambda backend, settings: backend.look(settings))


def look_at(target_id: int) -> None:
    """Ask the place of one target, and tell its pages."""
    target = ComputeTarget.objects.filter(pk=target_id).select_related("workspace").first()
    if target is None:
        return
    _guarded(target, lambda backend, settings: backend.look(settings))
    if target.workspace is not None:
        publish(topics.workspace(target.workspace.slug), "compute")


def tidy() -> None:
    """Remove what attempts that no longer count have left in places that keep something."""
    for target in _places():
        live = Job.objects.filter(target__kind=target.kind, state__in=LIVE_STATES).values_list("pk", "attempt")
        kept = frozenset(live)
        _guarded(target, lambda backend, settings, kept=kept: backend.tidy(settings, kept))  # type: ignore[misc]


def _places() -> list[ComputeTarget]:
    """One target for each kind and settings."""
    found = {}
    for target in ComputeTarget.objects.order_by("pk"):
        found[target.kind, json.dumps(target.settings, sort_keys=True)] = target
    return list(found.values())


def _guarded(target: ComputeTarget, step: Callable[[ComputeBackend, dict[str, Any]], None]) -> None:
    """One place's trouble must not keep the others from being looked at."""
    try:
        step(backend_of(target.kind), target.settings)
    except BackendUnavailable as error:
        logger.info("the place of %s was not looked at: %s", target.name, error)
    except Exception:  # a plug-in's backend may raise anything: the trace is kept, the others go on
        logger.exception("the place of %s could not be looked at", target.name)

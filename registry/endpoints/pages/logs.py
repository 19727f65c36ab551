"""The last lines that a deployment's instances printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from registry.endpoints import logs
from registry.endpoints.models import Deployment, Endpoint, Instance


@dataclass(frozen=True, slots=True)
class LogsPage:
    chosen: Deployment | None
    names: list[tuple[str, str]]  # each deployment with the address of its log
    url: str  # where the lines come from


def logs_page(endpoint: Endpoint, deployments: Sequence[Deployment], asked: str) -> LogsPage:
    """The log of the deployment that is asked for, else of the one with most of the traffic."""
    if not deployments:
        return LogsPage(None, [], "")
    named = next((one for one in deployments if one.name == asked), None)
    chosen = named or max(deployments, key=lambda one: endpoint.traffic.get(one.name, 0))
    page = reverse("endpoint-logs", kwargs={"workspace": endpoint.workspace.slug, "name": endpoint.name})
    url = reverse(
        "deployment-log",
        kwargs={"workspace": endpoint.workspace.slug, "name": endpoint.name, "deployment": chosen.name},
    )
    return LogsPage(chosen, [(one.name, f"{page}?deployment={one.name}") for one in deployments], url)


def tails(deployment: Deployment, *, lines: str, instance: str) -> dict[str, Any]:
    """`{"instances": [{"id", "label", "state", "text"}]}`: the living ones, else the one that ended last."""
    count = int(lines) if lines.isascii() and lines.isdigit() and 0 < len(lines) < 7 else logs.LINES
    rows = logs.chosen(deployment, instance) or logs.chosen(deployment)
    return {"instances": [_tail(deployment, one, count) for one in rows]}


def _tail(deployment: Deployment, instance: Instance, count: int) -> dict[str, Any]:
    label = f"r{instance.revision.number}, instance {instance.slot}"
    if instance.attempt > 1:
        label += f", start {instance.attempt}"
    text = logs.tail(deployment, instance, max(1, count))
    return {"id": str(instance.pk), "label": label, "state": instance.state, "text": text}

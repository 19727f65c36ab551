"""A deployment's own page: what it runs, its instances, its revisions, how it is asked and scaled, what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from registry.endpoints import queries, scaling
from registry.endpoints.models import Deployment, DeploymentEvent, DeploymentRevision, Endpoint, Instance
from registry.endpoints.pages import rows, shares
from registry.endpoints.specs import Spec
from studio.web import formats

EVENTS = 50
REVISIONS = 50


@dataclass(frozen=True, slots=True)
class RevisionRow:
    revision: DeploymentRevision
    runs: rows.Runs
    is_current: bool
    can_return: bool  # whether it can be rolled back to


@dataclass(frozen=True, slots=True)
class DeploymentPage:
    row: rows.DeploymentRow
    instances: list[Instance]
    revisions: list[RevisionRow]
    settings: list[tuple[str, str]]
    variables: list[str]  # names alone: values may be secrets
    rule: scaling.Rule
    events: list[DeploymentEvent]


def deployment_page(endpoint: Endpoint, deployments: Sequence[Deployment], deployment: Deployment) -> DeploymentPage:
    share = next(one for one in shares.shares(endpoint, deployments) if one.name == deployment.name)
    shown = deployment.current or deployment.wanted
    spec = Spec.from_json(shown.spec) if shown else Spec()
    return DeploymentPage(
        row=rows.row_of(deployment, share),
        instances=queries.instances_of(deployment),
        revisions=[_revision(deployment, one) for one in queries.revisions_of(deployment)[:REVISIONS]],
        settings=_settings(deployment, spec),
        variables=sorted(spec.environment_variables),
        rule=scaling.Rule.from_json(deployment.scale),
        events=list(queries.events_of(deployment)[:EVENTS]),
    )


def scale_initial(deployment: Deployment) -> dict[str, Any]:
    """The form of the numbers as they are."""
    rule = scaling.Rule.from_json(deployment.scale)
    return {
        "kind": rule.type,
        "instance_count": deployment.instance_count or 1,
        "target": rule.target,
        "min_instances": rule.min,
        "max_instances": max(rule.max, deployment.instance_count),
        "idle_seconds": rule.idle_seconds,
    }


def _revision(deployment: Deployment, revision: DeploymentRevision) -> RevisionRow:
    is_current = revision.pk == deployment.current_id
    can_return = revision.live_at is not None and not is_current
    return RevisionRow(revision, rows.runs_of(revision), is_current, can_return)


def _settings(deployment: Deployment, spec: Spec) -> list[tuple[str, str]]:
    """How it is run and asked, in words."""
    asked, limits = spec.request_settings, spec.resources
    found = [
        ("Runs as", "a container" if deployment.deployer == "docker" else "a process of this machine"),
        ("Machine size", spec.instance_type),
        ("CPUs", f"{limits.cpu:g}" if limits.cpu else ""),
        ("Memory", formats.binary_size(limits.memory) if limits.memory else ""),
        ("GPUs", str(limits.gpu) if limits.gpu else ""),
        ("Time for a request", f"{asked.request_timeout_ms:,} ms"),
        ("At one time, each", str(asked.max_concurrent_requests_per_instance)),
        ("Wait in the queue", f"{asked.max_queue_wait_ms:,} ms"),
        ("Readiness", _probe(spec.readiness_probe)),
        ("Liveness", _probe(spec.liveness_probe)),
    ]
    return [(label, value) for label, value in found if value]


def _probe(probe: Any) -> str:
    return f"every {probe.period} s, {probe.failure_threshold} failures in a row"

"""Endpoints, deployments and what belongs to them as JSON."""

from dataclasses import asdict
from typing import Any

from registry.endpoints import addresses, queries
from registry.endpoints.models import Deployment, DeploymentEvent, DeploymentRevision, Endpoint, Instance
from registry.endpoints.specs import Spec
from registry.endpoints.telemetry import Point


def endpoint(row: Endpoint) -> dict[str, Any]:
    deployments = list(row.deployments.all())
    return {
        "id": row.pk,
        "name": row.name,
        "description": row.description,
        "tags": row.tags,
        "properties": row.properties,
        "auth_mode": row.auth_mode,
        "state": queries.state_of(row, deployments),
        **traffic(row),
        "deployments": sorted(each.name for each in deployments),
        "scoring_uri": addresses.scoring_uri(row),
        "openapi_uri": addresses.openapi_uri(row),
        "url": row.get_absolute_url(),
        "created_by": str(row.created_by or ""),
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def traffic(row: Endpoint) -> dict[str, Any]:
    return {"traffic": row.traffic, "mirror_traffic": row.mirror_traffic, "previous_traffic": row.previous_traffic}


def deployment(row: Deployment, ready: int) -> dict[str, Any]:
    """A deployment; `ready` of its instances are in rotation."""
    return {
        "id": row.pk,
        "name": row.name,
        "endpoint_name": row.endpoint.name,
        "state": row.state,
        "problem": row.problem,
        "deployer": row.deployer,
        "instance_count": row.instance_count,
        "ready_instances": ready,
        "scale_settings": row.scale or {"type": "default"},
        "data_collector": row.collector,
        "traffic": row.endpoint.traffic.get(row.name, 0),
        "description": row.description,
        "tags": row.tags,
        "properties": row.properties,
        "current": revision(row.current) if row.current else None,
        "wanted": revision(row.wanted) if row.wanted else None,
        "url": row.get_absolute_url(),
        "created_by": str(row.created_by or ""),
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def revision(row: DeploymentRevision) -> dict[str, Any]:
    model, image, environment = row.model_version, row.image_version, row.environment
    spec = Spec.from_json(row.spec).to_json()
    return {
        "number": row.number,
        "state": row.state,
        "problem": row.problem,
        "model": f"{model.model.name}:{model.number}" if model else None,
        "image": f"{image.image.name}:{image.number}" if image else None,
        "environment": environment.digest if environment else None,
        "scoring_script": row.scoring_script,
        "code": row.code.sha256 if row.code else None,
        **spec,
        "created_by": str(row.created_by or ""),
        "created_at": row.created_at,
        "live_at": row.live_at,
    }


def instance(row: Instance) -> dict[str, Any]:
    return {
        "id": row.pk,
        "revision": row.revision.number,
        "slot": row.slot,
        "attempt": row.attempt,
        "state": row.state,
        "address": row.address,
        "problem": row.problem,
        "started_at": row.started_at,
        "ready_at": row.ready_at,
        "ended_at": row.ended_at,
    }


def event(row: DeploymentEvent) -> dict[str, Any]:
    return {"id": row.pk, "kind": row.kind, "detail": row.detail, "actor": str(row.actor or ""), "at": row.at}


def points(name: str, found: list[Point]) -> dict[str, Any]:
    return {"deployment": name, "points": [asdict(each) for each in found]}

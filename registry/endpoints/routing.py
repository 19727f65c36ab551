"""The gateway's table: made of the rows, written to Redis, told on its channel. The database is the truth."""

import hashlib
import json
import logging
from typing import Any

import redis
from django.utils.crypto import salted_hmac

from registry.endpoints import collecting, keys, specs
from registry.endpoints.models import Deployment, Endpoint, Instance
from studio.health import pulse

logger = logging.getLogger(__name__)
TABLE = "atelier:gateway:table"


def publish(*, only_if_missing: bool = False) -> bool:
    """Write the table as it is now and tell the gateways. `only_if_missing`: when Redis has another one, or none.

    False while Redis is away: gateways go on with what they have, and the next tick writes again.
    """
    said = table()
    raw = json.dumps(said, separators=(",", ":"))
    server = pulse.client()
    try:
        if only_if_missing and _stamp_of(server.get(TABLE)) == said["stamp"]:
            return True
        server.set(TABLE, raw)
        server.publish(TABLE, said["stamp"])
    except (redis.RedisError, OSError) as error:
        logger.warning("the gateway's table was not written: %s", error)
        return False
    return True


def table() -> dict[str, Any]:
    """`{"stamp", "endpoints"}`. Equal tables have equal stamps."""
    endpoints = {name: said for name, said in _endpoints()}
    stamp = hashlib.sha256(json.dumps(endpoints, sort_keys=True).encode()).hexdigest()[:24]
    return {"stamp": stamp, "endpoints": endpoints}


def studio_key(endpoint: Endpoint) -> str:
    """The key with which the studio itself calls an endpoint: for its test page and its REST. Nobody is shown it."""
    return "aes_" + salted_hmac("registry.endpoints.studio", str(endpoint.pk), algorithm="sha256").hexdigest()


def _endpoints() -> list[tuple[str, dict[str, Any]]]:
    rows = Endpoint.objects.filter(is_deleting=False).select_related("workspace").order_by("workspace__slug", "name")
    deployments: dict[int, list[Deployment]] = {}
    asked = Deployment.objects.exclude(state=Deployment.State.DELETING).select_related("current__environment")
    for deployment in asked.order_by("name"):
        deployments.setdefault(deployment.endpoint_id, []).append(deployment)
    ready: dict[int, list[dict[str, Any]]] = {}
    for pk, address, revision, ref in (
        Instance.objects.filter(state=Instance.State.READY)
        .exclude(address="")
        .order_by("revision", "slot")
        .values_list("pk", "address", "revision_id", "ref")
    ):
        near = {"socket": ref["socket"]} if ref and ref.get("socket") else {}
        ready.setdefault(revision, []).append({"id": pk, "address": address, **near})
    return [(f"{row.workspace.slug}/{row.name}", _endpoint(row, deployments.get(row.pk, []), ready)) for row in rows]


def _endpoint(row: Endpoint, deployments: list[Deployment], ready: dict[int, list[dict[str, Any]]]) -> dict[str, Any]:
    # Keys open an endpoint that asks for tokens no more; the studio's own opens both.
    own = [keys.hash_of(studio_key(row))]
    is_by_key = row.auth_mode == Endpoint.AuthMode.KEY
    given = [each for each in (row.primary_hash, row.secondary_hash) if each] if is_by_key else []
    return {
        "id": row.pk,
        "auth_mode": row.auth_mode,
        "keys": own + given,
        "token_secret": "" if is_by_key else keys.token_secret(row),
        "traffic": row.traffic,
        "mirror": row.mirror_traffic,
        "deployments": {each.name: _deployment(each, ready) for each in deployments},
    }


def _deployment(row: Deployment, ready: dict[int, list[dict[str, Any]]]) -> dict[str, Any]:
    settings = specs.Spec.from_json(row.current.spec if row.current else {}).request_settings
    return {
        "id": row.pk,
        "instances": ready.get(row.current_id, []) if row.current_id else [],
        "wanted": row.instance_count,
        "request_settings": {
            "request_timeout_ms": settings.request_timeout_ms,
            "max_queue_wait_ms": settings.max_queue_wait_ms,
        },
        "max_concurrent": settings.max_concurrent_requests_per_instance,
        "routes": _routes(row),
        "collector": collecting.sampled(row.collector),
    }


def _routes(row: Deployment) -> list[str]:
    """The path on which a container of the user's own takes requests."""
    environment = row.current.environment if row.current else None
    said = (environment.definition if environment else {}).get("inference_config") or {}
    path = (said.get("scoring_route") or {}).get("path", "")
    return [path] if path and path.isascii() else []


def _stamp_of(raw: Any) -> str:
    try:
        return str(json.loads(raw)["stamp"])
    except (TypeError, ValueError, KeyError):
        return ""

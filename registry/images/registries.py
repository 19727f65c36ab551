"""Where images go: the studio's own registry, one that a connection names, or the engine's own store when there is neither."""

import json
import logging

import httpx

from compute.building import own_registry
from compute.jobs.models import Job
from registry.images import names
from studio.errors import Conflict
from studio.lineage.things import Thing
from studio.secrets import vault
from studio.secrets.models import Connection

logger = logging.getLogger(__name__)
TIMEOUT = 10.0


def host_for(connection: Connection | None) -> str:
    """What references begin with; empty: the image stays in the engine's own store."""
    if connection is not None:
        return names.registry_of(connection.target)
    return own_registry.state().address


def problem() -> str:
    """Why the studio has no registry of its own; empty when it has one."""
    found = own_registry.state()
    return "" if found.is_there else found.problem


def credentials(connection: Connection, job: Job) -> dict[str, str] | None:
    """What opens the registry of a connection, for the program of this build alone; the use is recorded."""
    if connection.secret is None or connection.credentials == "none":
        return None
    values = json.loads(vault.reveal(connection.secret, user=Thing("job", str(job.pk))))
    name = values.get("username") or values.get("client_id") or "token"
    secret = next((values[key] for key in ("password", "key", "pat", "token", "client_secret") if values.get(key)), "")
    if not secret:
        raise Conflict(
            "bad_registry",
            f"The credential of the connection {connection.name} opens no registry: it needs a user name and a password.",
        )
    return {"username": str(name), "password": str(secret)}


def remove(reference: str, digest: str) -> bool:
    """Take an image out of the studio's own registry; False when the registry did not answer. What is elsewhere stays."""
    opened = own_registry.credentials_for(reference)
    if opened is None or not digest:
        return True
    host, _, rest = reference.partition("/")
    repository = rest.rpartition(":")[0]
    try:
        answer = httpx.delete(
            f"http://{host}/v2/{repository}/manifests/{digest}",
            auth=(opened["username"], opened["password"]),
            timeout=TIMEOUT,
        )
    except httpx.HTTPError as error:
        logger.warning("%s was not removed from the registry: %s", reference, error)
        return False
    if answer.status_code not in (202, 404):
        logger.warning("the registry answered %s to the removal of %s", answer.status_code, reference)
    return answer.status_code in (202, 404)

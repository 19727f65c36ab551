"""What really happens to stored images, in a worker."""

import logging

from compute.engines import opening
from registry.images import registries

logger = logging.getLogger(__name__)


def remove(reference: str, digest: str) -> bool:
    """Take an image out of the studio's registry and of this machine's engine. False: try again later."""
    is_gone = registries.remove(reference, digest)
    return _remove_from_engine(reference) and is_gone


def _remove_from_engine(reference: str) -> bool:
    import docker.errors

    try:
        client = opening.client("")
    except opening.EngineAway:
        return False
    try:
        client.images.remove(reference)
    except docker.errors.ImageNotFound:
        return True
    except docker.errors.APIError as error:
        # A container still runs it: the engine keeps what it needs, and the tag with it.
        logger.info("%s stays in the engine: %s", reference, error.explanation)
    return True

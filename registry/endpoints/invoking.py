"""A request to an endpoint by the studio itself: through the gateway, as every other one."""

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from registry.endpoints import routing
from registry.endpoints.models import Endpoint
from studio.errors import Invalid, Unavailable

# Beyond the longest an endpoint may hold a request: its time limit, and as long again until an instance is there.
SECONDS = 240.0
MAX_ANSWER = 64 * 2**20
PLAIN = frozenset({"content-type", "accept", "x-request-id", "azureml-model-deployment", "accept-language"})


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]  # names in small letters
    body: bytes
    ms: float


def invoke(
    endpoint: Endpoint,
    body: bytes,
    headers: Mapping[str, str],
    *,
    deployment: str = "",
    path: str = "/score",
    method: str = "POST",
) -> Answer:
    """The endpoint's answer, whatever its status. Raises Unavailable when the gateway does not answer."""
    sent = {name: value for name, value in headers.items() if name.lower() in PLAIN}
    sent["authorization"] = f"Bearer {routing.studio_key(endpoint)}"
    if deployment:
        sent["azureml-model-deployment"] = deployment
    if any(not value.isascii() or not value.isprintable() for value in [*sent.values(), path]):
        raise Invalid("bad_header", "A header of the request holds what no header can.")
    parts = urlsplit(settings.GATEWAY_ADDRESS)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "127.0.0.1", parts.port, timeout=SECONDS)
    began = time.perf_counter()
    try:
        connection.request(method, f"/e/{endpoint.workspace.slug}/{endpoint.name}{path}", body, sent)
        response = connection.getresponse()
        found = response.read(MAX_ANSWER + 1)
    except (OSError, http.client.HTTPException) as error:
        raise Unavailable(
            "gateway_away", "The gateway in front of the endpoints does not answer.", hint="Try again.", retry_after=2
        ) from error
    finally:
        connection.close()
    if len(found) > MAX_ANSWER:
        raise Unavailable("answer_too_large", f"The answer is larger than {MAX_ANSWER // 2**20} MiB.", retry_after=60)
    said = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, said, found, (time.perf_counter() - began) * 1000)

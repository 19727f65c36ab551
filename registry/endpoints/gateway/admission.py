"""Who may come in: address, method, key or token, and which deployment is asked."""

import hashlib
import hmac
import re
import time

from registry.endpoints import tokens
from registry.endpoints.gateway.heads import Refused, Request
from registry.endpoints.gateway.instances import Deployment
from registry.endpoints.gateway.table import Endpoint, Table

# What of a deployment is for callers: scoring, and what describes it. Its probes and metrics are the studio's.
PATHS = frozenset({b"/score", b"/invocations", b"/ping", b"/version", b"/openapi.json", b"/swagger.json", b"/v2"})
OWN = (b"/healthz", b"/metrics")  # the gateway's
METHODS = (b"GET", b"HEAD", b"POST", b"OPTIONS")
ALLOW = b"allow: GET, HEAD, POST, OPTIONS\r\n"
_TARGET = re.compile(
    rb"/e/([A-Za-z0-9._-]{1,100}/[A-Za-z0-9-]{1,100})((?:/[A-Za-z0-9._~!$&'()*+,;=:@%-]*)*)(?:\?[!-~]*)?"
)
_TRAVERSAL = re.compile(rb"//|/\.\.?(?:/|$)|%(?:2e|2f|5c|00|25)|%(?![0-9a-f]{2})", re.IGNORECASE)
CHALLENGE = b'www-authenticate: Bearer realm="endpoint"\r\n'


def place(head: Request) -> None:
    """Read which endpoint the address names and the path below it. Raises Refused."""
    if head.place:
        return
    if head.target[:1] != b"/":
        raise Refused(400, "bad_target", "The address of a request to the gateway begins with a slash.")
    if head.target in OWN and head.method in METHODS:
        return
    found = _TARGET.fullmatch(head.target)
    if found is None:
        if not head.target.startswith(b"/e/"):
            raise _not_here()
        raise Refused(400, "bad_path", "The path holds what no address of an endpoint has.")
    if _TRAVERSAL.search(found[2]):
        raise Refused(400, "bad_path", "The path holds what no address of an endpoint has.")
    if head.method not in METHODS:
        raise Refused(405, "method_not_allowed", "An endpoint takes GET, HEAD and POST.", headers=ALLOW)
    head.path = found[2]
    head.place = found[1]


def admit(table: Table, head: Request) -> tuple[Endpoint, Deployment]:
    """The endpoint and the deployment whose turn it is. Raises Refused: 401, 404, 503."""
    endpoint = table.endpoints.get(head.place)
    if endpoint is None:
        raise _not_here()
    if head.opens is not endpoint:  # each table makes its endpoints anew, so a key that was replaced is judged again
        _judge(table, endpoint, head)
    if head.deployment:
        deployment = endpoint.deployments.get(head.deployment)
        if deployment is None:
            name = head.deployment[:40].decode("latin-1")
            raise Refused(404, "unknown_deployment", f"This endpoint has no deployment {name!r}.")
    else:
        deployment = endpoint.choose()
        if deployment is None:
            raise Refused(
                503,
                "no_traffic",
                "No deployment of this endpoint gets traffic.",
                hint="Set its traffic, or name a deployment with the header azureml-model-deployment.",
                headers=b"retry-after: 10\r\n",
            )
    if head.path not in PATHS and head.path[:4] != b"/v2/" and head.path not in deployment.routes:
        raise Refused(
            404,
            "path_not_served",
            "This path of the deployment is not for callers.",
            hint="Send requests to /score, /invocations or /v2/…",
        )
    return endpoint, deployment


def _judge(table: Table, endpoint: Endpoint, head: Request) -> None:
    """Raise Refused unless what the request shows opens the endpoint."""
    given = head.authorization
    if not given:
        raise _closed("key_missing", "The request has no key.", hint="Send Authorization: Bearer KEY.")
    scheme, _, key = given.partition(b" ")
    key = key.strip()
    if scheme.lower() != b"bearer" or not key:
        raise _closed("bad_authorization", "The Authorization header is not Bearer KEY.")
    digest = hashlib.sha256(key).digest()
    opens = False
    for known in endpoint.keys:
        opens |= hmac.compare_digest(digest, known)
    if opens:
        head.opens = endpoint
        return
    word = key.decode("latin-1")
    if word.startswith(tokens.BEGINNING):
        _judge_token(table, endpoint, word)
        return
    owner = table.keys.get(digest)
    if owner is not None and owner.workspace != endpoint.workspace:
        raise _not_here()  # who is of another workspace learns nothing of this one
    raise _closed("wrong_key", "This key does not open the endpoint, or was replaced.", hint="Ask for the present key.")


def _judge_token(table: Table, endpoint: Endpoint, token: str) -> None:
    now = time.time()
    if endpoint.auth_mode == "aml_token" and _is_of(endpoint, token, now):
        return
    others = (each for each in table.endpoints.values() if each.workspace != endpoint.workspace)
    if any(_is_of(other, token, now) for other in others):
        raise _not_here()
    raise _closed("wrong_token", "This token does not open the endpoint, or its time is over.", hint="Ask for another.")


def _is_of(endpoint: Endpoint, token: str, now: float) -> bool:
    secret = endpoint.token_secret
    return bool(secret) and tokens.is_valid(token, endpoint_id=endpoint.id, secret=secret, now=now)


def _closed(code: str, message: str, *, hint: str = "") -> Refused:
    return Refused(401, code, message, hint=hint, headers=CHALLENGE)


def _not_here() -> Refused:
    return Refused(404, "not_found", "There is no such endpoint here, or it is not yours to call.")

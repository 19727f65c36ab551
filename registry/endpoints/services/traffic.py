"""Who gets which share of the requests. Every change is one statement; what was before is kept for rolling back."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from registry.endpoints import names, queries, state
from registry.endpoints.models import Deployment, Endpoint
from registry.endpoints.services import endpoints, telling, waking
from studio.accounts.models import User
from studio.errors import Conflict, Invalid

MOST_MIRRORED = 50


def set_traffic(
    *, actor: User | None, endpoint: Endpoint, traffic: Mapping[str, Any], mirror: Mapping[str, Any] | None = None
) -> Endpoint:
    """The endpoint with these shares: they sum to 100, or there are none. `mirror` None leaves mirroring as it is.

    Raises Invalid for shares that do not fit, Conflict `deployment_not_ready` for a deployment that can't answer yet.
    """
    endpoints.refuse_deleting(endpoint)
    with transaction.atomic():
        endpoint.refresh_from_db()
        known = {each.name: each for each in Deployment.objects.filter(endpoint=endpoint)}
        shares = _shares(traffic, known)
        mirrored = _mirrored(
            endpoint.mirror_traffic if mirror is None else mirror, known, shares, is_asked=mirror is not None
        )
        if shares == endpoint.traffic and mirrored == endpoint.mirror_traffic:
            return endpoint
        before = endpoint.traffic if shares != endpoint.traffic else endpoint.previous_traffic
        state.changed(endpoint.pk, traffic=shares, mirror_traffic=mirrored, previous_traffic=before)
        endpoint.refresh_from_db()
        telling.note_endpoint(actor=actor, endpoint=endpoint, verb="traffic_set", detail=in_words(shares, mirrored))
        waking.table(endpoint)
    return endpoint


def roll_back(*, actor: User | None, endpoint: Endpoint) -> Endpoint:
    """The shares as they were before the last change. Raises Conflict when there is nothing to go back to."""
    before = endpoint.previous_traffic
    if not before:
        raise Conflict(
            "nothing_to_roll_back", f"The traffic of {endpoint.name} has not been changed yet.",
            hint="Set the shares instead.",
        )  # fmt: skip
    gone = [name for name in before if not Deployment.objects.filter(endpoint=endpoint, name=name).exists()]
    if gone:
        raise Conflict(
            "nothing_to_roll_back",
            f"The traffic went to the deployment {gone[0]} before, which is gone.",
            hint="Set the shares instead.",
        )
    return set_traffic(actor=actor, endpoint=endpoint, traffic=before)


def in_words(shares: Mapping[str, int], mirrored: Mapping[str, int]) -> str:
    """The shares for people: `blue 90 %, green 10 %; 5 % mirrored to red`."""
    told = ", ".join(f"{name} {share} %" for name, share in shares.items()) or "No deployment gets any traffic"
    for name, share in mirrored.items():
        told += f"; {share} % mirrored to {name}"
    return f"{told}."


def _shares(given: Any, known: Mapping[str, Deployment]) -> dict[str, int]:
    shares = {name: share for name, share in _percentages(given, known, "traffic", 100).items() if share}
    total = sum(shares.values())
    if shares and total != 100:
        raise names.bad("traffic", f"The shares sum to {total}, not to 100.", hint='Such as {"blue": 90, "green": 10}.')
    for name in shares:
        _require_ready(known[name])
    return shares


def _mirrored(
    given: Any, known: Mapping[str, Deployment], shares: Mapping[str, int], *, is_asked: bool
) -> dict[str, int]:
    if not is_asked:
        # A deployment that now answers for real is not asked in secret as well.
        return {name: share for name, share in given.items() if name in known and name not in shares}
    found = {
        name: share for name, share in _percentages(given, known, "mirror_traffic", MOST_MIRRORED).items() if share
    }
    if len(found) > 1:
        raise names.bad("mirror_traffic", "Requests are mirrored to one deployment only.")
    for name in found:
        if name in shares:
            raise names.bad("mirror_traffic", f"The deployment {name} gets traffic; it can't be mirrored to as well.")
        _require_ready(known[name])
    return found


def _percentages(given: Any, known: Mapping[str, Deployment], field: str, most: int) -> dict[str, int]:
    if not isinstance(given, Mapping) or len(given) > 100:
        raise names.bad(field, f"{field} is a mapping of deployments to whole percentages.")
    for name, share in given.items():
        if name not in known:
            shown = str(name)[:60]
            raise names.bad(
                field,
                f"The endpoint has no deployment {shown!r}.",
                hint=f"Its deployments: {', '.join(sorted(known)) or 'none yet'}.",
            )
        if isinstance(share, bool) or not isinstance(share, int) or not 0 <= share <= most:
            raise names.bad(field, f"The share of {name} is a whole percentage from 0 to {most}.")
    return dict(given)


def _require_ready(deployment: Deployment) -> None:
    if not queries.can_serve(deployment):
        raise Conflict(
            "deployment_not_ready",
            f"The deployment {deployment.name} can't answer yet: it is {deployment.state}.",
            hint="Wait until it is Succeeded, or read its log.",
        )


def read(given: str) -> dict[str, int]:
    """Shares as a command writes them: `blue=90 green=10`. Raises Invalid."""
    found = {}
    for part in given.replace(",", " ").split():
        name, _, share = part.partition("=")
        if not share.isascii() or not share.isdigit() or len(share) > 3:
            raise Invalid("bad_endpoint_value", f"{part[:60]!r} is no share.", hint='Such as "blue=90 green=10".')
        found[name] = int(share)
    return found

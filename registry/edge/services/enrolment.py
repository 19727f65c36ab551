"""How a device comes to be known: a code a person gives it, exchanged once for a token of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from registry.edge import guessing, queries, reading, tokens
from registry.edge.models import EdgeDevice
from registry.edge.names import bad
from registry.edge.services import telling
from studio.accounts.models import User
from studio.errors import Conflict, Invalid, NotFound

CODE_HOURS = 24
MOST_HOURS = 30 * 24


@dataclass(frozen=True, slots=True)
class Code:
    """A code as it is given once."""

    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A device and the token it has from now on, given once."""

    device: EdgeDevice
    token: str


def new_code(*, actor: User | None, device: EdgeDevice, hours: int = CODE_HOURS) -> Code:
    """Another code; the one before opens nothing any more. The device's token stays until the new code is used."""
    if not 1 <= hours <= MOST_HOURS:
        raise bad("hours", f"A code is for 1 to {MOST_HOURS} hours.")
    with transaction.atomic():
        code = issue(device, hours=hours)
        telling.event(device, "CodeIssued", f"Good for {hours} hour{'' if hours == 1 else 's'}.", actor=actor)
        telling.note(actor=actor, device=device, verb="code_issued")
    return code


def issue(device: EdgeDevice, *, hours: int = CODE_HOURS) -> Code:
    """Give the device a code, in the transaction of the caller."""
    code, expires = tokens.new_code(), timezone.now() + timedelta(hours=hours)
    device.code_hash, device.code_expires_at = tokens.hash_of(tokens.plain_code(code)), expires
    device.save(update_fields=["code_hash", "code_expires_at"])
    return Code(code, expires)


def revoke(*, actor: User | None, device: EdgeDevice) -> EdgeDevice:
    """Neither its token nor a code opens the studio to the device any more."""
    with transaction.atomic():
        gone = EdgeDevice.objects.filter(pk=device.pk).exclude(token_hash="", code_hash="")
        if not gone.update(token_hash="", code_hash="", code_expires_at=None, is_online=False):
            raise Conflict("device_revoked", f"The device {device.name} has neither a token nor a code.")
        device.refresh_from_db(fields=["token_hash", "code_hash", "code_expires_at", "is_online"])
        telling.event(device, "Revoked", actor=actor)
        telling.note(actor=actor, device=device, verb="revoked")
    return device


def enrol(*, code: str, address: str, facts: Mapping[str, Any]) -> Enrolled:
    """The token for whoever has a device's code: each code works once. Raises NotFound, Invalid, Throttled."""
    plain, said = tokens.plain_code(code), reading.facts(facts)
    if not plain:
        raise Invalid(
            "bad_code", "That is no code of a device.", hint="Such as 7KQM-2XPD-9RTW.", fields={"code": "No such code."}
        )
    guessing.check(address)
    device = queries.device_of_code(tokens.hash_of(plain))
    token = tokens.new_token()
    with transaction.atomic():
        if device is None or not _exchanged(device, tokens.hash_of(plain), token, said):
            guessing.note(address)
            raise NotFound(
                "unknown_code",
                "This code is unknown, was used already or has expired.",
                hint="Ask for a new one on the device's page.",
            )
        telling.event(device, "Enrolled", f"{said.get('host', '')} {said.get('os', '')}".strip())
        telling.note(actor=None, device=device, verb="enrolled")
    device.refresh_from_db()
    return Enrolled(device, token)


def _exchanged(device: EdgeDevice, code_hash: str, token: str, facts: dict[str, Any]) -> bool:
    """Whether this very call used the code up."""
    now = timezone.now()
    rows = EdgeDevice.objects.filter(pk=device.pk, code_hash=code_hash, code_expires_at__gt=now)
    changed = rows.update(
        code_hash="", code_expires_at=None, token_hash=tokens.hash_of(token), enrolled_at=now, seen_at=now, is_online=True,
        facts=facts, reported_revision=0, reported={}, telemetry={},
    )  # fmt: skip
    return bool(changed)

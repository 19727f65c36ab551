"""What people say about a compute target, checked by its backend's own form; a credential is kept apart from the rest."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings

from compute.backends.registry import BACKENDS
from studio.accounts.models import User
from studio.errors import Denied, Invalid
from studio.outbound import allowed

NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
TAKEN = frozenset({"new", "local", "builder"})


@dataclass(frozen=True, slots=True)
class Checked:
    """Settings that are right. `credential` is None where none was given: the one that is there stays."""

    settings: dict[str, Any]
    credential: dict[str, str] | None = None


def kinds() -> dict[str, str]:
    """The kinds of targets that people can make, with their labels: those whose backend has something to set."""
    found = {}
    for plugin in BACKENDS.all():
        if plugin.is_available and plugin.implementation.settings_form.base_fields:
            found[plugin.name] = str(plugin.implementation.label)
    return found


def form_class(kind: str) -> type[forms.Form]:
    """The form of a kind's settings. Raises Invalid for a kind that nobody can make."""
    if kind not in kinds():
        raise Invalid(
            "unknown_compute_kind",
            f"No compute target can be made of the kind {kind[:40]!r}.",
            hint=f"Kinds: {', '.join(kinds()) or 'none'}.",
            fields={"kind": "unknown"},
        )
    return BACKENDS.get(kind).settings_form


def credential_fields(kind: str) -> tuple[str, ...]:
    """The fields of a kind's form that go into the vault."""
    return tuple(getattr(form_class(kind), "credential_fields", ()))


def check_name(name: str) -> str:
    """The name, when it can be one. Raises Invalid."""
    if NAME.fullmatch(name) and name not in TAKEN:
        return name
    message = (
        f"{name} is a name of the studio's own."
        if name in TAKEN
        else "A target's name has small letters, digits and dashes, begins and ends with one of the first two, and is at"
        " most 60 characters long."
    )
    raise Invalid("bad_target", message, fields={"name": message})


def check(*, actor: User, kind: str, values: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> Checked:
    """The settings of a target as its backend's form takes them; `before` are those it has. Raises Invalid or Denied.

    A stored credential opens the place it was given for: for another address it must be given again.
    """
    before = before or {}
    form = filled(kind, values, before)
    if not form.is_valid():
        fields = {f"settings.{name}": " ".join(map(str, errors)) for name, errors in form.errors.items()}
        first = next(iter(fields.values()))
        raise Invalid("bad_target", f"The target's settings are not right: {first}", fields=fields)
    return settled(actor, kind, form, before)


def filled(kind: str, values: Mapping[str, Any], before: Mapping[str, Any]) -> forms.Form:
    """The form of a kind with these values over those there were. Raises Invalid for names it does not know."""
    known = form_class(kind).base_fields
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise Invalid(
            "bad_target",
            f"A target of the kind {kind} has no setting {unknown[0][:60]!r}.",
            hint=f"It has: {', '.join(known)}.",
            fields={f"settings.{unknown[0][:60]}": "unknown"},
        )
    stays = {name: value for name, value in before.items() if name in known}
    form = form_class(kind)(data={**stays, **{name: _plain(name, value) for name, value in values.items()}})
    address = values.get("address", before.get("address", ""))
    if before.get("secret") and str(address or "").strip() == before.get("address", ""):
        form.has_credential = True  # type: ignore[attr-defined]
    return form


def settled(actor: User, kind: str, form: forms.Form, before: Mapping[str, Any]) -> Checked:
    """What a valid form says, when this person may send the studio there. Raises Denied."""
    apart = credential_fields(kind)
    stored = {name: value for name, value in form.cleaned_data.items() if name not in apart and value not in (None, "")}
    given = {name: str(form.cleaned_data.get(name) or "") for name in apart}
    address = str(stored.get("address", ""))
    if address and address != before.get("address", ""):
        _check_place(actor, address)
    if address and address == before.get("address", "") and before.get("secret") and not any(given.values()):
        return Checked({**stored, "secret": before["secret"]})
    return Checked(stored, given if address and any(given.values()) else None)


def shown(target_settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as people see them."""
    return {name: value for name, value in target_settings.items() if name != "secret"}


def _plain(name: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise Invalid(
        "bad_target",
        f"The setting {name} is a text or a number.",
        fields={f"settings.{name}": "not a text or a number"},
    )


def _check_place(actor: User, address: str) -> None:
    """The worker will call there: only where the operator says, or an administrator sends it."""
    parts = urlsplit(address)
    if actor.is_superuser or allowed.read(settings.ENGINE_HOSTS).has_name(str(parts.hostname), parts.port):
        return
    raise Denied(
        "engine_host_not_allowed",
        f"This studio does not call Docker engines at {parts.hostname}.",
        hint="Ask its operator to name the host in ATELIER_ENGINE_HOSTS, or an administrator to make the target.",
    )

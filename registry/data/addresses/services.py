"""Rules of the address table written and removed, by administrators of the installation."""

import re
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction

from registry.data import uris
from registry.data.addresses.models import AddressRule
from studio.accounts.models import User
from studio.errors import Conflict, Invalid

SCHEMES = (*uris.WEB_SCHEMES, *uris.STORE_SCHEMES)
MAX_PREFIX, MAX_NOTE, MAX_RULES = 500, 500, 10_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def add_rule(*, actor: User | None, prefix: str, datastore: str, path: str = "", note: str = "") -> AddressRule:
    """A public prefix that stands for a place of this installation from now on. Raises Invalid, Conflict for one that is known."""
    values = {"prefix": _prefix(prefix), "datastore": _datastore(datastore), "path": _path(path), "note": _note(note)}
    if AddressRule.objects.count() >= MAX_RULES:
        raise Conflict("too_many", f"There are {MAX_RULES:,} rules, and no more are kept.")
    try:
        with transaction.atomic():
            return AddressRule.objects.create(created_by=actor, **values)
    except IntegrityError:
        raise _known(values["prefix"]) from None


def edit_rule(
    *,
    actor: User | None,
    rule: AddressRule,
    prefix: str | None = None,
    datastore: str | None = None,
    path: str | None = None,
    note: str | None = None,
) -> AddressRule:
    """Other values for a rule. Raises Invalid, Conflict for a prefix of another rule."""
    rule.prefix = rule.prefix if prefix is None else _prefix(prefix)
    rule.datastore = rule.datastore if datastore is None else _datastore(datastore)
    rule.path = rule.path if path is None else _path(path)
    rule.note = rule.note if note is None else _note(note)
    try:
        with transaction.atomic():
            rule.save(update_fields=["prefix", "datastore", "path", "note"])
    except IntegrityError:
        raise _known(rule.prefix) from None
    return rule


def remove_rule(*, actor: User | None, rule: AddressRule) -> None:
    """Forget a rule: what it covered is read from outside again."""
    rule.delete()


def _prefix(text: str) -> str:
    plain = text.strip()
    scheme, mark, rest = plain.partition("://")
    try:
        has_host = bool(mark and urlsplit(plain).hostname)
    except ValueError:
        has_host = False
    is_clean = (
        all(letter.isprintable() and not letter.isspace() for letter in plain) and "?" not in plain and "#" not in plain
    )
    if scheme.lower() not in SCHEMES or not has_host or not is_clean or len(plain) > MAX_PREFIX:
        raise _wrong(
            "prefix", f"Give the beginning of an address, such as https://host/folder/: one of {', '.join(SCHEMES)}."
        )
    return f"{scheme.lower()}://{rest}"


def _datastore(name: str) -> str:
    if not _NAME.fullmatch(name.strip()) or len(name) > 120:
        raise _wrong("datastore", "Give the name of a datastore, such as default.")
    return name.strip()


def _path(path: str) -> str:
    plain = path.strip().strip("/")
    return uris.parse(f"azureml://datastores/x/paths/{plain}").path if plain else ""  # type: ignore[union-attr]


def _note(text: str) -> str:
    if len(text) > MAX_NOTE or "\0" in text:
        raise _wrong("note", f"A note has at most {MAX_NOTE} characters.")
    return text.strip()


def _wrong(field: str, message: str) -> Invalid:
    return Invalid("bad_address_rule", message, fields={field: message})


def _known(prefix: str) -> Conflict:
    return Conflict("address_rule_exists", f"There is a rule for {prefix} already.", hint="Change that one.")

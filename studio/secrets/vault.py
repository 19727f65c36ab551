"""The key vault: values are put in and used; no person and no answer ever gets one back.

A value is sealed with its workspace's key, bound to workspace, name and version: a row copied to another place does not open.
"""

import json
import re
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.errors import Conflict, Invalid, NotFound
from studio.lineage import labels
from studio.lineage.things import Thing
from studio.live import topics
from studio.live.publish import publish
from studio.secrets import ciphers, keys, uses
from studio.secrets.models import Secret, SecretUse, SecretVersion

MAX_VALUE_BYTES = 32 * 1024
MAX_NAME = 120
KEPT_VERSIONS = 50
# Opened again and again by the same user, as a datastore's credential is, one use a minute tells enough.
ONE_USE = timedelta(minutes=1)
KEPT_USES = timedelta(days=365)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,118}[A-Za-z0-9_]|[A-Za-z0-9]")
_HELD_NAME = re.compile(r"[a-z_]{1,20}:[^\s:]{1,100}")


def put(
    *,
    actor: User | None,
    workspace: Workspace,
    name: str,
    value: str,
    description: str | None = None,
    held_by: str = "",
    must_be_new: bool = False,
) -> SecretVersion:
    """A new version of the secret `name`, made when it is new. A description of None keeps the one there is.

    `held_by` (`datastore:12`) makes it the credential of that thing, which alone changes it: jobs and people don't reach it by its
    name, which is written `datastore:lake`. Raises Conflict when somebody else holds the name.
    """
    _check_name(name, held_by)
    data = _checked_value(value)
    with transaction.atomic():
        secret = _row(actor, workspace, name, held_by)
        if must_be_new and secret.last_number:
            raise Conflict("secret_exists", f"There is a secret {secret.name} already.", hint="Set its value there.")
        _describe(secret, description)
        number = _next_number(secret)
        key = keys.current(workspace)
        sealed = ciphers.seal(keys.cipher_of(key), data, bound_to=_bound_to(secret, number))
        version = SecretVersion.objects.create(secret=secret, number=number, key=key, sealed=sealed, created_by=actor)
        SecretVersion.objects.filter(secret=secret, number__lte=number - KEPT_VERSIONS).delete()
        if not held_by:  # what holds it tells of itself
            _record(actor, secret, "created" if number == 1 else "set")
    return version


def describe(*, actor: User | None, secret: Secret, description: str) -> Secret:
    """Change what is written about a secret."""
    with transaction.atomic():
        _describe(secret, description)
        _record(actor, secret, "edited")
    return secret


def reveal(secret: Secret, *, user: Thing) -> str:
    """The latest value, for `user` (`Thing("job", "81")`), whose use is recorded. Never for an answer to a person.

    Raises Unavailable (`secret_unreadable`) when the studio's keys don't open it.
    """
    version = SecretVersion.objects.filter(secret=secret).select_related("key").first()
    if version is None:
        raise NotFound("not_found", f"The secret {secret.name} has no value.", hint="Set one.")
    try:
        data = ciphers.unseal(keys.cipher_of(version.key), version.sealed, bound_to=_bound_to(secret, version.number))
    except ciphers.Unopened:
        raise keys.unreadable() from None
    _note_use(version, user)
    return data.decode()


def remove(*, actor: User | None, secret: Secret, held_by: str = "") -> None:
    """Delete a secret with all its versions. Its holder says its own name, after it has let go of the row.

    Raises Conflict (`secret_in_use`), naming who needs it.
    """
    needed_by = uses.of(secret)
    if secret.held_by and secret.held_by != held_by:
        needed_by = [words_of_holder(secret), *needed_by]
    if needed_by:
        raise Conflict(
            "secret_in_use",
            f"The secret {secret.name} is used by {', '.join(needed_by[:5])}"
            + (f" and {len(needed_by) - 5} more." if len(needed_by) > 5 else "."),
            hint="Remove it there first.",
        )
    with transaction.atomic():
        if not secret.held_by:
            _record(actor, secret, "deleted")
        secret.delete()


def find(*, workspace: Workspace, name: str) -> Secret | None:
    """The secret that jobs and people of a workspace name; what something holds is not found."""
    return Secret.objects.filter(workspace=workspace, name__iexact=name, held_by="").first()


def words_of_holder(secret: Secret) -> str:
    """What holds a secret, for messages: "the datastore lake"."""
    kind, _, pk = secret.held_by.partition(":")
    thing = Thing(kind, pk)
    label = labels.labels(secret.workspace, [thing])[thing]
    return f"the {label.kind} {label.text}" if label.url else f"a {label.kind}"


def forget_old_uses() -> int:
    """Drop the uses of more than a year ago. Answers how many went."""
    return SecretUse.objects.filter(used_at__lt=timezone.now() - KEPT_USES).delete()[0]


def _row(actor: User | None, workspace: Workspace, name: str, held_by: str) -> Secret:
    rows = Secret.objects.filter(workspace=workspace, name__iexact=name)
    found = rows.first()
    if found is None:
        try:
            with transaction.atomic():
                return Secret.objects.create(workspace=workspace, name=name, held_by=held_by, created_by=actor)
        except IntegrityError:  # somebody else made it at the same moment
            found = rows.get()
    if found.held_by != held_by:
        whose = f"the credential of {words_of_holder(found)}" if found.held_by else "a secret of its own"
        raise Conflict("secret_held", f"{found.name} is {whose}.", hint="Change it there, or choose another name.")
    return found


def _next_number(secret: Secret) -> int:
    """The number of the next version; two people who set a value at once get two."""
    Secret.objects.filter(pk=secret.pk).update(last_number=F("last_number") + 1, updated_at=timezone.now())
    secret.refresh_from_db(fields=["last_number", "updated_at"])
    return secret.last_number


def _describe(secret: Secret, description: str | None) -> None:
    if description is None or description == secret.description:
        return
    secret.description = description[:500]
    secret.save(update_fields=["description"])


def _note_use(version: SecretVersion, user: Thing) -> None:
    now = timezone.now()
    same = SecretUse.objects.filter(
        secret=version.secret_id, number=version.number, user_kind=user.kind, user_id=user.id, used_at__gt=now - ONE_USE
    )
    if not same.exists():
        SecretUse.objects.create(
            secret_id=version.secret_id, number=version.number, user_kind=user.kind, user_id=user.id, used_at=now
        )


def _bound_to(secret: Secret, number: int) -> str:
    return json.dumps([secret.workspace_id, secret.name, number])


def _check_name(name: str, held_by: str) -> None:
    if (_HELD_NAME if held_by else _NAME).fullmatch(name):
        return
    message = (
        "A secret's name has letters, digits, dots, dashes and underscores, begins with a letter or digit and is at most"
        f" {MAX_NAME} characters long."
    )
    raise Invalid("bad_secret", message, fields={"name": message})


def _checked_value(value: str) -> bytes:
    message = ""
    try:
        data = value.encode()
    except UnicodeEncodeError:
        data, message = b"", "The value holds half a character: it can't be written as UTF-8."
    if not message and not data:
        message = "A secret's value can't be empty."
    if len(data) > MAX_VALUE_BYTES:
        message = f"A secret's value has at most {MAX_VALUE_BYTES // 1024} KiB."
    if b"\0" in data:
        message = "A secret's value can't hold a NUL character: no program could be given it."
    if message:
        raise Invalid("bad_secret", message, fields={"value": message})
    return data


def _record(actor: User | None, secret: Secret, verb: str) -> None:
    publish(topics.workspace(secret.workspace.slug), "secrets")
    activity.record(
        actor=actor, workspace=secret.workspace, verb=f"secret.{verb}", subject=secret.subject, label=secret.name,
        url=f"/w/{secret.workspace.slug}/secrets/",
    )  # fmt: skip

"""Connections made, changed and removed. A credential that is stored goes nowhere its owner did not send it."""

import json

from django.db import IntegrityError, transaction
from django.utils import timezone

from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.errors import Conflict, Invalid, NotFound
from studio.lineage.things import Thing
from studio.live import topics
from studio.live.publish import publish
from studio.secrets import uses, vault
from studio.secrets.connections import kinds
from studio.secrets.connections.document import Credentials, Definition
from studio.secrets.models import Connection, Secret

MAX_CONNECTIONS = 500


def create_connection(*, actor: User | None, workspace: Workspace, definition: Definition) -> Connection:
    """A connection, its credential in the vault. Raises Conflict when there is one of this name."""
    credentials = definition.credentials or _without(definition.type)
    if Connection.objects.filter(workspace=workspace).count() >= MAX_CONNECTIONS:
        raise Conflict("too_many_connections", f"A workspace has at most {MAX_CONNECTIONS}.", hint="Delete one.")
    with transaction.atomic():
        connection = _row(actor, workspace, definition, credentials.kind)
        _keep(actor, connection, credentials)
        _record(actor, connection, "created")
    return connection


def edit_connection(*, actor: User | None, connection: Connection, definition: Definition) -> Connection:
    """Change it to what `definition` says, but for its name. Without credentials in it the stored ones stay.

    Raises Invalid (`credential_needed`) when they would then be sent to another place than the one they were entered for.
    """
    given = definition.credentials
    if given is None and connection.secret_id is not None and _leads_elsewhere(connection, definition):
        message = "The connection would lead elsewhere: enter its credential again."
        raise Invalid("credential_needed", message, fields={"credentials": message})
    if given is None and connection.credentials not in kinds.KINDS[definition.type].credentials:
        given = _without(definition.type)
    with transaction.atomic():
        _change(connection, definition)
        if given is not None:
            _keep(actor, connection, given)
        _record(actor, connection, "edited")
    return connection


def delete_connection(*, actor: User | None, connection: Connection) -> None:
    """Remove it with its credential. Raises Conflict (`connection_in_use`), naming what needs it."""
    secret = connection.secret
    needed_by = uses.of(secret) if secret is not None else []
    if needed_by:
        raise Conflict(
            "connection_in_use",
            f"{connection.name} is used by {', '.join(needed_by[:5])}.",
            hint="Remove it there first.",
        )
    with transaction.atomic():
        _record(actor, connection, "deleted")
        _let_go(actor, connection)
        connection.delete()


def reveal_credentials(*, actor: User | None, connection: Connection, user: Thing) -> dict[str, str]:
    """The parts of the credential by their names, for `user`, whose use is recorded. Never for an answer to a person."""
    if connection.secret is None:
        return {}
    found = json.loads(vault.reveal(connection.secret, user=user))
    return {str(name): str(value) for name, value in found.items()}


def find(*, workspace: Workspace, name: str) -> Connection:
    """The connection of a name, in any case. Raises NotFound."""
    found = (
        Connection.objects.filter(workspace=workspace, name__iexact=name).select_related("workspace", "secret").first()
    )
    if found is None:
        raise NotFound("not_found", f"There is no connection {name[:80]!r} in this workspace.")
    return found


def _row(actor: User | None, workspace: Workspace, definition: Definition, credential: str) -> Connection:
    try:
        with transaction.atomic():
            return Connection.objects.create(
                workspace=workspace, name=definition.name, type=definition.type, target=definition.target,
                credentials=credential, metadata=dict(definition.metadata), description=definition.description,
                is_shared=definition.is_shared, created_by=actor,
            )  # fmt: skip
    except IntegrityError:
        raise Conflict(
            "connection_exists",
            f"There is a connection {definition.name} already.",
            hint="Change that one, or take another name.",
        ) from None


def _change(connection: Connection, definition: Definition) -> None:
    """Write what was asked for, unless somebody else changed the row since it was read: what was judged would not hold."""
    values = {
        "type": definition.type,
        "target": definition.target,
        "metadata": dict(definition.metadata),
        "description": definition.description,
        "is_shared": definition.is_shared,
        "updated_at": timezone.now(),
    }
    if not Connection.objects.filter(pk=connection.pk, updated_at=connection.updated_at).update(**values):
        raise Conflict("connection_changed", f"Somebody else just changed {connection.name}.", hint="Look at it again.")
    for name, value in values.items():
        setattr(connection, name, value)


def _without(type_name: str) -> Credentials:
    """What a connection has that was given no credentials: what needs none, if its type knows that."""
    known = kinds.KINDS[type_name].credentials
    for kind in ("none", "aad"):
        if kind in known:
            return Credentials(kind)
    message = f"A {type_name} connection needs credentials: {', '.join(known)}."
    raise Invalid("credential_needed", message, fields={"credentials": message})


def _leads_elsewhere(connection: Connection, definition: Definition) -> bool:
    """Whether the stored credential would go to another place, or be used in another way, than it was entered for."""
    places = {place.name for kind in kinds.KINDS.values() for place in kind.places}
    before = {name: value for name, value in connection.metadata.items() if name in places}
    after = {name: value for name, value in definition.metadata.items() if name in places}
    return (connection.type, connection.target, before) != (definition.type, definition.target, after)


def _keep(actor: User | None, connection: Connection, credentials: Credentials) -> None:
    """Put the credential into the vault as the connection's own, or drop what is there when it has no parts now."""
    if not credentials.values:
        _let_go(actor, connection)
        connection.secret = None
    else:
        version = vault.put(
            actor=actor,
            workspace=connection.workspace,
            name=f"connection:{connection.name}",
            value=json.dumps(dict(credentials.values), ensure_ascii=False),
            held_by=connection.subject,
        )
        connection.secret = version.secret
    connection.credentials = credentials.kind
    connection.save(update_fields=["credentials", "secret"])


def _let_go(actor: User | None, connection: Connection) -> None:
    secret: Secret | None = connection.secret
    if secret is not None:
        Connection.objects.filter(pk=connection.pk).update(secret=None)
        vault.remove(actor=actor, secret=secret, held_by=connection.subject)


def _record(actor: User | None, connection: Connection, verb: str) -> None:
    slug = connection.workspace.slug
    publish(topics.workspace(slug), "secrets")
    activity.record(
        actor=actor, workspace=connection.workspace, verb=f"connection.{verb}", subject=connection.subject,
        label=connection.name, url="" if verb == "deleted" else connection.get_absolute_url(),
    )  # fmt: skip

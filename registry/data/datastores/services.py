"""Datastores registered, changed and removed."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from registry.data.datastores import definition as definitions
from registry.data.datastores import opening
from registry.data.datastores.defaults import DEFAULT_NAME, ensure_default
from registry.data.datastores.definition import Checked, Definition
from registry.data.datastores.models import Datastore
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.errors import Conflict, Invalid
from studio.live import topics
from studio.live.publish import publish
from studio.secrets import vault
from studio.secrets.models import Secret

__all__ = [
    "DEFAULT_NAME", "edit_datastore", "ensure_default", "make_default", "register_datastore", "remove_datastore",
]  # fmt: skip
MAX_DATASTORES = 200
MAX_TAGS, MAX_TAG = 50, 500


def register_datastore(
    *,
    actor: User | None,
    workspace: Workspace,
    name: str,
    definition: Definition,
    description: str = "",
    tags: Mapping[str, str] | None = None,
    is_read_only: bool = False,
) -> Datastore:
    """A datastore; its credential goes into the vault. The place itself is not asked: *Test connection* does that.

    Raises Conflict for a name that is taken, Invalid for settings or an address that can't be used.
    """
    definitions.check_name(name)
    definitions.check_description(description)
    checked = definitions.check(definition)
    ensure_default(workspace)  # whose name is not to be taken before it is made
    if Datastore.objects.filter(workspace=workspace).count() >= MAX_DATASTORES:
        raise Conflict("too_many_datastores", f"A workspace has at most {MAX_DATASTORES} datastores.")
    try:
        with transaction.atomic():
            made = Datastore.objects.create(
                workspace=workspace, name=name, kind=checked.kind, options=_kept(checked), description=description,
                tags=_checked_tags(tags or {}), is_read_only=is_read_only, created_by=actor,
            )  # fmt: skip
            _put_credential(actor, made, checked)
            _record(actor, made, "registered")
    except IntegrityError:
        raise Conflict(
            "datastore_exists", f"There is a datastore called {name} already.", hint="Choose another name."
        ) from None
    return made


def edit_datastore(
    *,
    actor: User | None,
    datastore: Datastore,
    options: Mapping[str, Any] | None = None,
    credential: Mapping[str, Any] | None = None,
    description: str | None = None,
    tags: Mapping[str, str | None] | None = None,
    is_read_only: bool | None = None,
) -> Datastore:
    """Change what is given. A credential is only sent to the place it was entered for: another place wants it again.

    Raises Conflict when somebody else changed the datastore meanwhile.
    """
    changes: dict[str, Any] = {"updated_at": timezone.now()}
    if description is not None:
        changes["description"] = definitions.check_description(description)
    if tags is not None:
        changes["tags"] = _checked_tags(_merged(datastore.tags, tags))
    if is_read_only is not None:
        changes["is_read_only"] = is_read_only
    checked = None
    if options is not None or credential is not None:
        checked = definitions.check_change(datastore, options, credential)
        changes |= {"options": _kept(checked), "checked_at": None, "check_problem": ""}
    with transaction.atomic():
        seen = Datastore.objects.filter(pk=datastore.pk, updated_at=datastore.updated_at)
        if not seen.update(**changes):
            raise Conflict(
                "datastore_changed", f"Somebody else changed {datastore.name} at this moment.", hint="Look at it again."
            )
        datastore.refresh_from_db(fields=list(changes))
        if checked is not None and credential is not None:
            _put_credential(actor, datastore, checked)
        _record(actor, datastore, "edited")
    return datastore


def make_default(*, actor: User | None, datastore: Datastore) -> Datastore:
    """What uploads and jobs write to from now on. Raises Invalid for a database and for a read-only place."""
    if datastore.is_sql or datastore.is_read_only:
        what = "a database" if datastore.is_sql else "read-only"
        raise Invalid("bad_default_datastore", f"{datastore.name} is {what}: nothing can be written there.")
    try:
        with transaction.atomic():
            Datastore.objects.filter(workspace=datastore.workspace_id, is_default=True).update(is_default=False)
            Datastore.objects.filter(pk=datastore.pk).update(is_default=True, updated_at=timezone.now())
            _record(actor, datastore, "made_default")
    except IntegrityError:
        raise Conflict(
            "datastore_changed", "Somebody else chose another default at this moment.", hint="Look at the list again."
        ) from None
    datastore.refresh_from_db()
    return datastore


def remove_datastore(*, actor: User | None, datastore: Datastore) -> None:
    """Forget a place and its credential; the files there stay. Raises Conflict, naming what still needs it."""
    _refuse_needed(datastore)
    secret = datastore.secret
    own = opening.own_folder(datastore) if opening.is_own(datastore) else None
    if own is not None:
        _refuse_full(datastore)
    try:
        with transaction.atomic():
            _record(actor, datastore, "removed")
            held_by = datastore.subject
            datastore.delete()
            if secret is not None:
                vault.remove(actor=actor, secret=secret, held_by=held_by)
    except ProtectedError:
        raise Conflict(
            "datastore_in_use", f"Data assets lie in {datastore.name}.", hint="Delete their versions first."
        ) from None
    if own is not None:
        opening.forget_folder(own)


def _refuse_needed(datastore: Datastore) -> None:
    if datastore.is_default:
        raise Conflict(
            "datastore_is_default",
            f"{datastore.name} is the default: uploads and jobs write there.",
            hint="Make another datastore the default first.",
        )
    versions = datastore.versions.select_related("asset").order_by("pk")
    named = [f"{version.asset.name} version {version.version}" for version in versions[:3]]
    if named:
        more = versions.count() - len(named)
        raise Conflict(
            "datastore_in_use",
            f"Data assets lie in {datastore.name}: {', '.join(named)}" + (f" and {more} more." if more else "."),
            hint="Delete these versions first.",
        )


def _refuse_full(datastore: Datastore) -> None:
    """The studio's own folder would be out of everybody's reach."""
    if next(iter(opening.file_store(datastore).entries()), None) is not None:
        raise Conflict(
            "datastore_not_empty",
            f"There are files in {datastore.name}, which the studio keeps itself.",
            hint="Delete them or copy them elsewhere first.",
        )


def _kept(checked: Checked) -> dict[str, object]:
    return {**checked.options, **({definitions.CREDENTIAL: checked.way} if checked.way else {})}


def _put_credential(actor: User | None, datastore: Datastore, checked: Checked) -> None:
    """Seal the credential, or let go of the old one where none is needed any more."""
    old: Secret | None = datastore.secret
    if checked.credential:
        version = vault.put(
            actor=actor,
            workspace=datastore.workspace,
            name=f"datastore:{datastore.name}",
            value=opening.sealed_form(checked.kind, checked.options, checked.credential),
            held_by=datastore.subject,
        )
        datastore.secret = version.secret
        datastore.save(update_fields=["secret"])
    elif old is not None:
        datastore.secret = None
        datastore.save(update_fields=["secret"])
        vault.remove(actor=actor, secret=old, held_by=datastore.subject)


def _checked_tags(tags: Mapping[str, str]) -> dict[str, str]:
    too_long = any(len(name) > MAX_TAG or len(value) > MAX_TAG or not name for name, value in tags.items())
    if len(tags) > MAX_TAGS or too_long:
        raise Invalid(
            "invalid_datastore",
            f"A datastore has at most {MAX_TAGS} tags of at most {MAX_TAG} characters.",
            fields={"tags": f"At most {MAX_TAGS} tags of at most {MAX_TAG} characters."},
        )
    return dict(tags)


def _merged(before: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    """Each is set, None removes one."""
    return {name: value for name, value in {**before, **changes}.items() if value is not None}


def _record(actor: User | None, datastore: Datastore, verb: str) -> None:
    activity.record(
        actor=actor,
        workspace=datastore.workspace,
        verb=f"datastore.{verb}",
        subject=datastore.subject,
        label=datastore.name,
        url="" if verb == "removed" else datastore.get_absolute_url(),
    )
    publish(topics.workspace(datastore.workspace.slug), "data")

"""Names and versions: counted, never changed but in their words and tags."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError
from django.utils import timezone

from registry.environments import queries, references, uses, words
from registry.environments.definitions import Definition
from registry.environments.models import EnvironmentAsset, EnvironmentVersion
from registry.environments.services import contents
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.errors import Conflict, Invalid
from studio.lineage import services as lineage
from studio.lineage.things import Thing
from studio.live import topics
from studio.live.publish import publish

LARGEST_NUMBER = 10**6


def register(
    *,
    actor: User | None,
    workspace: Workspace,
    name: str,
    definition: Definition,
    version: str = "",
    description: str = "",
    tags: Mapping[str, Any] | None = None,
) -> EnvironmentVersion:
    """The version of this content under this name: the next one, or the one asked for.

    What is there already with the same content is answered as it is: without `version` the newest one. Raises Conflict for a
    version that holds something else, Invalid for a name or words that can't be kept.
    """
    references.check_name(name)
    if version:
        references.check_version(version)
    said = {"description": words.description(description), "tags": words.tags(tags or {})}
    with transaction.atomic():
        content = contents.resolve(workspace=workspace, definition=definition)
        asset = _ensure_asset(actor, workspace, name, said)
        found = queries.with_content(asset, content, version)
        if found is not None:
            return found
        made = _create(actor, asset, version, content=content, **said)
        _note(actor, made, "registered")
    return made


def edit_asset(
    *,
    actor: User | None,
    asset: EnvironmentAsset,
    description: str | None = None,
    tags: Mapping[str, Any] | None = None,
) -> EnvironmentAsset:
    """The name with other words; in `tags` a None removes one."""
    changed = words.changed(asset, description, tags)
    with transaction.atomic():
        EnvironmentAsset.objects.filter(pk=asset.pk).update(**changed, updated_at=timezone.now())
        _hint(asset)
    asset.refresh_from_db()
    return asset


def edit_version(
    *,
    actor: User | None,
    version: EnvironmentVersion,
    description: str | None = None,
    tags: Mapping[str, Any] | None = None,
) -> EnvironmentVersion:
    """The version with other words; in `tags` a None removes one."""
    changed = words.changed(version, description, tags)
    if changed:
        with transaction.atomic():
            EnvironmentVersion.objects.filter(pk=version.pk).update(**changed)
            _note(actor, version, "edited")
        version.refresh_from_db()
    return version


def archive_asset(*, actor: User | None, asset: EnvironmentAsset, is_archived: bool = True) -> EnvironmentAsset:
    """Out of the list, or back again; what uses it goes on."""
    with transaction.atomic():
        rows = EnvironmentAsset.objects.filter(pk=asset.pk).exclude(is_archived=is_archived)
        if rows.update(is_archived=is_archived, updated_at=timezone.now()):
            _record(actor, asset, asset.subject, asset.name, "archived" if is_archived else "restored")
    asset.is_archived = is_archived
    return asset


def archive_version(*, actor: User | None, version: EnvironmentVersion, is_archived: bool = True) -> EnvironmentVersion:
    """No longer what `latest` means, or again; what names it goes on."""
    with transaction.atomic():
        rows = EnvironmentVersion.objects.filter(pk=version.pk).exclude(is_archived=is_archived)
        if rows.update(is_archived=is_archived):
            _note(actor, version, "archived" if is_archived else "restored")
    version.is_archived = is_archived
    return version


def delete_version(*, actor: User | None, version: EnvironmentVersion) -> None:
    """The version is gone; its number is not given again. Raises Conflict `environment_in_use` naming its users."""
    _refuse_used([version], str(version))
    with _unused(str(version)), transaction.atomic():
        _note(actor, version, "deleted")
        _forget([version])
        version.delete()


def delete_asset(*, actor: User | None, asset: EnvironmentAsset) -> None:
    """The name and all its versions are gone. Raises Conflict `environment_in_use` naming their users."""
    versions = list(queries.versions_of(asset))
    _refuse_used(versions, asset.name)
    with _unused(asset.name), transaction.atomic():
        _record(actor, asset, asset.subject, asset.name, "deleted", url="")
        _forget(versions)
        asset.delete()


@contextmanager
def _unused(label: str) -> Iterator[None]:
    """What began to use it between the question and the deletion, or did not say so, holds it too."""
    try:
        yield
    except ProtectedError as error:
        users = sorted({str(user) for user in error.protected_objects})[:3]
        raise Conflict(
            "environment_in_use",
            f"{label} can't be deleted: it is used by {', '.join(users)}.",
            hint="Archive it instead: what uses it goes on.",
        ) from None


def _refuse_used(versions: list[EnvironmentVersion], label: str) -> None:
    users = uses.of(versions)
    if users:
        more = f" And {len(users) - 3} more." if len(users) > 3 else ""
        raise Conflict(
            "environment_in_use",
            f"{label} can't be deleted: {' '.join(users[:3])}{more}",
            hint="Archive it instead: what uses it goes on.",
        )


def _forget(versions: list[EnvironmentVersion]) -> None:
    for version in versions:
        thing = Thing("environment_version", str(version.pk))
        lineage.forget(workspace=version.asset.workspace, thing=thing)


def _ensure_asset(actor: User | None, workspace: Workspace, name: str, said: Mapping[str, Any]) -> EnvironmentAsset:
    found = queries.asset_named(workspace, name)
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return EnvironmentAsset.objects.create(
                workspace=workspace, name=name, description=said["description"], created_by=actor
            )
    except IntegrityError:
        return EnvironmentAsset.objects.get(workspace=workspace, name=name)


def _create(actor: User | None, asset: EnvironmentAsset, version: str, **fields: Any) -> EnvironmentVersion:
    number = _next_number(asset, version)
    try:
        with transaction.atomic():
            return EnvironmentVersion.objects.create(
                asset=asset, number=number, version=version or str(number), created_by=actor, **fields
            )
    except IntegrityError:
        raise Conflict(
            "environment_version_exists",
            f"{asset.name} has a version {version or number} with another content.",
            hint="A version never changes: give another one, or none to get the next number.",
        ) from None


def _next_number(asset: EnvironmentAsset, version: str) -> int:
    """One more than the last, or the number that was asked for; two at a time wait for each other."""
    rows = EnvironmentAsset.objects.filter(pk=asset.pk)
    rows.update(last_number=F("last_number") + 1, is_archived=False, updated_at=timezone.now())
    last = rows.values_list("last_number", flat=True).get()
    if not (version.isascii() and version.isdigit()) or str(int(version)) != version:
        return last
    wanted = int(version)
    if not 0 < wanted <= LARGEST_NUMBER:
        sentence = f"A version that is a number is one from 1 to {LARGEST_NUMBER:,}."
        raise Invalid("bad_environment_version", sentence, fields={"version": sentence})
    rows.update(last_number=max(wanted, last - 1))
    return wanted


def _note(actor: User | None, version: EnvironmentVersion, verb: str) -> None:
    url = "" if verb == "deleted" else version.get_absolute_url()
    _record(actor, version.asset, version.subject, str(version), verb, url=url)


def _record(
    actor: User | None, asset: EnvironmentAsset, subject: str, label: str, verb: str, url: str | None = None
) -> None:
    activity.record(
        actor=actor,
        workspace=asset.workspace,
        verb=f"environment.{verb}",
        subject=subject,
        label=label,
        url=asset.get_absolute_url() if url is None else url,
    )
    _hint(asset)


def _hint(asset: EnvironmentAsset) -> None:
    publish(topics.workspace(asset.workspace.slug), "environments")

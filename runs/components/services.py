"""Components are registered, archived and deleted."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from runs.components import declared, definitions, names, queries, uses
from runs.components.definitions import InvalidComponent
from runs.components.files import includes
from runs.components.models import Component, ComponentVersion
from runs.tracking.jobfile.problems import Place, Problem
from runs.tracking.models import Snapshot
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.errors import Conflict, Invalid, NotFound
from studio.live import topics
from studio.live.publish import publish

LIVE = "components"
MAX_NAMED = 3
TEXTS, BUILDS = ("text",), ("build",)


def register(
    *,
    actor: User | None,
    workspace: Workspace,
    text: str,
    file_name: str = "component.yml",
    files: Mapping[str, str] | None = None,
    snapshot: str = "",
    version: str = "",
) -> ComponentVersion:
    """The version of this file under its name: the next one, or the one that it asks for.

    What is there already and the same is answered as it is. `files` holds the texts it names, `snapshot` the digest of its
    code. Raises InvalidComponent with every problem, Conflict for a version that is something else.
    """
    read = definitions.read(text, file_name, files)
    if read.problems:
        raise InvalidComponent(file_name, read.problems)
    _refuse_missing(file_name, read, files or {})
    definition = dict(read.definition)
    asked = version or definition.get("version", "")
    definition.pop("version", None)
    kept = _snapshot(workspace, file_name, definition, snapshot)
    _check_inside(workspace, file_name, definition)
    digest = definitions.digest(definition, kept.digest if kept is not None else "")
    values = {"definition": definition, "text": text, "snapshot": kept, "digest": digest}
    with transaction.atomic():
        component = _ensure(actor, workspace, definition)
        found = _same(component, asked, digest, definition)
        if found is not None:
            return found
        made = _create(actor, component, asked, type=definition["type"], **values)
        _note(actor, made, "registered")
    return made


def edit(*, actor: User | None, component: Component, description: str) -> Component:
    """The name with other words."""
    if len(description) > 20_000 or "\0" in description:
        raise Invalid("bad_description", "A description has at most 20,000 characters.")
    Component.objects.filter(pk=component.pk).update(description=description, updated_at=timezone.now())
    component.refresh_from_db()
    return component


def archive(*, actor: User | None, component: Component, is_archived: bool = True) -> Component:
    """Out of the palette, or back again; pipelines that name a version are told."""
    with transaction.atomic():
        rows = Component.objects.filter(pk=component.pk).exclude(is_archived=is_archived)
        if rows.update(is_archived=is_archived, updated_at=timezone.now()):
            _record(actor, component, component.name, "archived" if is_archived else "restored")
    component.is_archived = is_archived
    return component


def archive_version(*, actor: User | None, version: ComponentVersion, is_archived: bool = True) -> ComponentVersion:
    """No longer what `latest` means, or again; what names it is told at its node."""
    with transaction.atomic():
        rows = ComponentVersion.objects.filter(pk=version.pk).exclude(is_archived=is_archived)
        if rows.update(is_archived=is_archived):
            _note(actor, version, "archived" if is_archived else "restored")
    version.is_archived = is_archived
    return version


def delete_version(*, actor: User | None, version: ComponentVersion) -> None:
    """The version is gone; its number is not given again. Raises Conflict while a run under way needs it."""
    _refuse_used([version], version.reference)
    with transaction.atomic():
        _note(actor, version, "deleted")
        version.delete()


def delete(*, actor: User | None, component: Component) -> None:
    """The name and all its versions are gone. Raises Conflict while a run under way needs one."""
    _refuse_used(list(queries.versions_of(component)), component.name)
    with transaction.atomic():
        _record(actor, component, component.name, "deleted", url="")
        component.delete()


def _refuse_missing(file_name: str, read: definitions.ReadComponent, files: Mapping[str, str]) -> None:
    missing = [need for need in read.needs if need.role in ("text", "build") and need.path not in files]
    texts = [need.path for need in missing if need.role in TEXTS and need.path.removeprefix("./") not in files]
    if texts:
        problem = Problem("files", Place(0, 0), f"the file {texts[0]} that it names was not sent")
        raise InvalidComponent(file_name, (problem,))
    if any(need.role in BUILDS for need in missing):
        sentence = (
            "an environment that is built of a Dockerfile is registered first (atelier environment create), and named"
        )
        raise InvalidComponent(file_name, (Problem("environment", Place(0, 0), sentence),))


def _snapshot(workspace: Workspace, file_name: str, definition: dict[str, Any], digest: str) -> Snapshot | None:
    """The code that was sent, which has to be there when the file names some."""
    inside = definitions.code_below(definition)
    if inside:
        sentence = f"a step inside it has code of its own, {inside[0]}: register that step as a component and name it azureml:NAME:1"
        raise InvalidComponent(file_name, (Problem("jobs", Place(0, 0), sentence),))
    code = includes.sent_as(definition)
    if not code:
        return None
    if code.startswith("snapshot:"):
        digest = code.removeprefix("snapshot:")
    found = Snapshot.objects.filter(workspace=workspace, digest=digest).first() if digest else None
    if found is None:
        sentence = f"the folder of its code, {code}, was not sent"
        raise InvalidComponent(file_name, (Problem("code", Place(0, 0), sentence),))
    definition["code"] = "."  # the snapshot holds what was included
    definition.pop(includes.FIELD, None)
    return found


def _check_inside(workspace: Workspace, file_name: str, definition: Mapping[str, Any]) -> None:
    """The components that a pipeline component names are there."""
    for name, node in (definition.get("jobs") or {}).items():
        component = node.get("component")
        if isinstance(component, str) and component:
            try:
                declared.find(workspace, component)
            except NotFound as error:
                problem = Problem(f"jobs.{name}.component", Place(0, 0), error.message)
                raise InvalidComponent(file_name, (problem,)) from None


def _ensure(actor: User | None, workspace: Workspace, definition: Mapping[str, Any]) -> Component:
    name = definition["name"]
    found = queries.component_named(workspace, name)
    if found is not None:
        return found
    others = Component.objects.filter(workspace=workspace).values_list("name", flat=True)
    taken = next((other for other in others.iterator() if names.alike(other) == names.alike(name)), "")
    if taken:
        raise Conflict(
            "component_name_alike",
            f"There is a component {taken!r} already, and {name!r} looks like it.",
            hint="Choose a name that nobody takes for the other.",
        )
    try:
        with transaction.atomic():
            return Component.objects.create(
                workspace=workspace,
                name=name,
                description=definition.get("description", ""),
                tags=definition.get("tags") or {},
                created_by=actor,
            )
    except IntegrityError:
        return Component.objects.select_related("workspace").get(workspace=workspace, name=name)


def _same(component: Component, asked: str, digest: str, definition: Mapping[str, Any]) -> ComponentVersion | None:
    """The version that is this already. Raises Conflict where the version asked for is something else."""
    rows = queries.versions_of(component)
    if not asked:
        found = rows.filter(digest=digest, is_archived=False).first()
        return found if found is not None and found.definition == definition else None
    others = [row for row in rows if names.alike(row.version) == names.alike(asked)]
    for row in others:
        if row.version == asked and row.digest == digest and row.definition == definition:
            return row
    if others:
        raise Conflict(
            "component_version_exists",
            f"{component.name} has a version {others[0].version} already, and versions never change.",
            hint="Leave version out, so that the next number is given, or name another.",
        )
    return None


def _create(actor: User | None, component: Component, asked: str, **values: Any) -> ComponentVersion:
    Component.objects.filter(pk=component.pk).update(
        version_count=F("version_count") + 1,
        updated_at=timezone.now(),
        description=values["definition"].get("description", ""),
        is_archived=False,
    )
    component.refresh_from_db()
    number = component.version_count
    version = asked
    taken = set(ComponentVersion.objects.filter(component=component).values_list("version", flat=True))
    step = number
    while not version:
        version, step = (str(step), step) if str(step) not in taken else ("", step + 1)
    return ComponentVersion.objects.create(
        component=component, number=number, version=version, created_by=actor, **values
    )


def _refuse_used(versions: list[ComponentVersion], label: str) -> None:
    holding = [use for use in uses.of(versions) if use.holds]
    if holding:
        named = ", ".join(use.label for use in holding[:MAX_NAMED])
        more = f" and {len(holding) - MAX_NAMED} more" if len(holding) > MAX_NAMED else ""
        raise Conflict(
            "component_in_use",
            f"{label} can't be deleted: {named}{more} needs it and is under way.",
            hint="Wait for the run, stop it, or archive the component instead.",
        )


def _note(actor: User | None, version: ComponentVersion, verb: str) -> None:
    url = "" if verb == "deleted" else version.get_absolute_url()
    _record(actor, version.component, f"{version.component.name}:{version.version}", verb, url=url)


def _record(actor: User | None, component: Component, label: str, verb: str, url: str | None = None) -> None:
    activity.record(
        actor=actor,
        workspace=component.workspace,
        verb=f"component.{verb}",
        subject=component.subject,
        label=label,
        url=component.get_absolute_url() if url is None else url,
    )
    publish(topics.workspace(component.workspace.slug), LIVE)

"""Contents: one row for each, whatever it is called and whoever uses it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction

from registry.environments import definitions, queries, references
from registry.environments.definitions import Definition
from registry.environments.models import Environment, EnvironmentVersion
from studio.access.models import Workspace
from studio.errors import Invalid, NotFound
from studio.storage import folders
from studio.storage.models import Blob

MAX_DOCKERFILE = 200_000


@dataclass(frozen=True, slots=True)
class Found:
    """What a name, a file or a mapping means here: the content, the version where one was named, and what is said of it."""

    content: Environment
    note: str = ""
    version: EnvironmentVersion | None = None


def resolve(*, workspace: Workspace, definition: Definition) -> Environment:
    """The workspace's environment of this content, made when it is new. Raises Invalid for a folder without its Dockerfile."""
    digest = definition.digest
    found = Environment.objects.filter(workspace=workspace, digest=digest).first()
    if found is not None:
        return found
    context = _context(workspace, definition) if definition.context else None
    try:
        with transaction.atomic():
            return Environment.objects.create(
                workspace=workspace,
                digest=digest,
                kind=definition.kind,
                definition=definition.to_json(),
                context=context,
            )
    except IntegrityError:
        return Environment.objects.get(workspace=workspace, digest=digest)


def find(
    *,
    workspace: Workspace,
    value: Any,
    files: Mapping[str, str] | None = None,
    context: str = "",
    on_docker: bool = False,
) -> Found:
    """The environment that `value` means: a registered or curated name, or a definition as in a job file.

    A name of the workspace hides a curated one, except in Azure's own registry. Raises Invalid for what is unknown or
    can't be used, and NotFound for a version that a known name does not have.
    """
    reference = _reference(value)
    version = _registered(workspace, reference) if reference else None
    if version is not None:
        note = Definition.from_json(version.content.definition).note
        return Found(version.content, note, version)
    try:
        definition = definitions.parse(value, files or {}, context=context, on_docker=on_docker)
    except Invalid as error:
        raise _with_names(workspace, error) from None
    return Found(resolve(workspace=workspace, definition=definition), definition.note)


def require_no_docker(*, content: Environment, target: str) -> None:
    """Raise Invalid where an environment that only Docker can make is wanted on a target without it."""
    if content.kind == Environment.Kind.DOCKERFILE:
        sentence = f"This environment is built from a Dockerfile, which needs a Docker target; {target} is none."
        raise Invalid(
            "environment_build",
            sentence,
            hint="Name a Docker target under compute, or an environment of packages.",
            fields={"environment": sentence},
        )


def _reference(value: Any) -> references.Reference | None:
    if isinstance(value, str) and not definitions.needs(value):
        return references.read(value)
    if not isinstance(value, Mapping) or set(value) - {"name", "version", "$schema", "description", "tags"}:
        return None
    found = references.read(str(value.get("name") or ""))
    version = value.get("version")
    return replace(found, version=str(version)) if found and version and str(version) != references.LATEST else found


def _registered(workspace: Workspace, reference: references.Reference) -> EnvironmentVersion | None:
    asset = queries.asset_named(workspace, reference.name)
    if asset is None or reference.registry == "azureml":
        return None
    try:
        return queries.version_at(asset, reference.version or reference.label or references.LATEST)
    except NotFound as error:
        raise Invalid("unknown_environment", error.message, fields={"environment": error.message}) from None


def _with_names(workspace: Workspace, error: Invalid) -> Invalid:
    """The sentence about an unknown name says which names there are."""
    if error.code != "unknown_environment":
        return error
    names = queries.names(workspace)
    if not names:
        return error
    return Invalid(
        error.code,
        error.message,
        hint=f"There is {', '.join(names)}; or give a requirements.txt, a conda_file or an image.",
        fields=dict(error.fields),
    )


def _context(workspace: Workspace, definition: Definition) -> Blob:
    """The kept folder of a Dockerfile, looked into before anything stands on it."""
    blob = folders.find(workspace=workspace, sha256=definition.context)
    try:
        text = folders.read(blob, definition.dockerfile, limit=MAX_DOCKERFILE).decode("utf-8", "replace")
    except NotFound:
        raise _no_dockerfile(f"The folder holds no file {definition.dockerfile[:100]!r}.") from None
    if not any(line.strip().upper().startswith("FROM ") for line in text.splitlines()):
        raise _no_dockerfile(
            f"The file {definition.dockerfile[:100]!r} is no Dockerfile: no line of it begins with FROM."
        )
    return blob


def _no_dockerfile(sentence: str) -> Invalid:
    return Invalid(
        "invalid_environment", sentence, hint="Name it under build.dockerfile_path.", fields={"environment": sentence}
    )

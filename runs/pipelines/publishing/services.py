"""Pipelines published under a name, switched on and off, called."""

import re
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError
from django.utils import timezone

from runs.pipelines.document import checking
from runs.pipelines.document.problems import InvalidPipeline
from runs.pipelines.drafts import names
from runs.pipelines.engine import submitting
from runs.pipelines.models import PipelineEndpoint, PipelineEndpointVersion, PipelineVersion
from runs.pipelines.publishing import parameters, queries
from runs.tracking.models import Run
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.errors import Conflict, Invalid, NotFound
from studio.live import topics
from studio.live.publish import publish as hint

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")
OFF = "Switch it on first, or call another version."


def publish(
    *, actor: User | None, version: PipelineVersion, endpoint: str, description: str = "", is_default: bool = True
) -> PipelineEndpointVersion:
    """The version under this name, as the endpoint's next version; the endpoint is made where it is new.

    The first version answers, and later ones where `is_default`. Raises InvalidPipeline when it could not run.
    """
    workspace, name = version.pipeline.workspace, _name(endpoint)
    problems = checking.check(workspace, version.document)
    if problems:
        raise InvalidPipeline(problems)
    with transaction.atomic():
        found = _ensure(actor, workspace, name, description)
        rows = PipelineEndpoint.objects.filter(pk=found.pk)
        rows.update(version_count=F("version_count") + 1, updated_at=timezone.now())
        number = rows.values_list("version_count", flat=True).get()
        made = PipelineEndpointVersion.objects.create(
            endpoint=found, number=number, source=version, document=version.document, created_by=actor
        )
        if is_default or number == 1:
            rows.update(default_version=number)
        _note(actor, found, "published", detail=f"Version {number}: {version}.")
    made.endpoint = queries.current(found)
    return made


def edit(
    *,
    actor: User | None,
    endpoint: PipelineEndpoint,
    description: str | None = None,
    is_enabled: bool | None = None,
    default_version: int | None = None,
) -> PipelineEndpoint:
    """Other words, on or off, another version that answers. Raises NotFound, Conflict for one that is switched off."""
    values: dict[str, Any] = {}
    if description is not None:
        values["description"] = names.description(description)
    if is_enabled is not None:
        values["is_enabled"] = is_enabled
    if default_version is not None:
        wanted = queries.version_at(endpoint, default_version)
        if not wanted.is_enabled:
            raise Conflict("pipeline_endpoint_off", f"{wanted} is switched off, so it can't answer.", hint=OFF)
        values["default_version"] = wanted.number
    with transaction.atomic():
        PipelineEndpoint.objects.filter(pk=endpoint.pk).update(**values, updated_at=timezone.now())
        _note(actor, endpoint, "edited")
    return queries.current(endpoint)


def set_default(*, actor: User | None, endpoint: PipelineEndpoint, number: int) -> PipelineEndpoint:
    return edit(actor=actor, endpoint=endpoint, default_version=number)


def enable(*, actor: User | None, endpoint: PipelineEndpoint, is_enabled: bool = True) -> PipelineEndpoint:
    return edit(actor=actor, endpoint=endpoint, is_enabled=is_enabled)


def enable_version(
    *, actor: User | None, version: PipelineEndpointVersion, is_enabled: bool
) -> PipelineEndpointVersion:
    """One version on or off. Raises Conflict for the one that answers by default."""
    endpoint = queries.current(version.endpoint)
    if not is_enabled and endpoint.default_version == version.number:
        raise Conflict(
            "pipeline_endpoint_default",
            f"Version {version.number} is the one that answers.",
            hint="Let another version answer first, or switch the whole endpoint off.",
        )
    with transaction.atomic():
        PipelineEndpointVersion.objects.filter(pk=version.pk).update(is_enabled=is_enabled)
        _note(actor, endpoint, "edited", detail=f"Version {version.number} {'on' if is_enabled else 'off'}.")
    return queries.version_at(endpoint, version.number)


def delete(*, actor: User | None, endpoint: PipelineEndpoint) -> None:
    """The address with its versions; pipelines and runs stay. Raises Conflict while a schedule calls it."""
    try:
        with transaction.atomic():
            _note(actor, endpoint, "deleted")
            endpoint.delete()
    except ProtectedError as error:
        users = ", ".join(sorted({str(each) for each in error.protected_objects})[:5])
        message = f"The published pipeline {endpoint.name} is called by the schedule {users}."
        raise Conflict("pipeline_in_use", message, hint="Delete the schedule first.") from None


def invoke(
    *,
    actor: User,
    endpoint: PipelineEndpoint,
    inputs: Mapping[str, Any] | None = None,
    version: int | None = None,
    experiment: str = "",
    name: str = "",
    origin: str = "endpoint",
) -> Run:
    """A run of the version that answers, or of this one. Raises Conflict when it is off, Invalid `bad_inputs`."""
    found = callable_version(endpoint=endpoint, number=version)
    given = parameters.checked(found.document, inputs or {})
    run = submitting.submit(
        actor=actor,
        workspace=endpoint.workspace,
        document=found.document,
        inputs=given,
        pipeline=found.source.pipeline if found.source else None,
        version=found.source,
        endpoint=endpoint,
        origin=origin,
        experiment=experiment,
        name=name,
    )
    hint(topics.workspace(endpoint.workspace.slug), "pipelines")
    return run


def callable_version(*, endpoint: PipelineEndpoint, number: int | None = None) -> PipelineEndpointVersion:
    """The version that answers a call. Raises Conflict `pipeline_endpoint_off`, NotFound."""
    if not endpoint.is_enabled:
        raise Conflict("pipeline_endpoint_off", f"{endpoint.name} is switched off and starts nothing.", hint=OFF)
    found = queries.version_at(endpoint, endpoint.default_version if number is None else number)
    if not found.is_enabled:
        raise Conflict("pipeline_endpoint_off", f"{found} is switched off and starts nothing.", hint=OFF)
    return found


def _ensure(actor: User | None, workspace: Workspace, name: str, description: str) -> PipelineEndpoint:
    found = queries.endpoint_named(workspace, name)
    if found is not None:
        return found
    try:
        with transaction.atomic():
            made = PipelineEndpoint.objects.create(
                workspace=workspace, name=name, description=names.description(description), created_by=actor
            )
    except IntegrityError:  # somebody made it a moment ago
        there = queries.endpoint_named(workspace, name)
        if there is None:
            raise NotFound("not_found", f"The published pipeline {name} was deleted meanwhile.") from None
        return there
    _note(actor, made, "created")
    return made


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        message = (
            "A published pipeline's name has letters, digits, '.', '-' and '_', and begins with one of the first two."
        )
        raise Invalid("bad_pipeline_name", message, fields={"name": message})
    return text


def _note(actor: User | None, endpoint: PipelineEndpoint, verb: str, detail: str = "") -> None:
    url = "" if verb == "deleted" else endpoint.get_absolute_url()
    activity.record(
        actor=actor, workspace=endpoint.workspace, verb=f"pipeline_endpoint.{verb}",
        subject=endpoint.subject, label=endpoint.name, url=url, detail=detail,
    )  # fmt: skip
    hint(topics.workspace(endpoint.workspace.slug), "pipelines")

"""Pipelines: made, drawn, kept as versions, put away."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError
from django.utils import timezone

from runs.pipelines.drafts import documents, names, queries, samples, textual
from runs.pipelines.drafts.conflict import DraftChanged
from runs.pipelines.models import Pipeline, PipelineVersion
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.errors import Conflict, NotFound
from studio.live import topics
from studio.live.publish import publish

UNTITLED = "Untitled pipeline"
MOST_TRIES = 20


def create(
    *,
    actor: User | None,
    workspace: Workspace,
    name: str = "",
    document: Any = None,
    sample: str = "",
    text: str = "",
    file_name: str = "pipeline.yml",
    description: str = "",
    purpose: str = Pipeline.Purpose.TRAINING,
    made_of: Pipeline | None = None,
) -> Pipeline:
    """A pipeline that begins empty, with this document, with the text of a pipeline file, or as a sample.

    Without a name it takes the document's or the sample's, or "Untitled pipeline", with a number where that is taken.
    Raises Conflict `pipeline_exists` for a name that was given, Invalid for a text that is none.
    """
    begins = _beginning(document=document, sample=sample, text=text, file_name=file_name)
    wanted = names.pipeline_name(name or begins.get("display_name") or UNTITLED)
    facts = {
        "description": names.description(description or begins["description"]),
        "purpose": purpose,
        "made_of": made_of,
    }
    if name:
        return _made(actor, workspace, wanted, begins, facts)
    for _ in range(MOST_TRIES):  # somebody may take the free name meanwhile
        try:
            return _made(actor, workspace, free_name(workspace=workspace, wanted=wanted), begins, facts)
        except Conflict:
            continue
    raise _taken(wanted)


def save_draft(*, actor: User | None, pipeline: Pipeline, document: Any, stamp: int) -> Pipeline:
    """The draft as it is now on somebody's canvas, who had read it at `stamp`.

    Raises DraftChanged with who saved meanwhile and when; then nothing is written.
    """
    _put_draft(actor, pipeline, documents.shaped(document), stamp)
    return queries.current(pipeline)


def edit(
    *,
    actor: User | None,
    pipeline: Pipeline,
    name: str | None = None,
    description: str | None = None,
    is_archived: bool | None = None,
) -> Pipeline:
    """Another name or other words; put away, or brought back. Raises Conflict `pipeline_exists`."""
    values: dict[str, Any] = {}
    if name is not None:
        values["name"] = names.pipeline_name(name)
    if description is not None:
        values["description"] = names.description(description)
    verb = "edited"
    if is_archived is not None and is_archived != pipeline.is_archived:
        values["is_archived"], verb = is_archived, "archived" if is_archived else "brought_back"
    try:
        with transaction.atomic():
            Pipeline.objects.filter(pk=pipeline.pk).update(**values, updated_at=timezone.now(), updated_by=actor)
            changed = queries.current(pipeline)
            _note(actor, changed, verb)
    except IntegrityError:
        raise _taken(values["name"]) from None
    return changed


def rename(*, actor: User | None, pipeline: Pipeline, name: str) -> Pipeline:
    return edit(actor=actor, pipeline=pipeline, name=name)


def archive(*, actor: User | None, pipeline: Pipeline, is_archived: bool = True) -> Pipeline:
    return edit(actor=actor, pipeline=pipeline, is_archived=is_archived)


def delete(*, actor: User | None, pipeline: Pipeline) -> None:
    """The pipeline with its versions; its runs stay. Raises Conflict `pipeline_in_use` naming what runs it."""
    try:
        with transaction.atomic():
            _note(actor, pipeline, "deleted")
            pipeline.delete()
    except ProtectedError as error:
        users = ", ".join(sorted({str(each) for each in error.protected_objects})[:5])
        raise Conflict(
            "pipeline_in_use",
            f"The pipeline {pipeline.name} is run by the schedule {users}.",
            hint="Delete the schedule first, or archive the pipeline instead.",
        ) from None


def clone(
    *, actor: User | None, pipeline: Pipeline, name: str = "", version: PipelineVersion | None = None
) -> Pipeline:
    """Another pipeline whose draft is this one's, or one of its versions. Raises Conflict `pipeline_exists`."""
    document = pipeline.document if version is None else version.document
    wanted = name or free_name(workspace=pipeline.workspace, wanted=f"{pipeline.name[: names.MAX_NAME - 10]} copy")
    return create(
        actor=actor, workspace=pipeline.workspace, name=wanted, document={**document, "display_name": wanted}, description=pipeline.description,
        purpose=pipeline.purpose, made_of=pipeline.made_of,
    )  # fmt: skip


def keep_version(
    *, actor: User | None, pipeline: Pipeline, name: str = "", note: str = "", stamp: int | None = None
) -> PipelineVersion:
    """The draft as the next version; the newest one where it is the same already and no other name is wanted.

    Raises DraftChanged when the draft is not the one at `stamp`.
    """
    with transaction.atomic():
        number = _next_number(pipeline)
        now = queries.current(pipeline)
        if stamp is not None and stamp != now.stamp:
            raise changed_meanwhile(now=now)
        digest, newest = documents.digest(now.document), queries.versions_of(pipeline).first()
        if newest is not None and newest.digest == digest and name in ("", newest.name):
            transaction.set_rollback(True)  # the number was not used
            return newest
        version = PipelineVersion.objects.create(
            pipeline=now, number=number, name=name.strip()[: names.MAX_NAME], note=note[: names.MAX_NOTE],
            document=now.document, digest=digest, created_by=actor,
        )  # fmt: skip
        _note(actor, now, "kept", detail=f"Version {number}. {version.name}".strip())
    return version


def restore_version(*, actor: User | None, version: PipelineVersion, stamp: int | None = None) -> Pipeline:
    """The version's document as the draft. Raises DraftChanged when the draft is not the one at `stamp`."""
    pipeline = version.pipeline
    with transaction.atomic():
        _put_draft(actor, pipeline, version.document, queries.current(pipeline).stamp if stamp is None else stamp)
        _note(actor, pipeline, "restored", detail=f"Version {version.number} is the draft again.")
    return queries.current(pipeline)


def changed_meanwhile(*, now: Pipeline) -> DraftChanged:
    return DraftChanged(stamp=now.stamp, by=str(now.updated_by or ""), at=now.updated_at)


def free_name(*, workspace: Workspace, wanted: str) -> str:
    """The name, or with the first number that makes it free."""
    stem = wanted[: names.MAX_NAME - 8]
    taken, number = queries.taken_names(workspace, stem), 2
    if wanted not in taken:
        return wanted
    while f"{stem} {number}" in taken:
        number += 1
    return f"{stem} {number}"


def _beginning(*, document: Any, sample: str, text: str, file_name: str) -> documents.Document:
    if sample:
        return documents.shaped(samples.document_of(sample))
    if text:
        return documents.shaped(textual.document_of(text, file_name))
    return documents.shaped(documents.empty() if document is None else document)


def _made(
    actor: User | None, workspace: Workspace, name: str, document: documents.Document, facts: Mapping[str, Any]
) -> Pipeline:
    try:
        with transaction.atomic():
            made = Pipeline.objects.create(
                workspace=workspace, name=name, document={**document, "display_name": document["display_name"] or name}, created_by=actor,
                updated_by=actor, **facts,
            )  # fmt: skip
            _note(actor, made, "created")
    except IntegrityError:
        raise _taken(name) from None
    return made


def _put_draft(actor: User | None, pipeline: Pipeline, document: documents.Document, stamp: int) -> None:
    rows = Pipeline.objects.filter(pk=pipeline.pk, stamp=stamp)
    if not rows.update(document=document, stamp=F("stamp") + 1, updated_at=timezone.now(), updated_by=actor):
        now = Pipeline.objects.filter(pk=pipeline.pk).select_related("updated_by").first()
        if now is None:
            raise _deleted(pipeline)
        raise changed_meanwhile(now=now)
    publish(topics.workspace(pipeline.workspace.slug), f"pipeline-{pipeline.pk}")


def _next_number(pipeline: Pipeline) -> int:
    """One more than the last, in the transaction of the version: two at a time wait for each other, none is lost."""
    rows = Pipeline.objects.filter(pk=pipeline.pk)
    if not rows.update(version_count=F("version_count") + 1):
        raise _deleted(pipeline)
    return rows.values_list("version_count", flat=True).get()


def _note(actor: User | None, pipeline: Pipeline, verb: str, detail: str = "") -> None:
    url = "" if verb == "deleted" else pipeline.get_absolute_url()
    activity.record(
        actor=actor, workspace=pipeline.workspace, verb=f"pipeline.{verb}", subject=pipeline.subject,
        label=pipeline.name, url=url, detail=detail,
    )  # fmt: skip
    publish(topics.workspace(pipeline.workspace.slug), "pipelines")


def _deleted(pipeline: Pipeline) -> NotFound:
    return NotFound("not_found", f"The pipeline {pipeline.name} was deleted meanwhile.")


def _taken(name: str) -> Conflict:
    message = f"There is a pipeline {name} already."
    return Conflict("pipeline_exists", message, hint="Give another name.", fields={"name": message})

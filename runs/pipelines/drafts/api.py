"""Pipelines over REST: made, drawn, kept, compared, run."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from runs.pipelines.drafts import (
    documents,
    labels,
    presence,
    queries,
    running,
    samples,
    serializers,
    services,
    shown,
)
from runs.pipelines.models import Pipeline, PipelineVersion
from studio.access import Permission
from studio.api import fields, listing, pagination
from studio.api.idempotency import idempotent
from studio.api.views import WorkspaceAPIView
from studio.errors import Invalid, StudioError

VIEW, EDIT = Permission.PIPELINE_VIEW, Permission.PIPELINE_EDIT
LIST = [
    listing.WORDS,
    listing.ARCHIVED,
    OpenApiParameter("purpose", str, enum=Pipeline.Purpose.values),
    *listing.PAGE,
]
COMPARE = [
    OpenApiParameter("a", str, description="a version's number, latest or draft", required=True),
    OpenApiParameter("b", str, description="the same; the draft, when left out"),
]
IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="the ETag the draft was read with")
ORDER = ("-updated_at", "-id")
DRAFT = "draft"


class PipelineView(WorkspaceAPIView):
    """A view of one pipeline. Its rights are the workspace's: the policy is judged before."""

    max_body: ClassVar[int] = documents.MAX_BYTES + 64 * 1024

    def pipeline(self, request: Request, pk: int) -> Pipeline:
        return self.row(request, Pipeline, VIEW, pk=pk)

    def version(self, request: Request, pk: int, number: int) -> PipelineVersion:
        pipeline = self.pipeline(request, pk)
        found = queries.version_at(pipeline, number)
        found.pipeline = pipeline
        return found


class Pipelines(PipelineView):
    policy: ClassVar = {"GET": VIEW, "POST": EDIT}

    @extend_schema(operation_id="pipelines_list", parameters=LIST, responses={200: serializers.PipelineList})
    def get(self, request: Request, workspace: str) -> Response:
        purpose = request.GET.get("purpose", "")
        rows = queries.pipelines_in(
            self.workspace,
            words=listing.words(request),
            is_archived=listing.is_archived(request),
            purpose=purpose if purpose in Pipeline.Purpose.values else "",
        )
        answer = pagination.answer(request, rows, order=ORDER, show=lambda row: row)
        return Response({**answer, "results": shown.pipelines(answer["results"])})

    @extend_schema(request=serializers.NewPipeline, responses={201: serializers.PipelineAnswer})
    @idempotent
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.NewPipeline, request.data)
        given = [name for name in ("document", "text", "sample") if values[name]]
        if len(given) > 1:
            message = f"Give one of {' and '.join(given)}."
            raise Invalid("bad_document", message, fields={given[1]: message})
        made = services.create(actor=request.user, workspace=self.workspace, **values)
        return Response(shown.pipeline(made), status=201)


class OnePipeline(PipelineView):
    policy: ClassVar = {"GET": VIEW, "PATCH": EDIT, "DELETE": Permission.PIPELINE_DELETE}

    @extend_schema(responses={200: serializers.PipelineAnswer})
    def get(self, request: Request, workspace: str, pk: int) -> Response:
        pipeline = self.pipeline(request, pk)
        last = queries.runs_of(pipeline).first()
        return Response(shown.pipeline(pipeline, last.run if last else None))

    @extend_schema(request=serializers.EditPipeline, responses={200: serializers.PipelineAnswer})
    def patch(self, request: Request, workspace: str, pk: int) -> Response:
        pipeline = self.pipeline(request, pk)
        values = fields.clean(serializers.EditPipeline, request.data, partial=True)
        return Response(shown.pipeline(services.edit(actor=request.user, pipeline=pipeline, **values)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, pk: int) -> Response:
        services.delete(actor=request.user, pipeline=self.pipeline(request, pk))
        return Response(status=204)


class Draft(PipelineView):
    """What somebody draws. PUT says in `If-Match` which one it was drawn over: 412 when somebody saved since."""

    policy: ClassVar = {"GET": VIEW, "PUT": EDIT}

    @extend_schema(responses={200: serializers.PipelineDraftAnswer})
    def get(self, request: Request, workspace: str, pk: int) -> Response:
        return _tagged(queries.current(self.pipeline(request, pk)), with_document=True)

    @extend_schema(
        parameters=[IF_MATCH],
        request=serializers.PipelineDraftBody,
        responses={200: serializers.PipelineSavedAnswer},
    )
    def put(self, request: Request, workspace: str, pk: int) -> Response:
        pipeline = self.pipeline(request, pk)
        values = fields.clean(serializers.PipelineDraftBody, request.data)
        saved = services.save_draft(actor=request.user, pipeline=pipeline, stamp=_stamp(request), **values)
        return _tagged(saved)


class Versions(PipelineView):
    """POST keeps the draft; 200 with the newest version where it is the same already."""

    policy: ClassVar = {"GET": VIEW, "POST": EDIT}

    @extend_schema(
        operation_id="pipeline_versions_list", parameters=listing.PAGE, responses={200: serializers.PipelineVersionList}
    )
    def get(self, request: Request, workspace: str, pk: int) -> Response:
        pipeline = self.pipeline(request, pk)
        now = documents.digest(pipeline.document)
        rows = queries.versions_of(pipeline)
        return Response(
            pagination.answer(
                request, rows, order=("-number",), show=lambda row: shown.version(row, draft_digest=now)
            )
        )  # fmt: skip

    @extend_schema(
        request=serializers.NewPipelineVersion,
        responses={201: serializers.PipelineVersionAnswer, 200: serializers.PipelineVersionAnswer},
    )
    @idempotent
    def post(self, request: Request, workspace: str, pk: int) -> Response:
        pipeline = self.pipeline(request, pk)
        values = fields.clean(serializers.NewPipelineVersion, request.data)
        before = pipeline.version_count
        kept = services.keep_version(actor=request.user, pipeline=pipeline, **values)
        body = shown.version(kept, draft_digest=kept.digest)
        return Response(body, status=201 if kept.number > before else 200)


class Version(PipelineView):
    policy: ClassVar = {"GET": VIEW}

    @extend_schema(operation_id="pipeline_version", responses={200: serializers.PipelineVersionDetail})
    def get(self, request: Request, workspace: str, pk: int, number: int) -> Response:
        found = self.version(request, pk, number)
        body = shown.version(found, draft_digest=documents.digest(found.pipeline.document))
        return Response({**body, "document": found.document})


class Restore(PipelineView):
    """The version as the draft."""

    policy: ClassVar = {"POST": EDIT}

    @extend_schema(request=serializers.RestorePipeline, responses={200: serializers.PipelineDraftAnswer})
    def post(self, request: Request, workspace: str, pk: int, number: int) -> Response:
        version = self.version(request, pk, number)
        values = fields.clean(serializers.RestorePipeline, request.data)
        return _tagged(services.restore_version(actor=request.user, version=version, **values), with_document=True)


class Compare(PipelineView):
    """What differs from `a` to `b`."""

    policy: ClassVar = {"GET": VIEW}

    @extend_schema(
        operation_id="pipeline_compare", parameters=COMPARE, responses={200: serializers.PipelineCompareAnswer}
    )
    def get(self, request: Request, workspace: str, pk: int) -> Response:
        pipeline = self.pipeline(request, pk)
        a, b = request.GET.get("a", "latest")[:20], request.GET.get("b", DRAFT)[:20]
        found = labels.compared(self.workspace, queries.document_at(pipeline, a), queries.document_at(pipeline, b))
        return Response({"a": a, "b": b, "differences": [each.as_dict() for each in found]})


class Clone(PipelineView):
    policy: ClassVar = {"POST": EDIT}

    @extend_schema(request=serializers.ClonePipeline, responses={201: serializers.PipelineAnswer})
    @idempotent
    def post(self, request: Request, workspace: str, pk: int) -> Response:
        pipeline = self.pipeline(request, pk)
        values = fields.clean(serializers.ClonePipeline, request.data)
        number = values["version"]
        version = queries.version_at(pipeline, number) if number else None
        made = services.clone(actor=request.user, pipeline=pipeline, name=values["name"], version=version)
        return Response(shown.pipeline(made), status=201)


class Run(PipelineView):
    """POST runs the draft, or a version. With an `Idempotency-Key` a repeated press makes one run."""

    policy: ClassVar = {"POST": Permission.RUN_SUBMIT}

    @extend_schema(request=serializers.RunPipeline, responses={201: serializers.PipelineRunStarted})
    @idempotent
    def post(self, request: Request, workspace: str, pk: int) -> Response:
        pipeline = self.pipeline(request, pk)
        values = fields.clean(serializers.RunPipeline, request.data)
        number = values.pop("version")
        version = queries.version_at(pipeline, number) if number else None
        run = running.run(actor=request.user, pipeline=pipeline, version=version, **values)
        return Response(shown.started(run), status=201)


class Presence(PipelineView):
    """Who has the canvas open. A page says so every ten seconds, and when it is closed."""

    policy: ClassVar = {"GET": VIEW, "POST": VIEW}

    @extend_schema(responses={200: serializers.PresenceAnswer})
    def get(self, request: Request, workspace: str, pk: int) -> Response:
        return self.people(request, presence.who(self.pipeline(request, pk)))

    @extend_schema(request=serializers.PresenceBody, responses={200: serializers.PresenceAnswer})
    def post(self, request: Request, workspace: str, pk: int) -> Response:
        pipeline = self.pipeline(request, pk)
        values = fields.clean(serializers.PresenceBody, request.data)
        if values.pop("is_gone"):
            found = presence.leave(actor=request.user, pipeline=pipeline, page=values["page"])
        else:
            found = presence.note(actor=request.user, pipeline=pipeline, **values)
        return self.people(request, found)

    def people(self, request: Request, found: list[presence.Editor]) -> Response:
        return Response({"people": [shown.editor(each, user_id=request.user.pk) for each in found]})


class Samples(WorkspaceAPIView):
    policy: ClassVar = {"GET": VIEW}

    @extend_schema(operation_id="pipeline_samples", responses={200: serializers.PipelineSampleList})
    def get(self, request: Request, workspace: str) -> Response:
        return Response({"results": [shown.sample(each) for each in samples.SAMPLES]})


def _tagged(row: Pipeline, *, with_document: bool = False) -> Response:
    body: dict[str, Any] = shown.draft(row) if with_document else shown.saved(row)
    return Response(body, headers={"ETag": f'"{row.stamp}"', "Cache-Control": "no-store"})


def _stamp(request: Request) -> int:
    """The stamp of `If-Match`. Raises Invalid: without it a newer draft could be overwritten."""
    text = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not text:
        raise _StampMissing(
            "stamp_missing",
            "The draft was sent without If-Match, so a newer one could be overwritten.",
            hint="Send the ETag that the draft was read with.",
        )
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Invalid("bad_parameter", "If-Match must be the ETag of a draft.", fields={"If-Match": "no ETag of ours"})
    return int(text)


class _StampMissing(StudioError):
    status = 428

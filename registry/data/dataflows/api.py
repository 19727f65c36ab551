"""Dataflows over REST."""

from typing import Any, ClassVar

from atelier.dataflow import Recipe
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from registry.data.dataflows import queries, recipes, serializers, services
from registry.data.dataflows.models import Dataflow, DataflowVersion
from registry.data.reading import recipes as reading
from registry.data.reading.recipes import Sample
from studio.access import Permission
from studio.api import fields, listing, pagination
from studio.api.idempotency import idempotent
from studio.api.views import WorkspaceAPIView
from studio.errors import Invalid

VIEW, EDIT = Permission.DATA_VIEW, Permission.DATA_EDIT
LIBRARIES = ("polars", "pandas")
LIST = [
    listing.WORDS,
    listing.ARCHIVED,
    *listing.PAGE,
]
CODE = [
    OpenApiParameter("to", str, enum=LIBRARIES),
    OpenApiParameter("version", str, description="a saved version or latest; the draft, when left out"),
]
WHAT = {"column": "derive", "split": "split", "filter": "filter"}


class FlowView(WorkspaceAPIView):
    """A view of one flow. Its rights are the workspace's: the policy is judged before."""

    def flow(self, request: Request, name: str) -> Dataflow:
        return self.row(request, Dataflow, VIEW, name=name)

    def version(self, request: Request, name: str, number: str) -> DataflowVersion:
        flow = self.flow(request, name)
        found = queries.version_at(flow, number)
        found.flow = flow
        return found

    def recipe(self, flow: Dataflow, values: dict[str, Any]) -> Recipe:
        return recipes.read(values["recipe"] or flow.draft)


class Flows(FlowView):
    policy: ClassVar = {"GET": VIEW, "POST": EDIT}

    @extend_schema(operation_id="dataflows_list", parameters=LIST, responses={200: serializers.DataflowList})
    def get(self, request: Request, workspace: str) -> Response:
        is_archived = listing.is_archived(request)
        rows = queries.flows_in(self.workspace, words=listing.words(request), is_archived=is_archived)
        return Response(pagination.answer(request, rows, order=("name", "id"), show=serializers.flow))

    @extend_schema(request=serializers.NewDataflow, responses={201: serializers.DataflowAnswer})
    @idempotent
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.NewDataflow, request.data)
        made = services.create_flow(actor=request.user, workspace=self.workspace, **values)
        return Response(serializers.flow(made), status=201)


class Flow(FlowView):
    policy: ClassVar = {"GET": VIEW, "PATCH": EDIT, "DELETE": Permission.DATA_DELETE}

    @extend_schema(responses={200: serializers.DataflowAnswer})
    def get(self, request: Request, workspace: str, name: str) -> Response:
        return Response(serializers.flow(self.flow(request, name)))

    @extend_schema(request=serializers.EditDataflow, responses={200: serializers.DataflowAnswer})
    def patch(self, request: Request, workspace: str, name: str) -> Response:
        flow = self.flow(request, name)
        values = fields.clean(serializers.EditDataflow, request.data, partial=True)
        return Response(serializers.flow(services.edit_flow(actor=request.user, flow=flow, **values)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str) -> Response:
        services.delete_flow(actor=request.user, flow=self.flow(request, name))
        return Response(status=204)


class Draft(FlowView):
    """What somebody works on. PUT says the stamp it was read at, and is refused when the draft changed since."""

    policy: ClassVar = {"GET": VIEW, "PUT": EDIT}

    @extend_schema(responses={200: serializers.DataflowDraftAnswer})
    def get(self, request: Request, workspace: str, name: str) -> Response:
        return Response(serializers.draft(self.flow(request, name)))

    @extend_schema(request=serializers.DataflowDraft, responses={200: serializers.DataflowDraftAnswer})
    def put(self, request: Request, workspace: str, name: str) -> Response:
        flow = self.flow(request, name)
        values = fields.clean(serializers.DataflowDraft, request.data)
        stamp = values.pop("stamp")
        saved = services.save_draft(actor=request.user, flow=flow, recipe=values, stamp=stamp)
        return Response(serializers.draft(saved))


class Versions(FlowView):
    policy: ClassVar = {"GET": VIEW, "POST": EDIT}

    @extend_schema(
        operation_id="dataflow_versions_list", parameters=listing.PAGE, responses={200: serializers.DataflowVersionList}
    )
    def get(self, request: Request, workspace: str, name: str) -> Response:
        rows = queries.versions_of(self.flow(request, name))
        return Response(pagination.answer(request, rows, order=("-number",), show=serializers.version))

    @extend_schema(request=serializers.NewDataflowVersion, responses={201: serializers.DataflowVersionAnswer})
    @idempotent
    def post(self, request: Request, workspace: str, name: str) -> Response:
        flow = self.flow(request, name)
        values = fields.clean(serializers.NewDataflowVersion, request.data)
        return Response(
            serializers.version(services.save_version(actor=request.user, flow=flow, **values)), status=201
        )  # fmt: skip


class Version(FlowView):
    policy: ClassVar = {"GET": VIEW}

    @extend_schema(operation_id="dataflow_version", responses={200: serializers.DataflowVersionAnswer})
    def get(self, request: Request, workspace: str, name: str, number: str) -> Response:
        return Response(serializers.version(self.version(request, name, number)))


class Restore(FlowView):
    """The version as the draft."""

    policy: ClassVar = {"POST": EDIT}

    @extend_schema(request=serializers.RestoreDataflow, responses={200: serializers.DataflowDraftAnswer})
    def post(self, request: Request, workspace: str, name: str, number: str) -> Response:
        version = self.version(request, name, number)
        values = fields.clean(serializers.RestoreDataflow, request.data)
        return Response(
            serializers.draft(services.restore_version(actor=request.user, version=version, **values))
        )  # fmt: skip


class Preview(FlowView):
    """What the steps make of a sample of the source."""

    policy: ClassVar = {"POST": VIEW}

    @extend_schema(request=serializers.DataflowSample, responses={200: serializers.DataflowPreviewAnswer})
    def post(self, request: Request, workspace: str, name: str) -> Response:
        flow = self.flow(request, name)
        values = fields.clean(serializers.DataflowSample, request.data)
        worked = recipes.worked(self.workspace, self.recipe(flow, values), sample=_sample(values))
        return Response(reading.preview(worked, upto=values["upto"]))


class Derive(FlowView):
    """Programs found from examples: for a new column, for a split, for a filter."""

    policy: ClassVar = {"POST": VIEW}

    @extend_schema(request=serializers.DataflowByExample, responses={200: serializers.DataflowByExampleAnswer})
    def post(self, request: Request, workspace: str, name: str) -> Response:
        flow = self.flow(request, name)
        values = fields.clean(serializers.DataflowByExample, request.data)
        recipe = self.recipe(flow, values)
        upto = len(recipe.steps) if values["upto"] is None else values["upto"]
        asked = _examples(values)
        worked = recipes.worked(self.workspace, recipe, sample=_sample(values), upto=upto)
        return Response(reading.by_example(worked, what=WHAT[values["kind"]], upto=upto, asked=asked))


class Code(FlowView):
    """The draft or a version as a program for Polars or pandas."""

    policy: ClassVar = {"GET": VIEW}

    @extend_schema(operation_id="dataflow_code", parameters=CODE, responses={200: serializers.DataflowCodeAnswer})
    def get(self, request: Request, workspace: str, name: str) -> Response:
        flow, to = self.flow(request, name), request.GET.get("to", "polars")
        if to not in LIBRARIES:
            raise Invalid("bad_question", "Code is written for polars or pandas.", fields={"to": "polars or pandas"})
        ref = request.GET.get("version", "")
        given = queries.version_at(flow, ref).recipe if ref else flow.draft
        worked = recipes.worked(self.workspace, recipes.read(given))
        return Response({"to": to, "code": reading.code(worked, to=to)})


def _sample(values: dict[str, Any]) -> Sample:
    return Sample(values["sample"], values["rows"], values["seed"])


def _examples(values: dict[str, Any]) -> dict[str, Any]:
    """What was shown, as the reading process asks for it. Raises Invalid when nothing was."""
    kind, examples = values["kind"], values["examples"]
    if kind == "filter":
        if not values["keep"] and not values["drop"]:
            raise _bad("keep", "Mark a row to keep or to drop.")
        return {"keep": values["keep"], "drop": values["drop"], "columns": values["columns"]}
    if not examples:
        raise _bad("examples", "Show what is wanted in at least one row.")
    if kind == "column":
        single = [{"row": one["row"], "wanted": one["wanted"][0]} for one in examples]
        return {"examples": single, "columns": values["columns"]}
    if not values["column"]:
        raise _bad("column", "Name the column to split.")
    return {"examples": [dict(one) for one in examples], "column": values["column"]}


def _bad(field: str, message: str) -> Invalid:
    return Invalid("bad_question", message, fields={field: message})

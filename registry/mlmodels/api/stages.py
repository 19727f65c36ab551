"""Stages, requests for them, checks and comparisons over REST."""

from typing import ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from registry.mlmodels import comparing, makers, queries, rules, stage_serializers, stages, uses
from registry.mlmodels.api.registered import ModelView
from registry.mlmodels.services import approvals, checks
from registry.mlmodels.services import stages as stage_services
from studio import access
from studio.access import Permission
from studio.api import fields
from studio.api.idempotency import idempotent
from studio.api.views import WorkspaceAPIView
from studio.errors import Invalid


class Stages(WorkspaceAPIView):
    policy: ClassVar = {"GET": Permission.MODEL_VIEW}

    @extend_schema(operation_id="model_stages_list", responses={200: stage_serializers.StageList})
    def get(self, request: Request, workspace: str) -> Response:
        return Response({"results": [stage_serializers.stage(row) for row in stages.of(self.workspace)]})


class Stage(WorkspaceAPIView):
    """A stage of the workspace and what it asks of a version; PUT makes or changes it."""

    policy: ClassVar = {
        "GET": Permission.MODEL_VIEW,
        "PUT": Permission.MODEL_GOVERN,
        "DELETE": Permission.MODEL_GOVERN,
    }

    @extend_schema(responses={200: stage_serializers.StageAnswer})
    def get(self, request: Request, workspace: str, stage: str) -> Response:
        return Response(stage_serializers.stage(stages.named(self.workspace, stage)))

    @extend_schema(request=stage_serializers.SaveStage, responses={200: stage_serializers.StageAnswer})
    def put(self, request: Request, workspace: str, stage: str) -> Response:
        values = fields.clean(stage_serializers.SaveStage, request.data, partial=True)
        if "metrics" in values:
            values["metrics"] = [dict(rule) for rule in values["metrics"]]
        stage_services.save_stage(actor=request.user, workspace=self.workspace, name=stage, changes=values)
        return Response(stage_serializers.stage(stages.named(self.workspace, stage)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, stage: str) -> Response:
        stage_services.delete_stage(actor=request.user, workspace=self.workspace, name=stage)
        return Response(status=204)


class StageRequests(ModelView):
    """Who asked that a version goes where, newest first; POST asks."""

    policy: ClassVar = {"GET": Permission.MODEL_VIEW, "POST": Permission.MODEL_EDIT}

    @extend_schema(operation_id="stage_requests_list", responses={200: stage_serializers.StageRequestList})
    def get(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        version = self.version(request, name, ref)
        rows = queries.stage_requests(version)
        return Response({"results": [_shown(row) for row in rows]})

    @extend_schema(request=stage_serializers.AskForStage, responses={201: stage_serializers.StageRequestAnswer})
    @idempotent
    def post(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        makers.require_person(request)
        version = self.version(request, name, ref)
        values = fields.clean(stage_serializers.AskForStage, request.data)
        made = approvals.request_stage(actor=request.user, version=version, **values)
        return Response(_shown(made), status=201)


class StageRequestDetail(ModelView):
    """One request; PATCH decides it."""

    # Who may edit may take an own request back; that saying yes or no takes `model:approve` is asked below.
    policy: ClassVar = {"GET": Permission.MODEL_VIEW, "PATCH": Permission.MODEL_EDIT}

    @extend_schema(responses={200: stage_serializers.StageRequestAnswer})
    def get(self, request: Request, workspace: str, name: str, ref: str, pk: int) -> Response:
        return Response(_shown(queries.stage_request(self.version(request, name, ref), pk)))

    @extend_schema(request=stage_serializers.Decision, responses={200: stage_serializers.StageRequestAnswer})
    def patch(self, request: Request, workspace: str, name: str, ref: str, pk: int) -> Response:
        makers.require_person(request)
        found = queries.stage_request(self.version(request, name, ref), pk)
        values = fields.clean(stage_serializers.Decision, request.data)
        if values["state"] == "withdrawn":
            return Response(_shown(approvals.withdraw(actor=request.user, request=found)))
        access.require(request, Permission.MODEL_APPROVE, self.workspace)
        decide = approvals.approve if values["state"] == "approved" else approvals.reject
        return Response(_shown(decide(actor=request.user, request=found, answer=values["answer"])))


class Checks(ModelView):
    policy: ClassVar = {"GET": Permission.MODEL_VIEW}

    @extend_schema(operation_id="model_checks_list", responses={200: stage_serializers.ModelCheckList})
    def get(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        version = self.version(request, name, ref)
        return Response({"results": [stage_serializers.check(row) for row in queries.checks_of(version)]})


class Check(ModelView):
    """The last result of a named check; PUT reports one. A job reports checks of versions that its own runs made."""

    policy: ClassVar = {"PUT": Permission.MODEL_EDIT, "DELETE": Permission.MODEL_EDIT}

    @extend_schema(request=stage_serializers.ModelCheckBody, responses={200: stage_serializers.ModelCheckAnswer})
    def put(self, request: Request, workspace: str, name: str, ref: str, check: str) -> Response:
        version = self.version(request, name, ref)
        makers.require_own(request, version)
        values = fields.clean(stage_serializers.ModelCheckBody, request.data)
        made = checks.report_check(actor=request.user, version=version, name=check, **values)
        return Response(stage_serializers.check(made))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str, ref: str, check: str) -> Response:
        version = self.version(request, name, ref)
        makers.require_own(request, version)
        checks.remove_check(actor=request.user, version=version, name=check)
        return Response(status=204)


class Uses(ModelView):
    """What uses a version, in sentences: while there is any, the version can't be deleted."""

    policy: ClassVar = {"GET": Permission.MODEL_VIEW}

    @extend_schema(responses={200: stage_serializers.UsesAnswer})
    def get(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        return Response({"results": uses.of([self.version(request, name, ref)])})


class Compare(ModelView):
    """Two versions side by side (`?with=` another version of the model, or `NAME:REF` of another)."""

    policy: ClassVar = {"GET": Permission.MODEL_VIEW}

    @extend_schema(
        parameters=[OpenApiParameter("with", str, required=True)], responses={200: comparing.ModelCompareAnswer}
    )
    def get(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        left = self.version(request, name, ref)
        other = request.GET.get("with", "")
        if not other:
            raise Invalid("bad_model_value", "Say with which version to compare: ?with=2 or ?with=OTHER:2.")
        other_name, _, other_ref = other.rpartition(":")
        right = self.version(request, other_name or name, other_ref)
        return Response(comparing.as_json(comparing.compare(left, right)))


def _shown(row: stage_serializers.StageRequest) -> dict[str, object]:
    findings = [] if row.evidence else rules.findings(stages.named(row.version.model.workspace, row.stage), row.version)
    return stage_serializers.stage_request(row, findings)

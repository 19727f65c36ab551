"""Versions of registered models."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from registry.mlmodels import makers, names, queries, search
from registry.mlmodels.models import ModelVersion
from registry.mlmodels.services import versions
from runs.mlflow_api import fields
from runs.mlflow_api.base import MlflowView
from runs.mlflow_api.registry import finding, locations, paging, shapes, sources
from studio.access import Permission

DEFAULT_PAGE, LONGEST_PAGE = 10_000, 200_000
DEFAULT_ORDER = "last_updated_timestamp DESC, name ASC, version_number DESC"


class Create(MlflowView):
    policy: ClassVar = {"POST": Permission.MODEL_EDIT}

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request)
        model = finding.model(request, self.workspace, fields.required(body, "name"))
        new = versions.NewVersion(
            source=fields.required(body, "source"),
            run_id=fields.text(body, "run_id"),
            logged_model_id=fields.text(body, "model_id"),
            run_link=fields.text(body, "run_link"),
            description=fields.text(body, "description"),
            tags=dict(fields.pairs(body, "tags")),
        )
        version = versions.create_version(actor=finding.person(request), model=model, new=new)
        sources.note_registered(actor=finding.person(request), version=version)
        return _answer(queries.version_at(model, version.number))


class Get(MlflowView):
    policy: ClassVar = {"GET": Permission.MODEL_VIEW}

    def get(self, request: Request, workspace: str) -> Response:
        return _answer(finding.version(request, self.workspace, fields.body_of(request)))


class Update(MlflowView):
    policy: ClassVar = {"PATCH": Permission.MODEL_EDIT, "POST": Permission.MODEL_EDIT}

    def patch(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request)
        version = finding.version_to_change(request, self.workspace, body)
        return _answer(
            versions.edit_version(
                actor=finding.person(request), version=version, description=fields.text(body, "description")
            )
        )

    post = patch


class TransitionStage(MlflowView):
    policy: ClassVar = {"POST": Permission.MODEL_EDIT}

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request)
        version = finding.version_to_change(request, self.workspace, body)
        archive = body.get("archive_existing_versions", False)
        if not isinstance(archive, bool):
            raise fields.invalid_type("archive_existing_versions", archive)
        if archive:
            makers.require_person(request)
        stage = fields.required(body, "stage")
        moved = versions.move_to_stage(
            actor=finding.person(request), version=version, stage=stage, archive_existing=archive
        )  # fmt: skip
        return _answer(moved)


class Delete(MlflowView):
    policy: ClassVar = {"DELETE": Permission.MODEL_DELETE}

    def delete(self, request: Request, workspace: str) -> Response:
        version = finding.version(request, self.workspace, fields.body_of(request))
        versions.delete_version(actor=finding.person(request), version=version)
        return Response({})


class Search(MlflowView):
    policy: ClassVar = {"GET": Permission.MODEL_VIEW, "POST": Permission.MODEL_VIEW}

    def get(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request, "order_by")
        size = fields.within(body, "max_results", default=DEFAULT_PAGE, low=1, high=LONGEST_PAGE)
        rows = search.versions(self.workspace, fields.text(body, "filter"))
        order = [part for part in fields.texts(body, "order_by") if part.strip()]
        ordered = queries.versions_with_parts(rows).order_by(*search.version_order(", ".join(order) or DEFAULT_ORDER))
        found, token = paging.page(ordered, token=fields.text(body, "page_token"), size=size)
        answer: dict[str, Any] = {"model_versions": [shapes.version(version) for version in found]}
        return Response({**answer, "next_page_token": token} if token else answer)

    post = get


class DownloadUri(MlflowView):
    """Where a client finds the files: with the version itself, where it has any."""

    policy: ClassVar = {"GET": Permission.MODEL_VIEW}

    def get(self, request: Request, workspace: str) -> Response:
        version = finding.version(request, self.workspace, fields.body_of(request))
        return Response({"artifact_uri": locations.download_uri(version)})


class SetTag(MlflowView):
    policy: ClassVar = {"POST": Permission.MODEL_EDIT}

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request)
        key = fields.required(body, "key")
        version = finding.version_to_change(request, self.workspace, body)
        versions.set_tags(actor=finding.person(request), version=version, tags={key: fields.text(body, "value")})
        return Response({})


class DeleteTag(MlflowView):
    policy: ClassVar = {"DELETE": Permission.MODEL_EDIT}

    def delete(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request)
        key, _ = names.tag(fields.required(body, "key"), "")
        version = finding.version_to_change(request, self.workspace, body)
        versions.set_tags(actor=finding.person(request), version=version, tags={key: None})
        return Response({})


def _answer(version: ModelVersion) -> Response:
    return Response({"model_version": shapes.version(version)})

"""Environments over REST: names and versions, what is in them, their builds."""

from typing import Any, ClassVar

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from compute.jobs import log_answers
from registry.environments import curated, definitions, envfile, queries, serializers, services, uses
from registry.environments.models import Environment, EnvironmentAsset, EnvironmentBuild, EnvironmentVersion
from studio import access
from studio.access import Permission
from studio.api import listing, pagination
from studio.api.fields import clean
from studio.api.idempotency import idempotent
from studio.api.views import WorkspaceAPIView

VIEW, EDIT, DELETE = Permission.ENVIRONMENT_VIEW, Permission.ENVIRONMENT_EDIT, Permission.ENVIRONMENT_DELETE
LISTED = [OpenApiParameter("q", str), OpenApiParameter("tag", str), listing.ARCHIVED, *listing.PAGE]


class EnvironmentView(WorkspaceAPIView):
    """A view of one name or version; what may be done with it was judged for the workspace."""

    def asset(self, request: Request, name: str) -> EnvironmentAsset:
        return self.row(request, EnvironmentAsset, VIEW, name=name)

    def version(self, request: Request, name: str, ref: str) -> EnvironmentVersion:
        return queries.version_at(self.asset(request, name), ref)

    def build_of(self, request: Request, pk: int) -> EnvironmentBuild:
        return access.get_or_404(request, EnvironmentBuild, pk, VIEW)


class Environments(EnvironmentView):
    policy: ClassVar = {"GET": VIEW, "POST": EDIT}

    @extend_schema(operation_id="environments_list", parameters=LISTED, responses={200: serializers.EnvironmentList})
    def get(self, request: Request, workspace: str) -> Response:
        wanted = queries.Asked(
            words=request.GET.get("q", ""),
            tag=request.GET.get("tag", ""),
            is_archived=listing.is_archived(request),
        )
        rows = queries.assets_in(self.workspace, wanted)
        page = pagination.answer(request, rows, order=("name", "id"), show=lambda row: row)
        latest = queries.latest_of(page["results"])
        return Response({**page, "results": [serializers.asset(row, latest.get(row.pk)) for row in page["results"]]})

    @extend_schema(
        request=serializers.NewEnvironment,
        responses={201: serializers.EnvironmentVersionDetail, 200: serializers.EnvironmentVersionDetail},
        description="Registers a version; 200 with the one there is when it holds the same.",
    )
    @idempotent
    def post(self, request: Request, workspace: str) -> Response:
        values = clean(serializers.NewEnvironment, request.data)
        if values["text"]:
            values = _of_text(values)
        definition = definitions.parse(
            serializers.definition_of(values) or "current",
            values["files"],
            context=values["build_context"],
            on_docker=True,
        )
        before = queries.newest_version_id(self.workspace)
        made = services.register(
            actor=request.user,
            workspace=self.workspace,
            name=values["name"],
            definition=definition,
            version=values["version"],
            description=values["description"],
            tags=values.get("tags"),
        )
        return _answer(made, status=201 if made.pk > before else 200)


class EnvironmentFiles(WorkspaceAPIView):
    """Reads an environment file and says what it needs beside it, without registering anything."""

    policy: ClassVar = {"POST": EDIT}

    @extend_schema(request=serializers.EnvironmentText, responses={200: serializers.EnvironmentRead})
    def post(self, request: Request, workspace: str) -> Response:
        found = envfile.read(clean(serializers.EnvironmentText, request.data)["text"])
        said = {"name": found.name, "version": found.version, "files": found.files, "folder": found.folder}
        return Response(said)


class EnvironmentDetail(EnvironmentView):
    policy: ClassVar = {"GET": VIEW, "PATCH": EDIT, "DELETE": DELETE}

    @extend_schema(operation_id="environments_retrieve", responses={200: serializers.EnvironmentAnswer})
    def get(self, request: Request, workspace: str, name: str) -> Response:
        return self._answer(self.asset(request, name))

    @extend_schema(request=serializers.EditEnvironment, responses={200: serializers.EnvironmentAnswer})
    def patch(self, request: Request, workspace: str, name: str) -> Response:
        asset = self.asset(request, name)
        values = clean(serializers.EditEnvironment, request.data)
        if "is_archived" in values:
            services.archive_asset(actor=request.user, asset=asset, is_archived=values["is_archived"])
        if "description" in values or "tags" in values:
            services.edit_asset(
                actor=request.user, asset=asset, description=values.get("description"), tags=values.get("tags")
            )
        return self._answer(asset)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str) -> Response:
        services.delete_asset(actor=request.user, asset=self.asset(request, name))
        return Response(status=204)

    def _answer(self, asset: EnvironmentAsset) -> Response:
        row = queries.one_asset(asset.pk)
        return Response(serializers.asset(row, queries.latest(row)))


class EnvironmentVersions(EnvironmentView):
    """The versions of a name, newest first."""

    policy: ClassVar = {"GET": VIEW}

    @extend_schema(
        operation_id="environments_versions_list",
        parameters=listing.PAGE,
        responses={200: serializers.EnvironmentVersionList},
    )
    def get(self, request: Request, workspace: str, name: str) -> Response:
        rows = queries.versions_of(self.asset(request, name))
        return Response(pagination.answer(request, rows, order=("-number", "-id"), show=serializers.version))


class EnvironmentVersionDetail(EnvironmentView):
    """One version by its name, or `latest`."""

    policy: ClassVar = {"GET": VIEW, "PATCH": EDIT, "DELETE": DELETE}

    @extend_schema(operation_id="environments_versions_retrieve", responses={200: serializers.EnvironmentVersionDetail})
    def get(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        return _answer(self.version(request, name, ref))

    @extend_schema(request=serializers.EditEnvironment, responses={200: serializers.EnvironmentVersionDetail})
    def patch(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        version = self.version(request, name, ref)
        values = clean(serializers.EditEnvironment, request.data)
        if "is_archived" in values:
            services.archive_version(actor=request.user, version=version, is_archived=values["is_archived"])
        services.edit_version(
            actor=request.user, version=version, description=values.get("description"), tags=values.get("tags")
        )
        return _answer(version)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        services.delete_version(actor=request.user, version=self.version(request, name, ref))
        return Response(status=204)


class EnvironmentVersionBuild(EnvironmentView):
    """Has a version built in a form; the build that is there, whatever became of it, is answered as it is."""

    policy: ClassVar = {"POST": EDIT}

    @extend_schema(request=serializers.AskBuild, responses={200: serializers.EnvironmentBuildAnswer})
    def post(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        values = clean(serializers.AskBuild, request.data)
        content = self.version(request, name, ref).content
        made = services.build(actor=request.user, content=content, form=values["form"])
        return Response(serializers.build(made))


class CuratedEnvironments(WorkspaceAPIView):
    """The environments that ship."""

    policy: ClassVar = {"GET": VIEW}

    @extend_schema(operation_id="curated_environments_list", responses={200: serializers.CuratedList})
    def get(self, request: Request, workspace: str) -> Response:
        return Response({"results": [_curated(each) for each in curated.SHIPPED]})


class EnvironmentContents(WorkspaceAPIView):
    """What is in environments, named or not: one row for each content."""

    policy: ClassVar = {"GET": VIEW}

    @extend_schema(
        operation_id="environment_contents_list",
        parameters=listing.PAGE,
        responses={200: serializers.EnvironmentContentList},
    )
    def get(self, request: Request, workspace: str) -> Response:
        rows = queries.contents_in(self.workspace)
        return Response(pagination.answer(request, rows, order=("-created_at", "-id"), show=serializers.content))


class EnvironmentContentDetail(WorkspaceAPIView):
    policy: ClassVar = {"GET": VIEW}

    @extend_schema(operation_id="environment_contents_retrieve", responses={200: serializers.EnvironmentContentDetail})
    def get(self, request: Request, workspace: str, pk: int) -> Response:
        content = access.get_or_404(request, Environment, pk, VIEW)
        return Response(
            {
                **serializers.content(queries.one(content.pk)),
                "used_by": queries.used_by(content),
                "versions": [str(each) for each in queries.versions_with(content)],
                "builds": [serializers.build(each) for each in queries.builds_of(content)],
            }
        )


class EnvironmentBuilds(EnvironmentView):
    """Has any environment built: a registered or curated name, or a definition."""

    policy: ClassVar = {"POST": EDIT}

    @extend_schema(request=serializers.NewBuild, responses={200: serializers.EnvironmentBuildAnswer})
    def post(self, request: Request, workspace: str) -> Response:
        values = clean(serializers.NewBuild, request.data)
        content = queries.find(self.workspace, values["environment"])
        made = services.build(actor=request.user, content=content, form=values["form"])
        return Response(serializers.build(made))


class EnvironmentBuildDetail(EnvironmentView):
    policy: ClassVar = {"GET": VIEW}

    @extend_schema(operation_id="environment_builds_retrieve", responses={200: serializers.EnvironmentBuildAnswer})
    def get(self, request: Request, workspace: str, pk: int) -> Response:
        return Response(serializers.build(self.build_of(request, pk)))


class EnvironmentBuildRetry(EnvironmentView):
    """Another try for a build that failed or was canceled."""

    policy: ClassVar = {"POST": EDIT}

    @extend_schema(request=None, responses={200: serializers.EnvironmentBuildAnswer})
    def post(self, request: Request, workspace: str, pk: int) -> Response:
        return Response(serializers.build(services.retry(actor=request.user, build=self.build_of(request, pk))))


class EnvironmentBuildCancel(EnvironmentView):
    """Stops a build."""

    policy: ClassVar = {"POST": EDIT}

    @extend_schema(request=None, responses={200: serializers.EnvironmentBuildAnswer})
    def post(self, request: Request, workspace: str, pk: int) -> Response:
        return Response(serializers.build(services.cancel(actor=request.user, build=self.build_of(request, pk))))


class EnvironmentBuildLog(EnvironmentView):
    """`?offset=&limit=` gives text from a byte on, `?line=&count=` gives lines; `&wait=` waits a little for more."""

    policy: ClassVar = {"GET": VIEW}

    @extend_schema(parameters=log_answers.PIECE_PARAMETERS, responses={200: log_answers.LogPiece})
    def get(self, request: Request, workspace: str, pk: int) -> Response:
        return Response(log_answers.piece(self.build_of(request, pk).job, request))


class EnvironmentBuildLogSearch(EnvironmentView):
    """Lines that hold a text, whatever the case. One call looks through a bounded part; `line` goes on from there."""

    policy: ClassVar = {"GET": VIEW}

    @extend_schema(parameters=log_answers.SEARCH_PARAMETERS, responses={200: log_answers.LogHits})
    def get(self, request: Request, workspace: str, pk: int) -> Response:
        return Response(log_answers.search(self.build_of(request, pk).job, request))


class EnvironmentBuildLogRaw(EnvironmentView):
    """The whole log as a text file, as far as it has come."""

    policy: ClassVar = {"GET": VIEW}

    @extend_schema(responses={(200, "text/plain"): OpenApiTypes.STR})
    def get(self, request: Request, workspace: str, pk: int) -> StreamingHttpResponse:
        build = self.build_of(request, pk)
        return log_answers.raw(build.job, f'attachment; filename="environment-build-{build.pk}.log"')


def _answer(version: EnvironmentVersion, status: int = 200) -> Response:
    row = queries.fresh(version)
    builds = [serializers.build(each) for each in queries.builds_of(row.content)]
    body: dict[str, Any] = {**serializers.version(row), "builds": builds, "used_by": uses.of([row])}
    return Response(body, status=status)


def _of_text(values: dict[str, Any]) -> dict[str, Any]:
    """A body that brings the file itself; what is said beside it counts before what the file says."""
    found = envfile.read(values["text"])
    said = {"name": found.name, "version": found.version, "description": found.description, "tags": dict(found.tags)}
    given = {name: value for name, value in values.items() if value}
    return {"description": "", "version": "", "files": {}, "build_context": "", **found.definition, **said, **given}


def _curated(shipped: curated.Shipped) -> dict[str, Any]:
    known = curated.find(shipped.name)
    assert known is not None
    return {
        "name": shipped.name,
        "title": shipped.title,
        "description": shipped.description,
        "python": known.python,
        "packages": list(known.packages),
    }

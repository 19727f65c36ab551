"""Images over REST: building, looking, tagging, deleting."""

from typing import Any, ClassVar

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from compute.jobs import log_answers
from registry.images import asking, queries, search, serializers, services, uses
from registry.images.models import Image, ImageVersion
from studio.access import Permission
from studio.access.models import Workspace
from studio.api import fields, files, listing, pagination
from studio.api.idempotency import idempotent
from studio.api.views import WorkspaceAPIView
from studio.errors import NotFound

LISTED = [OpenApiParameter("filter", str), *listing.PAGE]
VIEW, BUILD, DELETE = Permission.IMAGE_VIEW, Permission.IMAGE_BUILD, Permission.IMAGE_DELETE


class ImageView(WorkspaceAPIView):
    """A view of one image or version. Their rights are the workspace's: the policy is judged before."""

    def image(self, request: Request, name: str) -> Image:
        return self.row(request, Image, VIEW, name=name)

    def version(self, request: Request, name: str, ref: str) -> ImageVersion:
        found = queries.version_at(self.image(request, name), ref)
        found.image.workspace = self.workspace
        return found

    def answer(self, version: ImageVersion, status: int = 200) -> Response:
        row = queries.version_at(version.image, version.number)
        return Response(serializers.detail(row, uses.of([row])), status=status)


class Images(ImageView):
    policy: ClassVar = {"GET": VIEW, "POST": BUILD}

    @extend_schema(operation_id="images_list", parameters=LISTED, responses={200: serializers.ImageList})
    def get(self, request: Request, workspace: str) -> Response:
        rows = queries.with_parts(search.images(self.workspace, request.GET.get("filter", "")))
        return Response(pagination.answer(request, rows, order=("name", "id"), show=serializers.image))

    @extend_schema(
        request=serializers.NewImage,
        responses={201: serializers.ImageVersionDetail, 200: serializers.ImageVersionDetail},
        description="Builds a version; 200 with the one there is when the same contents were built or are on their way.",
    )
    @idempotent
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.NewImage, request.data)
        before = queries.newest_id(self.workspace)
        made = services.build(actor=request.user, workspace=self.workspace, **_asked(self.workspace, values))
        return self.answer(made, status=200 if made.pk <= before else 201)


class ImageDetail(ImageView):
    policy: ClassVar = {"GET": VIEW, "PATCH": BUILD, "DELETE": DELETE}

    @extend_schema(responses={200: serializers.ImageAnswer})
    def get(self, request: Request, workspace: str, name: str) -> Response:
        return Response(serializers.image(queries.one(self.image(request, name))))

    @extend_schema(request=serializers.EditImage, responses={200: serializers.ImageAnswer})
    def patch(self, request: Request, workspace: str, name: str) -> Response:
        image = self.image(request, name)
        values = fields.clean(serializers.EditImage, request.data, partial=True)
        if "description" in values:
            services.edit_image(actor=request.user, image=image, description=values["description"])
        return Response(serializers.image(queries.one(image)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str) -> Response:
        services.delete_image(actor=request.user, image=self.image(request, name))
        return Response(status=204)


class ImageVersions(ImageView):
    """The versions of an image, newest first."""

    policy: ClassVar = {"GET": VIEW}

    @extend_schema(
        operation_id="images_versions_list", parameters=listing.PAGE, responses={200: serializers.ImageVersionList}
    )
    def get(self, request: Request, workspace: str, name: str) -> Response:
        rows = queries.versions_with_parts(queries.versions_of(self.image(request, name)))
        return Response(pagination.answer(request, rows, order=("-number", "-id"), show=serializers.version))


class ImageVersionDetail(ImageView):
    """One version by its number, a tag, `3-0a1b2c3d4e5f` or `latest`."""

    policy: ClassVar = {"GET": VIEW, "PATCH": BUILD, "DELETE": DELETE}

    @extend_schema(responses={200: serializers.ImageVersionDetail})
    def get(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        return self.answer(self.version(request, name, ref))

    @extend_schema(request=serializers.EditImageVersion, responses={200: serializers.ImageVersionDetail})
    def patch(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        version = self.version(request, name, ref)
        values = fields.clean(serializers.EditImageVersion, request.data, partial=True)
        services.edit_version(
            actor=request.user, version=version, description=values.get("description"), tags=values.get("tags")
        )  # fmt: skip
        return self.answer(version)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        services.delete_version(actor=request.user, version=self.version(request, name, ref))
        return Response(status=204)


class ImageRetry(ImageView):
    """Another try for a build that failed or was canceled."""

    policy: ClassVar = {"POST": BUILD}

    @extend_schema(request=None, responses={200: serializers.ImageVersionDetail})
    def post(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        return self.answer(services.retry(actor=request.user, version=self.version(request, name, ref)))


class ImageCancel(ImageView):
    """Stops a build."""

    policy: ClassVar = {"POST": BUILD}

    @extend_schema(request=None, responses={200: serializers.ImageVersionDetail})
    def post(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        return self.answer(services.cancel(actor=request.user, version=self.version(request, name, ref)))


class ImageTagDetail(ImageView):
    """Where a word leads."""

    policy: ClassVar = {"PUT": BUILD, "DELETE": BUILD}

    @extend_schema(request=serializers.SetImageTag, responses={200: serializers.ImageVersionDetail})
    def put(self, request: Request, workspace: str, name: str, word: str) -> Response:
        image = self.image(request, name)
        values = fields.clean(serializers.SetImageTag, request.data)
        version = queries.version_at(image, values["version"])
        services.set_tag(actor=request.user, version=version, word=word)
        return self.answer(version)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str, word: str) -> Response:
        services.delete_tag(actor=request.user, image=self.image(request, name), word=word)
        return Response(status=204)


class ImageLog(ImageView):
    """`?offset=&limit=` gives text from a byte on, `?line=&count=` gives lines; `&wait=` waits a little for more."""

    policy: ClassVar = {"GET": VIEW}

    @extend_schema(parameters=log_answers.PIECE_PARAMETERS, responses={200: log_answers.LogPiece})
    def get(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        return Response(log_answers.piece(self.version(request, name, ref).job, request))


class ImageLogSearch(ImageView):
    """Lines that hold a text, whatever the case. One call looks through a bounded part; `line` goes on from there."""

    policy: ClassVar = {"GET": VIEW}

    @extend_schema(parameters=log_answers.SEARCH_PARAMETERS, responses={200: log_answers.LogHits})
    def get(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        return Response(log_answers.search(self.version(request, name, ref).job, request))


class ImageLogRaw(ImageView):
    """The whole log as a text file, as far as it has come."""

    policy: ClassVar = {"GET": VIEW}

    @extend_schema(responses={(200, "text/plain"): OpenApiTypes.STR})
    def get(self, request: Request, workspace: str, name: str, ref: str) -> StreamingHttpResponse:
        version = self.version(request, name, ref)
        return log_answers.raw(version.job, f'attachment; filename="{version.image.name}-{version.number}.log"')


class ImageSbom(files.FileView, ImageView):
    """The list of packages as CycloneDX JSON."""

    policy: ClassVar = {"GET": VIEW}

    @extend_schema(responses={(200, "application/vnd.cyclonedx+json"): OpenApiTypes.BINARY})
    def get(self, request: Request, workspace: str, name: str, ref: str) -> HttpResponseBase:
        version = self.version(request, name, ref)
        if version.sbom is None:
            raise NotFound("not_found", f"{version} has no list of packages: it is {version.state}.")
        return files.download(
            request, version.sbom, name=f"{name}-{version.number}.cdx.json", content_type="application/vnd.cyclonedx+json"
        )  # fmt: skip


def _asked(workspace: Workspace, values: dict[str, Any]) -> dict[str, Any]:
    """A body's texts as what they name."""
    return {
        "name": values["name"],
        "models": asking.models_of(workspace, values["models"]),
        "code": asking.code_of(workspace, values["code"]),
        "scoring_script": values["scoring_script"],
        "environment": asking.environment_of(workspace, values["environment"], values["files"]),
        "base": values["base"],
        "type": values["type"],
        "connection": asking.connection_of(workspace, values["connection"]),
        "description": values["description"],
        "tags": values.get("tags"),
    }

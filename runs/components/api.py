"""Components over REST: the one list of both kinds, registered names and their versions."""

from dataclasses import asdict
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from runs.components import declared, declaring, definitions, queries, serializers, services
from runs.components.models import Component, ComponentVersion
from studio.access import Permission
from studio.api import listing, pagination
from studio.api.fields import clean
from studio.api.idempotency import idempotent
from studio.api.views import WorkspaceAPIView
from studio.errors import NotFound

VIEW, EDIT, DELETE = Permission.COMPONENT_VIEW, Permission.COMPONENT_EDIT, Permission.COMPONENT_DELETE
MAX_BODY = 8 * 1024 * 1024
LISTED = [
    OpenApiParameter("q", str, description="words of names, labels and descriptions"),
    OpenApiParameter("category", str),
    OpenApiParameter("source", str, enum=[declaring.STUDIO, declaring.WORKSPACE]),
    *listing.PAGE,
]


class ComponentView(WorkspaceAPIView):
    """A view of one name or version; what may be done with it was judged for the workspace."""

    def component(self, request: Request, name: str) -> Component:
        return self.row(request, Component, VIEW, name=name)

    def version(self, request: Request, name: str, ref: str) -> ComponentVersion:
        return queries.version_at(self.component(request, name), ref)

    def own(self, name: str, version: str = "") -> dict[str, Any] | None:
        """The studio's own of that name, where nobody has registered one."""
        if queries.component_named(self.workspace, name) is not None:
            return None
        try:
            reference = f"atelier:{name}:{version}" if version not in ("", "latest") else f"atelier:{name}"
            return declared.find(self.workspace, reference).declaration
        except NotFound:
            return None


class Components(ComponentView):
    policy: ClassVar = {"GET": VIEW, "POST": EDIT}
    max_body: ClassVar[int] = MAX_BODY

    @extend_schema(operation_id="components_list", parameters=LISTED, responses={200: serializers.DeclarationList})
    def get(self, request: Request, workspace: str) -> Response:
        """The studio's own come before the first of those that are registered."""
        words, category = listing.words(request), request.GET.get("category", "")[:200]
        source, limit = request.GET.get("source", ""), pagination.limit_of(request.GET)
        rows = queries.components_in(self.workspace, words=words, category=category)
        rows = rows.none() if source == declaring.STUDIO else rows
        page = pagination.page_of(rows, order=("name", "id"), cursor=request.GET.get("cursor", ""), limit=limit)
        own = [] if page.previous or source == declaring.WORKSPACE else declared.own(words, category)
        return Response(
            {
                "results": [*own, *declared.at_newest(page.rows)],
                "next": pagination.url_of_page(request, page.next),
                "previous": pagination.url_of_page(request, page.previous),
            }
        )

    @extend_schema(
        request=serializers.NewComponent,
        responses={201: serializers.ComponentVersionAnswer, 200: serializers.ComponentVersionAnswer},
        description="Registers a version of the file; 200 with the one there is when it is the same.",
    )
    @idempotent
    def post(self, request: Request, workspace: str) -> Response:
        values = clean(serializers.NewComponent, request.data)
        before = queries.newest_version_id(self.workspace)
        made = services.register(actor=request.user, workspace=self.workspace, **values)
        return Response(_version(made), status=201 if made.pk > before else 200)


class CheckComponent(WorkspaceAPIView):
    """What a component file says and which files beside it have to be sent. Nothing is registered."""

    policy: ClassVar = {"POST": EDIT}
    max_body: ClassVar[int] = MAX_BODY

    @extend_schema(request=serializers.ComponentText, responses={200: serializers.ComponentRead})
    def post(self, request: Request, workspace: str) -> Response:
        values = clean(serializers.ComponentText, request.data)
        found = definitions.read(values["text"], values["file_name"], values["files"])
        needs = [asdict(one) for one in found.needs]
        return Response(
            {
                "name": found.definition.get("name", ""),
                "version": found.definition.get("version", ""),
                "needs": needs,
                "problems": [one.sentence(values["file_name"]) for one in found.problems],
                "notes": list(found.notes),
            }
        )


class OneComponent(ComponentView):
    policy: ClassVar = {"GET": VIEW, "PATCH": EDIT, "DELETE": DELETE}

    @extend_schema(operation_id="components_retrieve", responses={200: serializers.ComponentAnswer})
    def get(self, request: Request, workspace: str, name: str) -> Response:
        own = self.own(name)
        if own is not None:
            return Response(serializers.own(own, self.workspace.slug))
        return self._answer(self.component(request, name))

    @extend_schema(request=serializers.EditComponent, responses={200: serializers.ComponentAnswer})
    def patch(self, request: Request, workspace: str, name: str) -> Response:
        component = self.component(request, name)
        values = clean(serializers.EditComponent, request.data)
        if "is_archived" in values:
            services.archive(actor=request.user, component=component, is_archived=values["is_archived"])
        if "description" in values:
            services.edit(actor=request.user, component=component, description=values["description"])
        return self._answer(component)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str) -> Response:
        services.delete(actor=request.user, component=self.component(request, name))
        return Response(status=204)

    def _answer(self, component: Component) -> Response:
        rows = queries.versions_of(component).filter(is_archived=False)
        newest = rows.first()
        return Response(serializers.component(component, newest, [row.version for row in rows]))


class OneVersion(ComponentView):
    """One version by its name, or `latest`."""

    policy: ClassVar = {"GET": VIEW, "PATCH": EDIT, "DELETE": DELETE}

    @extend_schema(operation_id="components_versions_retrieve", responses={200: serializers.ComponentVersionAnswer})
    def get(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        own = self.own(name, ref)
        if own is not None:
            return Response(serializers.own_version(own, self.workspace.slug))
        return Response(_version(self.version(request, name, ref)))

    @extend_schema(request=serializers.EditComponentVersion, responses={200: serializers.ComponentVersionAnswer})
    def patch(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        version = self.version(request, name, ref)
        values = clean(serializers.EditComponentVersion, request.data)
        services.archive_version(actor=request.user, version=version, is_archived=values["is_archived"])
        return Response(_version(version))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        services.delete_version(actor=request.user, version=self.version(request, name, ref))
        return Response(status=204)


def _version(row: ComponentVersion) -> dict[str, Any]:
    return serializers.version(row, [one.version for one in queries.versions_of(row.component)])

"""Saved views over REST."""

from typing import Any, ClassVar

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from runs.grid import queries, serializers, services
from runs.grid.models import SavedView
from runs.tracking.experiment_access import experiment_or_404
from runs.tracking.models import Experiment
from studio import access
from studio.access import Permission
from studio.api import fields, pagination
from studio.api.views import WorkspaceAPIView
from studio.errors import Denied, Invalid, NotFound


class Views(WorkspaceAPIView):
    """One's own views and the team's. Whoever sees runs may keep views; the team's need view:share."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW, "POST": Permission.RUN_VIEW}

    @extend_schema(
        operation_id="views_list",
        parameters=[
            OpenApiParameter("experiment", str, description="its path: only views made there"),
            OpenApiParameter("limit", int),
            OpenApiParameter("cursor", str),
        ],
        responses={200: serializers.ViewList},
    )
    def get(self, request: Request, workspace: str) -> Response:
        rows = queries.views_for(self.workspace, request.user)
        if path := request.GET.get("experiment"):
            rows = rows.filter(experiment=_experiment(request, path))
        return Response(
            pagination.answer(request, rows, order=("name", "id"), show=lambda view: shape(view, request, whole=False))
        )

    @extend_schema(request=serializers.ViewSave, responses={201: serializers.ViewAnswer})
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.ViewSave, request.data)
        _check_hand(request)
        experiment = _experiment(request, values["experiment"]) if values["experiment"] else None
        if values["scope"] == SavedView.Scope.LINK:
            link = services.keep_link(
                actor=request.user, workspace=self.workspace, state=values["state"], experiment=experiment
            )
            return Response(shape(link, request), status=201)
        _check_sharing(request, self, values["scope"])
        view = services.save_view(actor=request.user, workspace=self.workspace, **{**values, "experiment": experiment})
        return Response(shape(view, request), status=201)


class ViewDetail(WorkspaceAPIView):
    policy: ClassVar = {
        "GET": Permission.RUN_VIEW,
        "PATCH": Permission.RUN_VIEW,
        "DELETE": Permission.RUN_VIEW,
    }

    @extend_schema(responses={200: serializers.ViewAnswer})
    def get(self, request: Request, workspace: str, view_id: str) -> Response:
        return Response(shape(self._found(request, view_id), request))

    @extend_schema(request=serializers.ViewEdit, responses={200: serializers.ViewAnswer})
    def patch(self, request: Request, workspace: str, view_id: str) -> Response:
        view = self._found(request, view_id)
        values = fields.clean(serializers.ViewEdit, request.data)
        if not values:
            raise Invalid("bad_parameter", "Say what to change: name, state, scope or is_default.")
        self._check_mine(request, view)
        _check_sharing(request, self, values.get("scope", view.scope))
        return Response(shape(services.edit_view(actor=request.user, view=view, **values), request))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, view_id: str) -> Response:
        view = self._found(request, view_id)
        self._check_mine(request, view)
        services.delete_view(actor=request.user, view=view)
        return Response(status=204)

    def _found(self, request: Request, view_id: str) -> SavedView:
        view = queries.openable(self.workspace, request.user).filter(pk=view_id).first()
        if view is None:
            raise NotFound("not_found", "There is no such view, or it is not yours to see.")
        return view

    def _check_mine(self, request: Request, view: SavedView) -> None:
        """One's own views are one's own; the team's belong to whoever may share."""
        _check_hand(request)
        if view.scope == SavedView.Scope.LINK:
            raise Denied("permission_denied", "A link to a page can't be changed.", hint="Save the page as a view.")
        _check_sharing(request, self, view.scope)


def shape(view: SavedView, request: Request, *, whole: bool = True) -> dict[str, Any]:
    """A view as JSON; lists leave its state out."""
    place = view.experiment.get_absolute_url() if view.experiment else f"/w/{view.workspace.slug}/runs/"
    found = {
        "id": view.pk,
        "name": view.name,
        "scope": view.scope,
        "experiment": view.experiment.path if view.experiment else None,
        "is_default": view.is_default,
        "owner": view.owner.name if view.owner else None,
        "is_mine": view.owner_id == request.user.pk,
        "updated_at": view.updated_at,
        "url": f"{settings.BASE_URL}{place}?view={view.pk}",
    }
    return {**found, "state": view.state} if whole else found


def _experiment(request: Request, path: str) -> Experiment:
    return experiment_or_404(request, path, Permission.EXPERIMENT_VIEW)


def _check_hand(request: Request) -> None:
    """A reading token keeps nothing for its person."""
    if not access.may_act_personally(request):
        raise Denied(
            "token_too_narrow", "This token may not change your own things.", hint="Use a token with write scope."
        )


def _check_sharing(request: Request, view: WorkspaceAPIView, scope: str) -> None:
    if scope == SavedView.Scope.TEAM:
        access.require(request, Permission.VIEW_SHARE, view.workspace)

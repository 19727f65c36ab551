"""REST: compute targets with what runs and waits on them."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from compute.board import pages
from compute.board.serializers import EditTarget, NewTarget
from compute.jobs import services as jobs
from compute.targets import definitions, services
from compute.targets.models import ComputeTarget
from studio import access
from studio.access import Permission
from studio.api import fields
from studio.api.views import WorkspaceAPIView


class Targets(WorkspaceAPIView):
    """The workspace's targets and the shared ones."""

    policy: ClassVar = {"GET": Permission.COMPUTE_VIEW, "POST": Permission.COMPUTE_MANAGE}

    @extend_schema(operation_id="compute_list", responses={200: dict})
    def get(self, request: Request, workspace: str) -> Response:
        found = pages.board(request, self.workspace)
        return Response({"results": [show_card(card) for card in found.cards], "next": None, "previous": None})

    @extend_schema(request=NewTarget, responses={201: dict})
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(NewTarget, request.data)
        target = services.create_target(actor=request.user, workspace=self.workspace, **values)
        jobs.check_place(target=target)
        return Response(show_card(pages.one_card(request, target, self.workspace)), status=201)


class CheckTarget(WorkspaceAPIView):
    """A look at the target's engine, by the worker: the answer is in the target's `engine` a moment later."""

    policy: ClassVar = {"POST": Permission.COMPUTE_VIEW}

    @extend_schema(request=None, responses={202: dict})
    def post(self, request: Request, workspace: str, name: str) -> Response:
        target = access.get_or_404(request, ComputeTarget, None, Permission.COMPUTE_MANAGE, name=name)
        jobs.check_place(target=target)
        return Response(show_card(pages.one_card(request, target, self.workspace)), status=202)


class OneTarget(WorkspaceAPIView):
    # Changing a shared target takes the installation's administrator: the target's own queryset judges that.
    policy: ClassVar = {
        "GET": Permission.COMPUTE_VIEW, "PATCH": Permission.COMPUTE_VIEW, "DELETE": Permission.COMPUTE_VIEW,
    }  # fmt: skip

    @extend_schema(responses={200: dict})
    def get(self, request: Request, workspace: str, name: str) -> Response:
        target = access.get_or_404(request, ComputeTarget, None, Permission.COMPUTE_VIEW, name=name)
        return Response(self._shown(request, target))

    @extend_schema(request=EditTarget, responses={200: dict})
    def patch(self, request: Request, workspace: str, name: str) -> Response:
        target = access.get_or_404(request, ComputeTarget, None, Permission.COMPUTE_MANAGE, name=name)
        values = fields.clean(EditTarget, request.data, partial=True)
        settings = values.pop("settings", None)
        if settings is not None:
            services.change_settings(actor=request.user, workspace=self.workspace, target=target, settings=settings)
            jobs.check_place(target=target)
        services.edit_target(actor=request.user, workspace=self.workspace, target=target, **values)
        jobs.wake(target=target)
        return Response(self._shown(request, target))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str) -> Response:
        target = access.get_or_404(request, ComputeTarget, None, Permission.COMPUTE_MANAGE, name=name)
        services.delete_target(actor=request.user, workspace=self.workspace, target=target)
        return Response(status=204)

    def _shown(self, request: Request, target: ComputeTarget) -> dict[str, Any]:
        return show_card(pages.one_card(request, target, self.workspace))


def show_card(card: pages.TargetCard) -> dict[str, Any]:
    """A target as JSON; only the jobs of the caller's workspace are listed."""
    return {
        "name": card.target.name,
        "kind": card.target.kind,
        "slots": card.target.slots,
        "busy": card.busy,
        "queued": card.queued,
        "is_shared": card.target.is_shared,
        "is_paused": card.target.is_paused,
        "state": card.state,
        "problem": card.problem or card.away,
        "settings": definitions.shown(card.target.settings) if card.can_manage else {},
        "has_credential": bool(card.target.settings.get("secret")),
        "engine": _show_engine(card),
        "jobs": [_show_row(row) for row in (*card.running, *card.waiting)],
        "jobs_elsewhere": card.running_elsewhere + card.waiting_elsewhere,
    }


def _show_engine(card: pages.TargetCard) -> dict[str, Any] | None:
    """The Docker engine the target runs on, as the worker saw it last; null where there is none."""
    if card.seen is None:
        return None
    return {
        "state": card.seen.state,
        "version": card.seen.version,
        "problem": card.seen.problem,
        "checked_at": card.seen.checked_at,
        "since": card.seen.since,
    }


def _show_row(row: pages.JobRow) -> dict[str, Any]:
    return {
        "id": row.job.pk,
        "title": row.job.title,
        "state": row.job.state,
        "slots": row.job.slots,
        "priority": row.job.priority,
        "place": row.place or None,
        "why_waiting": row.why,
        "created_by": row.job.created_by.email if row.job.created_by else None,
        "queued_at": row.job.queued_at,
        "started_at": row.job.started_at,
        "url": row.url,
    }

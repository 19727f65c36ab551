"""REST: workspaces, members, invitations."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from studio import access
from studio.access import Permission
from studio.access.models import Invitation, Membership
from studio.api import fields, pagination
from studio.api.idempotency import idempotent
from studio.api.views import PersonalAPIView, WorkspaceAPIView
from studio.errors import Denied
from studio.workspaces import invitations, queries, serializers, services


class Workspaces(PersonalAPIView):
    """The workspaces the caller belongs to."""

    open_to_jobs = True

    @extend_schema(operation_id="workspaces_list", responses={200: dict})
    def get(self, request: Request) -> Response:
        mine = queries.with_role(access.visible_workspaces(request), user=request.user)
        return Response(pagination.answer(request, mine, order=("slug",), show=serializers.show_workspace))

    @extend_schema(request=serializers.NewWorkspace, responses={201: dict})
    @idempotent
    def post(self, request: Request) -> Response:
        if not access.may_create_workspaces(request):
            raise Denied(
                "may_not_create_workspace", "Only the administrator and owners of a workspace may open another."
            )
        values = fields.clean(serializers.NewWorkspace, request.data)
        values.setdefault("name", values["slug"])
        made = services.create_workspace(actor=request.user, **values)
        role = access.role_in(request.user, made)
        return Response(serializers.show_workspace(made, role=role), status=201)


class OneWorkspace(WorkspaceAPIView):
    policy = {"GET": Permission.WORKSPACE_VIEW, "PATCH": Permission.WORKSPACE_EDIT}

    @extend_schema(responses={200: dict})
    def get(self, request: Request, workspace: str) -> Response:
        return Response(self._shown(request))

    @extend_schema(request=serializers.EditWorkspace, responses={200: dict})
    def patch(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.EditWorkspace, request.data, partial=True)
        services.edit_workspace(actor=request.user, workspace=self.workspace, **values)
        return Response(self._shown(request))

    def _shown(self, request: Request) -> dict[str, object]:
        return serializers.show_workspace(self.workspace, role=access.role_in(request.user, self.workspace))


class Members(WorkspaceAPIView):
    policy = {"GET": Permission.MEMBER_VIEW}

    @extend_schema(responses={200: dict})
    def get(self, request: Request, workspace: str) -> Response:
        rows = queries.members_of(self.workspace)
        return Response(pagination.answer(request, rows, order=("user__email", "id"), show=serializers.show_member))


class Member(WorkspaceAPIView):
    # Everybody may remove themselves; removing others is judged in the method.
    policy = {"PATCH": Permission.MEMBER_MANAGE, "DELETE": Permission.MEMBER_VIEW}

    @extend_schema(request=serializers.EditMember, responses={200: dict})
    def patch(self, request: Request, workspace: str, member_id: int) -> Response:
        membership = access.get_or_404(request, Membership, member_id, Permission.MEMBER_MANAGE)
        values = fields.clean(serializers.EditMember, request.data)
        changed = services.change_role(actor=request.user, membership=membership, **values)
        return Response(serializers.show_member(changed))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, member_id: int) -> Response:
        membership = access.get_or_404(request, Membership, member_id, Permission.MEMBER_VIEW)
        is_own = membership.user_id == request.user.pk and access.may_act_personally(request)
        if not is_own:
            access.require(request, Permission.MEMBER_MANAGE, self.workspace)
        services.remove_member(actor=request.user, membership=membership)
        return Response(status=204)


class Invitations(WorkspaceAPIView):
    policy = {"GET": Permission.MEMBER_MANAGE, "POST": Permission.MEMBER_MANAGE}

    @extend_schema(responses={200: dict})
    def get(self, request: Request, workspace: str) -> Response:
        rows = queries.open_invitations(self.workspace)
        return Response(
            pagination.answer(request, rows, order=("-created_at", "-id"), show=serializers.show_invitation)
        )

    @extend_schema(request=serializers.NewInvitation, responses={201: dict})
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.NewInvitation, request.data)
        made = invitations.invite(actor=request.user, workspace=self.workspace, **values)
        return Response({**serializers.show_invitation(made.invitation), "url": made.url}, status=201)


class OneInvitation(WorkspaceAPIView):
    policy = {"DELETE": Permission.MEMBER_MANAGE}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, invitation_id: int) -> Response:
        invitation = access.get_or_404(request, Invitation, invitation_id, Permission.MEMBER_MANAGE)
        invitations.withdraw(actor=request.user, invitation=invitation)
        return Response(status=204)

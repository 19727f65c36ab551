"""REST paths of this feature, below what `studio/api_urls.py` names."""

from django.urls import path

from studio.workspaces import api

HERE = "workspaces/<slug:workspace>"

urlpatterns = [
    path("workspaces", api.Workspaces.as_view(), name="api-workspaces"),
    path(HERE, api.OneWorkspace.as_view(), name="api-workspace"),
    path(f"{HERE}/members", api.Members.as_view(), name="api-members"),
    path(f"{HERE}/members/<int:member_id>", api.Member.as_view(), name="api-member"),
    path(f"{HERE}/invitations", api.Invitations.as_view(), name="api-invitations"),
    path(f"{HERE}/invitations/<int:invitation_id>", api.OneInvitation.as_view(), name="api-invitation"),
]

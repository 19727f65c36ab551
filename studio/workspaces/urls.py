"""Pages of this feature, below what `studio/urls.py` names."""

from django.urls import path

from studio.workspaces import views

HERE = "w/<slug:workspace>/"

urlpatterns = [
    path("workspaces/", views.workspace_list, name="workspace-list"),
    path("invitations/<str:secret>/", views.invitation_accept, name="invitation-accept"),
    path(HERE + "settings/", views.workspace_settings, name="workspace-settings"),
    path(HERE + "members/", views.member_list, name="member-list"),
    path(HERE + "members/leave/", views.member_leave, name="member-leave"),
    path(HERE + "members/<int:member_id>/role/", views.member_role, name="member-role"),
    path(HERE + "members/<int:member_id>/remove/", views.member_remove, name="member-remove"),
    path(HERE + "invitations/", views.invitation_create, name="invitation-create"),
    path(HERE + "invitations/<int:invitation_id>/withdraw/", views.invitation_withdraw, name="invitation-withdraw"),
]

"""Pages of connections, below `/w/<workspace>/`."""

from django.urls import path

from studio.secrets.connections import views

ONE = "connections/<str:name>/"

urlpatterns = [
    path("connections/", views.connection_list, name="connection-list"),
    path("connections/new", views.connection_new, name="connection-new"),
    path(ONE, views.connection_detail, name="connection-detail"),
    path(ONE + "edit/", views.connection_edit, name="connection-edit"),
    path(ONE + "delete/", views.connection_delete, name="connection-delete"),
]

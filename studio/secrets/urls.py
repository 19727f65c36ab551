"""Pages of the vault, below `/w/<workspace>/`."""

from django.urls import path

from studio.secrets import views

ONE = "secrets/<str:name>/"

urlpatterns = [
    path("secrets/", views.secret_list, name="secret-list"),
    path(ONE, views.secret_detail, name="secret-detail"),
    path(ONE + "set/", views.secret_set, name="secret-set"),
    path(ONE + "describe/", views.secret_describe, name="secret-describe"),
    path(ONE + "delete/", views.secret_delete, name="secret-delete"),
]

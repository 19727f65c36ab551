"""Pages of logged models, below `/w/<workspace>/`."""

from django.urls import URLPattern, path

from runs.logged_models import views

urlpatterns: list[URLPattern] = [
    path("logged-models/<str:model_id>/", views.logged_model, name="logged-model"),
    path("logged-models/<str:model_id>/file/", views.logged_model_file, name="logged-model-file"),
]

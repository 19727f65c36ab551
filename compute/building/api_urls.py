"""REST paths of this feature, below what `studio/api_urls.py` names."""

from django.urls import path

from compute.building import api

urlpatterns = [
    path("jobs/<int:pk>/build", api.BuildView.as_view(), name="api-job-build"),
    path("jobs/<int:pk>/build/files/<str:sha256>", api.BuildFile.as_view(), name="api-job-build-file"),
    path("jobs/<int:pk>/build/result", api.BuildResultView.as_view(), name="api-job-build-result"),
]

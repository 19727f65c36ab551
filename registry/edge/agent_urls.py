"""REST paths of agents, below `/api/v1/`."""

from django.urls import path

from registry.edge.api import agents

urlpatterns = [
    path("edge/enroll", agents.Enrol.as_view(), name="api-edge-enroll"),
    path("edge/desired", agents.Desired.as_view(), name="api-edge-desired"),
    path("edge/report", agents.Report.as_view(), name="api-edge-report"),
    path("edge/images/<int:version>", agents.Image.as_view(), name="api-edge-image"),
    path("edge/images/<int:version>/parts/<str:digest>", agents.ImagePart.as_view(), name="api-edge-image-part"),
    path("edge/images/<int:version>/archive", agents.ImageArchive.as_view(), name="api-edge-image-archive"),
]

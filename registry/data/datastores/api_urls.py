"""REST paths of datastores, below what `studio/api_urls.py` names."""

from django.urls import path

from registry.data.datastores import api

urlpatterns = [
    path("datastores", api.Datastores.as_view(), name="api-datastores"),
    path("datastores/<str:name>", api.OneDatastore.as_view(), name="api-datastore"),
    path("datastores/<str:name>/check", api.Check.as_view(), name="api-datastore-check"),
    path("datastores/<str:name>/tables", api.Tables.as_view(), name="api-datastore-tables"),
    path("datastore-check", api.CheckNew.as_view(), name="api-datastore-check-new"),
    path("datastore-kinds", api.Kinds.as_view(), name="api-datastore-kinds"),
]

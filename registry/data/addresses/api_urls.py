"""REST paths of the address table, below `/api/v1/`."""

from django.urls import path

from registry.data.addresses import api

urlpatterns = [
    path("address-rules", api.Rules.as_view(), name="api-address-rules"),
    path("address-rules/<int:pk>", api.Rule.as_view(), name="api-address-rule"),
    path("workspaces/<slug:workspace>/data-address", api.Address.as_view(), name="api-data-address"),
]

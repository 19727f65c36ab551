"""REST paths of this feature, below what `studio/api_urls.py` names."""

from django.urls import path

from studio.lineage import api

urlpatterns = [path("lineage", api.Lineage.as_view(), name="api-lineage")]

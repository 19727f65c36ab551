"""REST paths of this feature, below what `studio/api_urls.py` names."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

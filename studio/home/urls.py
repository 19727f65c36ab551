"""Pages of this feature, below what `studio/urls.py` names."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

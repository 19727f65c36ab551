"""WebSocket paths of the studio: a literal list."""

from django.urls import URLPattern

websocket_urlpatterns: list[URLPattern] = []

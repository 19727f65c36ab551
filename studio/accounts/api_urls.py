"""REST paths of this feature, below what `studio/api_urls.py` names."""

from django.urls import path

from studio.accounts import api

urlpatterns = [
    path("me", api.Me.as_view(), name="api-me"),
    path("me/tokens", api.Tokens.as_view(), name="api-me-tokens"),
    path("me/tokens/<int:token_id>", api.Token.as_view(), name="api-me-token"),
]

"""Shapes of the account's REST bodies."""

from typing import Any

from rest_framework import serializers

from studio.accounts.models import ApiToken, User
from studio.api.fields import Int64, Name, StrictSerializer

LONGEST_LIFETIME_DAYS = 3650


class EditMe(StrictSerializer):
    name = Name(max_length=120, required=False, allow_blank=True)
    theme = serializers.ChoiceField(["system", "light", "dark"], required=False)
    density = serializers.ChoiceField(["compact", "default", "comfortable"], required=False)


class NewToken(StrictSerializer):
    name = Name(max_length=80)
    scope = serializers.ChoiceField(ApiToken.Scope.choices, default=ApiToken.Scope.WRITE)
    expires_in_days = Int64(min_value=1, max_value=LONGEST_LIFETIME_DAYS, required=False, allow_null=True, default=None)


def show_me(user: User, workspaces: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "id": user.pk,
        "email": user.email,
        "name": user.name,
        "theme": user.theme,
        "density": user.density,
        "is_administrator": user.is_superuser,
        "workspaces": workspaces,
    }


def show_token(token: ApiToken) -> dict[str, Any]:
    """A token without its secret."""
    return {
        "id": token.pk,
        "name": token.name,
        "prefix": token.prefix,
        "scope": token.scope,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
    }

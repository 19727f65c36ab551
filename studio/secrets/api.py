"""Secrets over REST: set, listed, described, deleted. No answer holds a value."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from studio.access import Permission
from studio.api import fields, pagination
from studio.api.views import WorkspaceAPIView
from studio.secrets import models, queries, serializers, vault

VIEW, EDIT = Permission.SECRET_VIEW, Permission.SECRET_EDIT


class SecretView(WorkspaceAPIView):
    """A view of one secret, named as it was named, in any case."""

    def secret(self, request: Request, name: str, permission: Permission = VIEW) -> models.Secret:
        return self.row(request, models.Secret, permission, name__iexact=name)


class Secrets(SecretView):
    policy: ClassVar = {"GET": VIEW, "POST": EDIT}

    @extend_schema(operation_id="secrets_list", responses={200: serializers.SecretList})
    def get(self, request: Request, workspace: str) -> Response:
        page = pagination.page_of(
            queries.listing(self.workspace),
            order=("name", "id"),
            cursor=request.GET.get("cursor", ""),
            limit=pagination.limit_of(request.GET),
        )
        rows = queries.rows_of(self.workspace, page.rows)
        return Response(
            {
                "results": [serializers.secret(row) for row in rows],
                "next": pagination.url_of_page(request, page.next),
                "previous": pagination.url_of_page(request, page.previous),
            }
        )

    # Not idempotent by key: that would keep a hash of the value, and a second one is told that the name is taken.
    @extend_schema(request=serializers.NewSecret, responses={201: serializers.OneSecretAnswer})
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.NewSecret, request.data)
        made = vault.put(actor=request.user, workspace=self.workspace, must_be_new=True, **values)
        return Response(serializers.one_secret(made.secret), status=201)


class Secret(SecretView):
    policy: ClassVar = {"GET": VIEW, "PUT": EDIT, "PATCH": EDIT, "DELETE": EDIT}

    @extend_schema(responses={200: serializers.OneSecretAnswer})
    def get(self, request: Request, workspace: str, name: str) -> Response:
        return Response(serializers.one_secret(self.secret(request, name)))

    @extend_schema(request=serializers.SetSecret, responses={200: serializers.OneSecretAnswer})
    def put(self, request: Request, workspace: str, name: str) -> Response:
        """The next version, of a new secret if there is none of that name."""
        values = fields.clean(serializers.SetSecret, request.data)
        made = vault.put(actor=request.user, workspace=self.workspace, name=name, **values)
        return Response(serializers.one_secret(made.secret))

    @extend_schema(request=serializers.EditSecret, responses={200: serializers.OneSecretAnswer})
    def patch(self, request: Request, workspace: str, name: str) -> Response:
        secret = self.secret(request, name, EDIT)
        values = fields.clean(serializers.EditSecret, request.data)
        return Response(serializers.one_secret(vault.describe(actor=request.user, secret=secret, **values)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str) -> Response:
        vault.remove(actor=request.user, secret=self.secret(request, name, EDIT))
        return Response(status=204)

"""Connections over REST."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from studio.access import Permission
from studio.api import fields, pagination
from studio.api.views import WorkspaceAPIView
from studio.errors import Invalid
from studio.secrets import models
from studio.secrets.connections import document, queries, serializers, services

VIEW, EDIT = Permission.SECRET_VIEW, Permission.SECRET_EDIT


class Connections(WorkspaceAPIView):
    policy: ClassVar = {"GET": VIEW, "POST": EDIT}

    @extend_schema(operation_id="connections_list", responses={200: serializers.ConnectionList})
    def get(self, request: Request, workspace: str) -> Response:
        rows = queries.listing(self.workspace)
        return Response(pagination.answer(request, rows, order=("name", "id"), show=serializers.connection))

    # Not idempotent by key: that would keep a hash of the credential, and a second one is told that the name is taken.
    @extend_schema(request=serializers.NewConnection, responses={201: serializers.ConnectionAnswer})
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.NewConnection, request.data)
        text = values.pop("text", None)
        if text is not None and values:
            raise Invalid("bad_connection", "Give the text of a file, or the fields, not both.")
        definition = document.read_text(text) if text is not None else document.read(values)
        made = services.create_connection(actor=request.user, workspace=self.workspace, definition=definition)
        return Response(serializers.connection(made), status=201)


class Connection(WorkspaceAPIView):
    policy: ClassVar = {"GET": VIEW, "PATCH": EDIT, "DELETE": EDIT}

    @extend_schema(responses={200: serializers.ConnectionAnswer})
    def get(self, request: Request, workspace: str, name: str) -> Response:
        return Response(serializers.connection(self._connection(request, name, VIEW)))

    @extend_schema(request=serializers.EditConnection, responses={200: serializers.ConnectionAnswer})
    def patch(self, request: Request, workspace: str, name: str) -> Response:
        connection = self._connection(request, name, EDIT)
        values = fields.clean(serializers.EditConnection, request.data, partial=True)
        definition = document.read(queries.merged(connection, values))
        changed = services.edit_connection(actor=request.user, connection=connection, definition=definition)
        return Response(serializers.connection(changed))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str) -> Response:
        services.delete_connection(actor=request.user, connection=self._connection(request, name, EDIT))
        return Response(status=204)

    def _connection(self, request: Request, name: str, permission: Permission) -> models.Connection:
        return self.row(request, models.Connection, permission, name__iexact=name)

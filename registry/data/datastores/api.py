"""Datastores over REST."""

from typing import Any, ClassVar

from django.views.decorators.debug import sensitive_variables
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from registry.data.datastores import checking, document, opening, queries, serializers, services
from registry.data.datastores.definition import Definition
from registry.data.datastores.kinds.registry import KINDS
from studio.access import Permission
from studio.api import fields, pagination
from studio.api.idempotency import idempotent
from studio.api.views import WorkspaceAPIView
from studio.errors import Invalid

VIEW, MANAGE = Permission.DATASTORE_VIEW, Permission.DATASTORE_MANAGE


class Datastores(WorkspaceAPIView):
    """Every datastore of the workspace; POST registers one, from its fields or from the text of a file."""

    policy: ClassVar = {"GET": VIEW, "POST": MANAGE}

    @extend_schema(operation_id="datastores_list", responses={200: serializers.DatastoreList})
    def get(self, request: Request, workspace: str) -> Response:
        rows = queries.with_counts(queries.listing(self.workspace))
        return Response(pagination.answer(request, rows, order=("name", "id"), show=serializers.datastore))

    @extend_schema(request=serializers.NewDatastore, responses={201: serializers.DatastoreAnswer})
    @idempotent
    @sensitive_variables()
    def post(self, request: Request, workspace: str) -> Response:
        values = _new(fields.clean(serializers.NewDatastore, request.data))
        made = services.register_datastore(actor=request.user, workspace=self.workspace, **values)
        return Response(serializers.datastore(made), status=201)


class OneDatastore(WorkspaceAPIView):
    policy: ClassVar = {"GET": VIEW, "PATCH": MANAGE, "DELETE": MANAGE}

    @extend_schema(responses={200: serializers.DatastoreAnswer})
    def get(self, request: Request, workspace: str, name: str) -> Response:
        return Response(serializers.datastore(queries.named(self.workspace, name)))

    @extend_schema(request=serializers.EditDatastore, responses={200: serializers.DatastoreAnswer})
    @sensitive_variables()
    def patch(self, request: Request, workspace: str, name: str) -> Response:
        found = queries.named(self.workspace, name)
        values = fields.clean(serializers.EditDatastore, request.data, partial=True)
        is_default = values.pop("is_default", None)
        if is_default is False:
            raise Invalid(
                "bad_default_datastore", "A workspace always has a default datastore.", hint="Make another one it."
            )
        if values:
            services.edit_datastore(actor=request.user, datastore=found, **values)
        if is_default:
            services.make_default(actor=request.user, datastore=found)
        return Response(serializers.datastore(found))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str) -> Response:
        services.remove_datastore(actor=request.user, datastore=queries.named(self.workspace, name))
        return Response(status=204)


class Check(WorkspaceAPIView):
    """Test the connection of a datastore; the answer says in one sentence what is wrong."""

    policy: ClassVar = {"POST": MANAGE}

    @extend_schema(request=None, responses={200: serializers.DatastoreCheckAnswer})
    def post(self, request: Request, workspace: str, name: str) -> Response:
        found = queries.named(self.workspace, name)
        return Response(serializers.check(checking.check_datastore(actor=request.user, datastore=found)))


class CheckNew(WorkspaceAPIView):
    """Test a place that is not registered yet. Nothing is kept."""

    policy: ClassVar = {"POST": MANAGE}

    @extend_schema(request=serializers.TestDatastore, responses={200: serializers.DatastoreCheckAnswer})
    @sensitive_variables()
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.TestDatastore, request.data)
        wanted = Definition(values["kind"], values.get("options") or {}, values.get("credential"))
        found = checking.check_new(
            actor=request.user, workspace=self.workspace, definition=wanted, writing=not values["is_read_only"]
        )
        return Response(serializers.check(found))


class Kinds(WorkspaceAPIView):
    """The kinds there are, with their settings and credentials."""

    policy: ClassVar = {"GET": VIEW}

    @extend_schema(operation_id="datastore_kinds_list", responses={200: serializers.DatastoreKindList})
    def get(self, request: Request, workspace: str) -> Response:
        found = [plugin for plugin in KINDS.all() if plugin.is_available]
        return Response({"results": [serializers.kind(plugin.name, plugin.implementation()) for plugin in found]})


class Tables(WorkspaceAPIView):
    """Tables and views of a database, with their columns."""

    policy: ClassVar = {"GET": Permission.DATA_VIEW}

    @extend_schema(operation_id="datastores_tables_list", responses={200: serializers.DatastoreTableList})
    def get(self, request: Request, workspace: str, name: str) -> Response:
        found = opening.sql_store(queries.named(self.workspace, name)).tables()
        return Response({"results": [serializers.table(table) for table in found]})


def _new(values: dict[str, Any]) -> dict[str, Any]:
    """What `register_datastore` takes."""
    text, file_name = values.pop("text", None), values.pop("file_name", "")
    if text is not None:
        found = document.read(text, file_name)
        return {
            "name": found.name,
            "definition": found.definition,
            "description": found.description,
            "tags": found.tags,
            "is_read_only": found.is_read_only,
        }
    missing = {name: "This is needed, or else the text of a file." for name in ("name", "kind") if not values.get(name)}
    if missing:
        raise Invalid("invalid_fields", "Name the datastore and its kind.", fields=missing)
    wanted = Definition(values.pop("kind"), values.pop("options", None) or {}, values.pop("credential", None))
    tags = {name: value or "" for name, value in (values.pop("tags", None) or {}).items()}
    return {**values, "definition": wanted, "tags": tags}

"""The address table over REST: rules for administrators, what an address means for everybody."""

from typing import ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from registry.data import uris
from registry.data.addresses import queries, serializers, services
from studio import access
from studio.access import Permission
from studio.api import fields, pagination
from studio.api.idempotency import idempotent
from studio.api.views import PersonalAPIView, WorkspaceAPIView
from studio.errors import Denied


class RuleView(PersonalAPIView):
    """A view for administrators of the installation."""

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        if not access.is_administrator(request):
            raise Denied("administrators_only", "Only an administrator of this installation may do that.")


class Rules(RuleView):
    """Which public prefix stands for which place of this installation."""

    @extend_schema(operation_id="address_rules_list", responses={200: serializers.RuleList})
    def get(self, request: Request) -> Response:
        rows = queries.rules()
        return Response(pagination.answer(request, rows, order=("prefix", "id"), show=serializers.rule))

    @extend_schema(request=serializers.NewRule, responses={201: serializers.RuleAnswer})
    @idempotent
    def post(self, request: Request) -> Response:
        values = fields.clean(serializers.NewRule, request.data)
        return Response(serializers.rule(services.add_rule(actor=request.user, **values)), status=201)


class Rule(RuleView):
    @extend_schema(operation_id="address_rules_retrieve", responses={200: serializers.RuleAnswer})
    def get(self, request: Request, pk: int) -> Response:
        return Response(serializers.rule(queries.rule(pk)))

    @extend_schema(request=serializers.NewRule, responses={200: serializers.RuleAnswer})
    def patch(self, request: Request, pk: int) -> Response:
        values = fields.clean(serializers.NewRule, request.data, partial=True)
        return Response(serializers.rule(services.edit_rule(actor=request.user, rule=queries.rule(pk), **values)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        services.remove_rule(actor=request.user, rule=queries.rule(pk))
        return Response(status=204)


class Address(WorkspaceAPIView):
    """Where the data of an address is read from here: the place that a rule gives it, or the address itself."""

    policy: ClassVar = {"GET": Permission.DATA_VIEW}

    @extend_schema(parameters=[OpenApiParameter("uri", str, required=True)], responses={200: serializers.AddressAnswer})
    def get(self, request: Request, workspace: str) -> Response:
        given = request.GET.get("uri", "")
        uris.parse(given)
        found = queries.translate(given)
        return Response({"uri": found, "is_covered": found != given})

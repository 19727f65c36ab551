"""REST: who am I, and my tokens."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from studio import access
from studio.accounts import queries, serializers, services
from studio.api import fields, pagination
from studio.api.views import PersonalAPIView
from studio.workspaces import queries as workspaces


class Me(PersonalAPIView):
    """The person a token or session stands for, with the workspaces it reaches."""

    open_to_jobs = True

    @extend_schema(responses={200: dict})
    def get(self, request: Request) -> Response:
        return Response(self._shown(request))

    @extend_schema(request=serializers.EditMe, responses={200: dict})
    def patch(self, request: Request) -> Response:
        values = fields.clean(serializers.EditMe, request.data, partial=True)
        services.edit_profile(actor=request.user, **values)
        return Response(self._shown(request))

    def _shown(self, request: Request) -> dict[str, object]:
        reached = workspaces.with_role(access.visible_workspaces(request), user=request.user)
        places = [{"slug": place.slug, "name": place.name, "role": place.role} for place in reached]
        return serializers.show_me(request.user, places)


class Tokens(PersonalAPIView):
    """My API tokens. A token's text is in the answer that creates it and nowhere else."""

    @extend_schema(responses={200: dict})
    def get(self, request: Request) -> Response:
        mine = queries.tokens_of(request.user)
        return Response(pagination.answer(request, mine, order=("-created_at", "-id"), show=serializers.show_token))

    @extend_schema(request=serializers.NewToken, responses={201: dict})
    def post(self, request: Request) -> Response:
        values = fields.clean(serializers.NewToken, request.data)
        token, secret = services.create_token(actor=request.user, **values)
        return Response({**serializers.show_token(token), "token": secret}, status=201)


class Token(PersonalAPIView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, token_id: int) -> Response:
        services.revoke_token(actor=request.user, token_id=token_id)
        return Response(status=204)

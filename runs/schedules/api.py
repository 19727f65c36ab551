"""Schedules over REST: made, changed, paused, fired, filled up; and the address that a webhook schedule has."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from runs.schedules import addresses, choosing, definitions, queries, serializers, services, shown
from runs.schedules.models import Schedule
from studio.access import Permission
from studio.api import fields, listing, pagination
from studio.api.idempotency import idempotent
from studio.api.views import StudioAPIView, WorkspaceAPIView
from studio.errors import Invalid, NotFound

VIEW, EDIT = Permission.SCHEDULE_VIEW, Permission.SCHEDULE_EDIT
LIST = [
    listing.WORDS,
    OpenApiParameter("kind", str, enum=Schedule.Kind.values),
    *listing.PAGE,
]


class ScheduleView(WorkspaceAPIView):
    """A view of one schedule. Its rights are the workspace's: the policy is judged before."""

    max_body: ClassVar[int] = 10 * 1024 * 1024

    def schedule(self, request: Request, name: str) -> Schedule:
        return self.row(request, Schedule, VIEW, name=name)


class Schedules(ScheduleView):
    policy: ClassVar = {"GET": VIEW, "POST": EDIT}

    @extend_schema(operation_id="schedules_list", parameters=LIST, responses={200: serializers.ScheduleList})
    def get(self, request: Request, workspace: str) -> Response:
        kind = request.GET.get("kind", "")
        rows = queries.schedules_in(
            self.workspace,
            words=listing.words(request),
            kind=kind if kind in Schedule.Kind.values else "",
        )
        return Response(pagination.answer(request, rows, order=("name", "id"), show=shown.schedule))

    @extend_schema(request=serializers.NewScheduleBody, responses={201: serializers.ScheduleAnswer})
    @idempotent
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.NewScheduleBody, request.data)
        text, files = values.pop("text", ""), values.pop("files", {})
        if text:
            values = {**choosing.of_file(workspace=self.workspace, text=text, files=files), **values}
        for name in ("name", "kind"):
            if name not in values:
                raise Invalid("bad_schedule", f"A schedule has a {name}.", fields={name: "This field is required."})
        found = choosing.chosen(actor=request.user, workspace=self.workspace, values=values)
        made = services.create(
            actor=request.user, workspace=self.workspace, new=definitions.NewSchedule(**found)
        )  # fmt: skip
        return Response(shown.schedule(made), status=201)


class OneSchedule(ScheduleView):
    policy: ClassVar = {"GET": VIEW, "PATCH": EDIT, "DELETE": EDIT}

    @extend_schema(responses={200: serializers.ScheduleAnswer})
    def get(self, request: Request, workspace: str, name: str) -> Response:
        return Response(shown.schedule(self.schedule(request, name)))

    @extend_schema(request=serializers.EditScheduleBody, responses={200: serializers.ScheduleAnswer})
    def patch(self, request: Request, workspace: str, name: str) -> Response:
        schedule = self.schedule(request, name)
        values = fields.clean(serializers.EditScheduleBody, request.data, partial=True)
        changes = choosing.chosen(actor=request.user, workspace=self.workspace, values=values)
        return Response(shown.schedule(services.edit(actor=request.user, schedule=schedule, changes=changes)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str) -> Response:
        services.delete(actor=request.user, schedule=self.schedule(request, name))
        return Response(status=204)


class Pause(ScheduleView):
    policy: ClassVar = {"POST": EDIT}

    @extend_schema(request=None, responses={200: serializers.ScheduleAnswer})
    def post(self, request: Request, workspace: str, name: str) -> Response:
        schedule = self.schedule(request, name)
        return Response(shown.schedule(services.pause(actor=request.user, schedule=schedule)))


class Resume(ScheduleView):
    policy: ClassVar = {"POST": EDIT}

    @extend_schema(request=None, responses={200: serializers.ScheduleAnswer})
    def post(self, request: Request, workspace: str, name: str) -> Response:
        schedule = self.schedule(request, name)
        return Response(shown.schedule(services.resume(actor=request.user, schedule=schedule)))


class Fire(ScheduleView):
    """A firing beside the clock, at once."""

    policy: ClassVar = {"POST": EDIT}

    @extend_schema(request=serializers.FireScheduleBody, responses={201: serializers.FiringAnswer})
    @idempotent
    def post(self, request: Request, workspace: str, name: str) -> Response:
        schedule = self.schedule(request, name)
        values = fields.clean(serializers.FireScheduleBody, request.data)
        return Response(
            shown.firing(services.fire_now(actor=request.user, schedule=schedule, **values)), status=201
        )  # fmt: skip


class Backfill(ScheduleView):
    """Firings of the times of a range that were never fired: each once, however often it is asked for."""

    policy: ClassVar = {"POST": EDIT}

    @extend_schema(request=serializers.BackfillScheduleBody, responses={201: serializers.BackfillScheduleAnswer})
    @idempotent
    def post(self, request: Request, workspace: str, name: str) -> Response:
        schedule = self.schedule(request, name)
        values = fields.clean(serializers.BackfillScheduleBody, request.data)
        made = services.backfill(actor=request.user, schedule=schedule, **values)
        return Response({"firings": [shown.firing(each) for each in made]}, status=201)


class Firings(ScheduleView):
    policy: ClassVar = {"GET": VIEW}

    @extend_schema(
        operation_id="schedule_firings_list", parameters=listing.PAGE, responses={200: serializers.FiringList}
    )
    def get(self, request: Request, workspace: str, name: str) -> Response:
        rows = queries.firings_of(self.schedule(request, name))
        return Response(pagination.answer(request, rows, order=("-due_at", "-id"), show=shown.firing))


class Address(ScheduleView):
    """The address that fires a webhook schedule, for those who may edit it. POST replaces it."""

    policy: ClassVar = {"GET": EDIT, "POST": EDIT}

    @extend_schema(responses={200: serializers.ScheduleAddressAnswer})
    def get(self, request: Request, workspace: str, name: str) -> Response:
        return self.said(request, services.address(actor=request.user, schedule=self.schedule(request, name)))

    @extend_schema(request=None, responses={200: serializers.ScheduleAddressAnswer})
    def post(self, request: Request, workspace: str, name: str) -> Response:
        schedule = self.schedule(request, name)
        return self.said(request, services.replace_address(actor=request.user, schedule=schedule))

    def said(self, request: Request, path: str) -> Response:
        return Response({"url": request.build_absolute_uri(path)}, headers={"Cache-Control": "no-store"})


class Preview(WorkspaceAPIView):
    """A trigger in words and its next times; nothing is made."""

    policy: ClassVar = {"POST": VIEW}

    @extend_schema(request=serializers.SchedulePreviewBody, responses={200: serializers.SchedulePreviewAnswer})
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.SchedulePreviewBody, request.data)
        return Response(shown.preview(*definitions.preview(values, values.pop("count"))))


class Hook(StudioAPIView):
    """The address itself: whoever knows it sets the schedule off. The body, JSON, is what `${{event.body}}` finds."""

    authentication_classes = ()
    permission_classes = ()
    max_body: ClassVar[int] = services.MAX_EVENT

    @extend_schema(exclude=True)
    def post(self, request: Request, token: str) -> Response:
        known = addresses.TOKEN.fullmatch(token)
        schedule = queries.by_token(addresses.hash_of(token)) if known else None
        if schedule is None:
            raise NotFound("not_found", "There is nothing here.")
        body: Any = dict(request.data)
        key = request.headers.get("Idempotency-Key", "")[:100]
        firing = services.called(schedule=schedule, body=body, key=key if key.isascii() and key.isprintable() else "")
        return Response({"accepted": firing is not None}, status=202)

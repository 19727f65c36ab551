"""Changes of many runs over REST."""

from dataclasses import asdict
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from runs.grid import bulk, ordering, query, serializers
from runs.grid.models import BulkChange
from runs.tracking.models import Run
from studio import access
from studio.access import Permission
from studio.api import fields
from studio.api.views import WorkspaceAPIView
from studio.errors import Invalid


class BulkRuns(WorkspaceAPIView):
    """One action on many runs: those named, or all that a filter finds. Each that can't have it is named with the reason.

    More than a few hundred are changed in the background: 202 with the number of the change and of its activity.
    """

    policy: ClassVar = {"POST": Permission.RUN_VIEW}  # the action names the permission it needs

    @extend_schema(
        request=serializers.RunBulk, responses={200: serializers.BulkAnswer, 202: serializers.BulkBegunAnswer}
    )
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.RunBulk, request.data)
        permission = bulk.PERMISSIONS[values["action"]]
        access.require(request, permission, self.workspace)
        change = bulk.read(values["action"], tags=values["tags"], to=values["to"])
        if "ids" in values:
            return Response(self._named(request, values["ids"], permission, change))
        ids = ordering.ordered_ids(self.workspace, _question(values), request.user)
        if len(ids) > bulk.AT_ONCE:
            row = bulk.begin_change(actor=request.user, workspace=self.workspace, ids=ids, change=change)
            return Response({"change": row.pk, "total": len(ids), "changed": [], "refused": []}, status=202)
        return Response(_done(bulk.change_runs(actor=request.user, workspace=self.workspace, ids=ids, change=change)))

    def _named(self, request: Request, ids: list[str], permission: Permission, change: bulk.Change) -> dict[str, Any]:
        """A token that reaches only some runs changes only those; the others are not found."""
        held = set(access.visible(request, Run, permission).filter(pk__in=ids).values_list("pk", flat=True))
        outcome = bulk.change_runs(
            actor=request.user, workspace=self.workspace, ids=[one for one in ids if one in held], change=change
        )
        unseen = [bulk.Refusal(one, bulk.UNSEEN) for one in dict.fromkeys(ids) if one not in held]
        return _done(bulk.Outcome(outcome.changed, [*outcome.refused, *unseen]))


class BulkDetail(WorkspaceAPIView):
    """How far a change of many runs is, and which runs it left as they were."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(responses={200: serializers.BulkChangeAnswer})
    def get(self, request: Request, workspace: str, pk: int) -> Response:
        return Response(_shape(access.get_or_404(request, BulkChange, pk, Permission.RUN_VIEW)))


def _done(outcome: bulk.Outcome) -> dict[str, Any]:
    return {"changed": outcome.changed, "refused": [asdict(item) for item in outcome.refused]}


def _question(values: dict[str, Any]) -> query.GridQuery:
    if "query" in values and "filter" in values:
        raise Invalid("bad_parameter", "Give ids, a filter or a query: one of them.", fields={"query": "one too many"})
    if "query" in values:
        return query.read(values["query"])
    if "filter" in values:
        return query.read({"filter": values["filter"], "experiment": values["experiment"]})
    raise Invalid("bad_parameter", "Say which runs: ids, a filter or a query.", fields={"ids": "required"})


def _shape(row: BulkChange) -> dict[str, Any]:
    return {
        "id": row.pk,
        "action": row.action,
        "total": len(row.run_ids),
        "done": row.done,
        "changed": row.changed,
        "refused_count": row.refused_count,
        "refused": row.refused,
        "created_at": row.created_at,
        "ended_at": row.ended_at,
    }

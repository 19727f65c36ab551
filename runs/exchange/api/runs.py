"""Imports over REST: runs, experiments, what is known of an earlier import, the line in the feed."""

import dataclasses
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from runs.exchange import queries, serializers, services
from runs.tracking.models import Run
from studio import access
from studio.access import Permission
from studio.api import fields
from studio.api.views import WorkspaceAPIView


class ImportedRuns(WorkspaceAPIView):
    """A run that happened elsewhere. Sent again with the same `external_id` it is brought up to date, not doubled."""

    policy: ClassVar = {"POST": Permission.RUN_EDIT}
    max_body: ClassVar[int] = 4 * 1024 * 1024

    @extend_schema(request=serializers.RunImport, responses={200: serializers.RunImported})
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.RunImport, request.data)
        parent = values.pop("parent")
        if parent:
            values["parent"] = access.get_or_404(request, Run, parent, Permission.RUN_VIEW)
        found = services.import_run(actor=request.user, workspace=self.workspace, **values)
        return Response({"id": found.run.pk, "is_new": found.is_new, "url": found.run.get_absolute_url()})


class ImportedExperiments(WorkspaceAPIView):
    """What another tracker says of an experiment: its tags, and its description where there is none yet."""

    policy: ClassVar = {"POST": Permission.EXPERIMENT_EDIT}

    @extend_schema(request=serializers.ExperimentImport, responses={200: serializers.ExperimentImported})
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.ExperimentImport, request.data)
        found = services.import_experiment(actor=request.user, workspace=self.workspace, **values)
        return Response({"id": found.pk, "path": found.path})


class KnownImports(WorkspaceAPIView):
    """Which of these external ids are here already."""

    policy: ClassVar = {"POST": Permission.RUN_VIEW}

    @extend_schema(request=serializers.KnownImports, responses={200: serializers.KnownAnswer})
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.KnownImports, request.data)
        return Response(dataclasses.asdict(queries.known(self.workspace, values["external_ids"])))


class Announcements(WorkspaceAPIView):
    """The line in the feed when an import is through."""

    policy: ClassVar = {"POST": Permission.RUN_EDIT}

    @extend_schema(request=serializers.Announcement, responses={204: None})
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.Announcement, request.data)
        services.announce(actor=request.user, workspace=self.workspace, **values)
        return Response(status=204)

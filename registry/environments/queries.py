"""Reads about environments."""

from django.db.models import Count, Max, QuerySet

from registry.environments.models import Environment
from studio.access.models import Workspace

MAX_USERS = 50


def listing(workspace: Workspace) -> "QuerySet[Environment]":
    """The workspace's environments, newest first, each with `run_total` and `last_used_at`."""
    return counted(Environment.objects.in_workspace(workspace)).order_by("-created_at", "-id")


def counted(rows: "QuerySet[Environment]") -> "QuerySet[Environment]":
    # `runs` is the other end of the run's foreign key: counted by its name, since the registry knows no runs.
    return rows.annotate(run_total=Count("runs"), last_used_at=Max("runs__created_at"))


def one(pk: int) -> Environment:
    """An environment known to exist, with its counts."""
    return counted(Environment.objects.filter(pk=pk)).get()


def used_by(environment: Environment) -> list[str]:
    """The ids of the latest runs that used it, newest first."""
    rows = Environment.objects.filter(pk=environment.pk, runs__isnull=False).order_by("-runs__created_at")
    return list(rows.values_list("runs__id", flat=True)[:MAX_USERS])

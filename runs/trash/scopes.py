"""What is meant: of the workspace's runs, or of its trash."""

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from runs.logged_models.models import LoggedModel
from runs.tracking.models import Experiment, Run
from runs.trash import families
from studio.access.models import Workspace
from studio.id_lists import listed


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of the trash a removal takes: these runs and experiments, or everything thrown away by `before`."""

    before: str  # ISO time: what comes into the trash afterwards is not meant
    everything: bool = False
    runs: list[str] = field(default_factory=list)
    experiments: list[int] = field(default_factory=list)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Scope":
        return cls(**value)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Selection:
    """Runs and experiments as queries, for counting and for removing."""

    runs: "QuerySet[Run]"
    experiments: "QuerySet[Experiment]"
    models: "QuerySet[LoggedModel]"


def in_trash(workspace: Workspace, scope: Scope) -> Selection:
    """What of the trash the scope means and nobody is removing yet."""
    thrown = Q(workspace=workspace, deleted_at__isnull=False, deleted_at__lte=datetime.fromisoformat(scope.before))
    runs, experiments = Run.objects.filter(thrown, purge_number=None), Experiment.objects.filter(thrown)
    models = LoggedModel.objects.filter(thrown)
    if not scope.everything:
        runs = runs.filter(Q(pk__in=listed(scope.runs)) | Q(experiment__in=scope.experiments))
        experiments = experiments.filter(pk__in=scope.experiments)
        models = models.filter(experiment__in=scope.experiments)
    return Selection(runs.order_by(), experiments.order_by(), models.order_by())


def on_the_way(workspace: Workspace, *, runs: "QuerySet[Run]", experiments: list[int]) -> Selection:
    """What would go into the trash: runs, those of the experiments, and everything below them."""
    here = Run.objects.filter(workspace=workspace, deleted_at=None)
    wanted = here.filter(Q(pk__in=runs.order_by().values("pk")) | Q(experiment__in=experiments))
    below = families.foreign_children(wanted, only=Q(deleted_at=None))
    everything = here.filter(Q(pk__in=wanted.values("pk")) | Q(pk__in=listed(below))) if below else wanted
    chosen = Experiment.objects.filter(workspace=workspace, deleted_at=None, pk__in=experiments)
    return Selection(everything.order_by(), chosen, LoggedModel.objects.none())


def retention() -> timedelta | None:
    """How long the trash keeps things; None: until somebody empties it."""
    return timedelta(days=settings.TRASH_DAYS) if settings.TRASH_DAYS > 0 else None


def kept_until(deleted_at: datetime | None = None) -> datetime | None:
    """When something thrown away then (now, when not given) goes for good; None: not by itself."""
    keeping = retention()
    return None if keeping is None else (deleted_at or timezone.now()) + keeping


def workspaces_with_trash(before: datetime) -> "QuerySet[Workspace]":
    """The workspaces in which something was thrown away by then and is not being removed."""
    thrown = Q(deleted_at__isnull=False, deleted_at__lte=before)
    runs = Run.objects.filter(thrown, purge_number=None).order_by().values("workspace")
    experiments = Experiment.objects.filter(thrown).order_by().values("workspace")
    models = LoggedModel.objects.filter(thrown).order_by().values("workspace")
    return Workspace.objects.filter(Q(pk__in=runs) | Q(pk__in=experiments) | Q(pk__in=models))

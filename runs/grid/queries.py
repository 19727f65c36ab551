"""The saved views a person finds."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from runs.grid.models import SavedView
from runs.tracking.models import Experiment
from studio.access.models import Workspace
from studio.accounts.models import User


def views_for(workspace: Workspace, person: User) -> "QuerySet[SavedView]":
    """A person's own views and the team's, by name; links are in nobody's list."""
    rows = SavedView.objects.in_workspace(workspace).filter(_found_by(person)).exclude(scope=SavedView.Scope.LINK)
    return rows.select_related("experiment", "owner", "workspace").order_by("name", "pk")


def openable(workspace: Workspace, person: User) -> "QuerySet[SavedView]":
    """Whatever a person may open by its id: links as well."""
    rows = SavedView.objects.in_workspace(workspace).filter(_found_by(person) | Q(scope=SavedView.Scope.LINK))
    return rows.select_related("experiment", "owner", "workspace")


def default_of(experiment: Experiment) -> SavedView | None:
    """The view an experiment opens with where the address says nothing."""
    return SavedView.objects.filter(experiment=experiment, is_default=True).first()


def menu(workspace: Workspace, person: User, experiment: Experiment | None) -> Sequence[SavedView]:
    """The menu of views: those of this experiment first."""
    rows = list(views_for(workspace, person)[:200])
    own = experiment.pk if experiment else None
    return sorted(rows, key=lambda view: (view.experiment_id != own, view.name.casefold()))


def _found_by(person: User) -> Q:
    return Q(scope=SavedView.Scope.TEAM) | Q(owner=person, scope=SavedView.Scope.PERSONAL)

"""Keeping, changing and dropping saved views."""

import hashlib
from typing import Any

import orjson
from django.db import IntegrityError, transaction

from runs.grid import state as states
from runs.grid.models import SavedView
from runs.tracking.models import Experiment
from runs.tracking.search import FIELDS
from runs.tracking.services import words
from studio import search
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.errors import Conflict, Invalid

MAX_NAME = 120
MAX_VIEWS = 500  # of one person in one workspace


def save_view(
    *,
    actor: User,
    workspace: Workspace,
    name: str,
    state: object,
    experiment: Experiment | None = None,
    scope: str = SavedView.Scope.PERSONAL,
    is_default: bool = False,
) -> SavedView:
    """Keep a page under a name. A default is the team's view of one experiment; it takes the place of the one before.

    Raises Invalid for a state that can't be shown, with the exact position where its filter can't be read.
    """
    clean = _readable(state)
    clean_name = _name(name)
    _check_default(scope, experiment, is_default)
    if SavedView.objects.filter(workspace=workspace, owner=actor).count() >= MAX_VIEWS:
        raise Conflict("too_many_views", f"You keep {MAX_VIEWS} views here already.", hint="Delete one first.")
    with transaction.atomic():
        if is_default:
            _clear_default(experiment)
        view = SavedView.objects.create(
            workspace=workspace,
            experiment=experiment,
            owner=actor,
            name=clean_name,
            scope=scope,
            is_default=is_default,
            state=clean,
        )
        _tell_team(actor, view, "view.saved")
    return view


def keep_link(*, actor: User, workspace: Workspace, state: object, experiment: Experiment | None = None) -> SavedView:
    """Keep a state that is too long for an address; the same state is kept once."""
    clean = states.validated(state)
    digest = hashlib.sha256(orjson.dumps(clean, option=orjson.OPT_SORT_KEYS)).hexdigest()
    found = SavedView.objects.filter(workspace=workspace, digest=digest, scope=SavedView.Scope.LINK).first()
    return found or SavedView.objects.create(
        workspace=workspace,
        experiment=experiment,
        owner=actor,
        scope=SavedView.Scope.LINK,
        state=clean,
        digest=digest,
    )


def edit_view(
    *,
    actor: User,
    view: SavedView,
    name: str | None = None,
    state: object = None,
    scope: str | None = None,
    is_default: bool | None = None,
) -> SavedView:
    """Change a view; what is None stays. Raises Conflict for a link, which never changes."""
    if view.scope == SavedView.Scope.LINK:
        raise Conflict("view_is_link", "A link keeps what it was made for.", hint="Save the page as a view instead.")
    changes: dict[str, Any] = {}
    if name is not None:
        changes["name"] = _name(name)
    if state is not None:
        changes["state"] = _readable(state)
    if scope is not None:
        changes["scope"] = scope
    if is_default is not None:
        changes["is_default"] = is_default
    for field, value in changes.items():
        setattr(view, field, value)
    _check_default(view.scope, view.experiment, view.is_default)
    try:
        with transaction.atomic():
            if changes.get("is_default"):
                _clear_default(view.experiment)
            view.save(update_fields=[*changes, "updated_at"])
            _tell_team(actor, view, "view.saved")
    except IntegrityError:
        message = "Somebody made another view the default at this moment."
        raise Conflict("default_changed", message, hint="Look at it, then try again.") from None
    return view


def delete_view(*, actor: User, view: SavedView) -> None:
    """Drop a view for everybody who had it in the menu."""
    with transaction.atomic():
        _tell_team(actor, view, "view.deleted")
        SavedView.objects.filter(pk=view.pk).delete()


def _readable(state: object) -> dict[str, Any]:
    """The state as it may be stored. Raises SearchError for a filter that can't be read: nobody could open the view."""
    clean = states.validated(state)
    search.read(clean.get("filter", ""), FIELDS)
    return clean


def _name(name: str) -> str:
    text = words.clean_name(name)
    if len(text) > MAX_NAME:
        raise Invalid("invalid_value", f"A view's name has at most {MAX_NAME} characters.", fields={"name": "too long"})
    return text


def _check_default(scope: str, experiment: Experiment | None, is_default: bool) -> None:
    if is_default and (scope != SavedView.Scope.TEAM or experiment is None):
        raise Invalid(
            "bad_default",
            "Only a team's view of one experiment can be that experiment's default.",
            fields={"is_default": "needs scope team and an experiment"},
        )


def _clear_default(experiment: Experiment | None) -> None:
    SavedView.objects.filter(experiment=experiment, is_default=True).update(is_default=False)


def _tell_team(actor: User, view: SavedView, verb: str) -> None:
    if view.scope != SavedView.Scope.TEAM:
        return
    path = view.experiment.get_absolute_url() if view.experiment else f"/w/{view.workspace.slug}/runs/"
    activity.record(
        actor=actor,
        workspace=view.workspace,
        verb=verb,
        subject=f"view:{view.pk}",
        label=view.name,
        url=f"{path}?view={view.pk}" if verb == "view.saved" else path,
    )

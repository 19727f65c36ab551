"""What Home holds, ready for its template."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest

from runs.tracking.models import Experiment, Run
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity.models import Event
from studio.home import queries


@dataclass(frozen=True, slots=True)
class HomeActions:
    submit: bool
    invite: bool


@dataclass(frozen=True, slots=True)
class HomePage:
    live: Sequence[Run]
    ready: Sequence[Run]
    recent: Sequence[Run]
    experiments: Sequence[Experiment]
    events: Sequence[Event]
    can: HomeActions

    @property
    def is_new(self) -> bool:
        """Nobody has run anything here yet."""
        return not self.live and not self.recent


def home_page(request: HttpRequest, workspace: Workspace) -> HomePage:
    user = cast(User, request.user)  # the workspace was found, so somebody is signed in
    return HomePage(
        live=queries.live_runs(workspace),
        ready=queries.waiting_to_start(workspace),
        recent=queries.recent_runs(workspace, user),
        experiments=queries.recent_experiments(workspace, user),
        events=queries.latest_events(workspace),
        can=HomeActions(
            submit=access.allows(request, Permission.RUN_SUBMIT, workspace),
            invite=access.allows(request, Permission.MEMBER_MANAGE, workspace),
        ),
    )

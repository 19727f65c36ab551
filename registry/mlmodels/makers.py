"""Who may change what is registered already: people by their role alone, a job's token what its own runs made.

The registry knows no runs: who does registers the answer when the app starts.
"""

from collections.abc import Callable
from typing import Any

from registry.mlmodels.models import ModelVersion
from studio import access
from studio.errors import Denied

# The request and a run's id → whether the caller may write to that run.
MayWrite = Callable[[Any, str], bool]
_asked: list[MayWrite] = []


def register(asked: MayWrite) -> None:
    _asked.append(asked)


def require_own(request: Any, version: ModelVersion) -> None:
    """Raise Denied for a job's token when none of its runs made the version."""
    if access.may_look_personally(request):
        return
    if not version.run_id or not any(asked(request, version.run_id) for asked in _asked):
        raise _denied("changes versions that its own runs made, and no others")


def require_person(request: Any) -> None:
    """Raise Denied for a job's token: what is changed here belongs to everybody's versions."""
    if not access.may_look_personally(request):
        raise _denied("registers models and versions, and changes no model")


def _denied(what: str) -> Denied:
    return Denied("permission_denied", f"A job's token {what}.", hint="Use a personal token.")

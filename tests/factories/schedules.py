"""Schedules as the use cases leave them."""

from typing import Any

from runs.schedules import services
from runs.schedules.definitions import NewSchedule
from runs.schedules.models import Schedule
from studio.access.models import Workspace
from studio.accounts.models import User

JOB = {"type": "command", "command": "echo ${{inputs.word}}", "inputs": {"word": "hello"}}
NIGHTLY = {"expression": "15 2 * * *"}


def make_schedule(workspace: Workspace, name: str = "nightly", *, actor: User | None = None, **facts: Any) -> Schedule:
    """A schedule of a command every night, unless more is asked for."""
    asked: dict[str, Any] = {"kind": "cron", "trigger": NIGHTLY, **facts}
    if not any(asked.get(each) for each in ("version", "endpoint", "document")):
        asked["document"] = JOB
    return services.create(actor=actor, workspace=workspace, new=NewSchedule(name=name, **asked))

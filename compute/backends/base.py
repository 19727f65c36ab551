"""What a compute backend is: it starts the runner somewhere and can find it again."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, Protocol

from django import forms

from compute.engines import presence

JobRef = dict[str, Any]  # JSON: whatever finds the job again after a restart of the studio


class BackendUnavailable(Exception):
    """The place can't be asked right now; the caller tries again later."""


@dataclass(frozen=True, slots=True)
class Handover:
    """What a backend passes to the runner. The token never goes into a command line."""

    job_id: int
    attempt: int
    workspace: str
    url: str
    token: str
    settings: dict[str, Any] = field(default_factory=dict)  # the target's own settings
    image: str = ""  # what a backend that runs images starts; "" is the base image


@dataclass(frozen=True, slots=True)
class LeftLog:
    """The log as a runner kept it on its own disk, for when it died before it had sent all of it."""

    path: Path
    offset: int  # of the file's first byte in the job's log


@dataclass(frozen=True, slots=True)
class JobReport:
    """What a backend found when asked for a job. `reason` and `message` are what the runner left behind, if anything."""

    alive: bool
    exit_code: int | None = None
    signal: str = ""
    reason: str = ""
    message: str = ""
    left_log: LeftLog | None = None


class ComputeBackend(Protocol):
    """Starts jobs somewhere. Keeps nothing in memory: the JSON ref it returns finds the job again after a restart.

    Every method may raise BackendUnavailable.
    """

    label: ClassVar[str]
    settings_form: ClassVar[type[forms.Form]]
    runs_images: ClassVar[bool]  # whether a job's environment is an image here, built before it starts

    def words(self, settings: dict[str, Any]) -> str:
        """What a job gets there, in a few words for its page; empty where there is nothing to tell."""

    def why_not_ready(self, settings: dict[str, Any]) -> str:
        """Why nothing can start on a target of these settings now, in a sentence; empty when nothing is known against it.

        It answers at once from what the worker saw last: pages ask it too.
        """

    def seen(self, settings: dict[str, Any]) -> presence.Presence | None:
        """What the worker saw of the place last, for pages; None where there is nothing to look at."""

    def look(self, settings: dict[str, Any]) -> None:
        """Ask the place whether it is there and keep what it says for `why_not_ready`. The worker calls it now and then."""

    def tidy(self, settings: dict[str, Any], kept: frozenset[tuple[int, int]]) -> None:
        """Remove what other attempts than `kept` (job, attempt) have left in the place of these settings."""

    def submit(self, handover: Handover) -> JobRef:
        """Start the runner. A second submit of the same job and attempt finds the first one instead."""

    def poll(self, ref: JobRef) -> JobReport:
        """Whether the runner of `ref` lives."""

    def nudge(self, ref: JobRef) -> None:
        """Ask a runner that has reported before to report now; doing nothing is allowed."""

    def stop(self, ref: JobRef, *, grace: timedelta) -> None:
        """End the runner and all it started: politely, then after `grace` by force. Nothing is left when it returns."""

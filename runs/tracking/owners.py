"""Runs that something of the studio carries out itself, without a job: it alone says how they stand.

Whoever makes runs of such a source registers itself, so that every door that stops or repeats a run does the right thing.
"""

from collections.abc import Mapping
from typing import Protocol

from runs.tracking.models import Run
from studio.accounts.models import User

PIPELINE = "pipeline"  # the source of a run that holds the runs of steps


class Owner(Protocol):
    def stop(self, *, actor: User | None, run: Run, reason: str) -> None:
        """Have the run stopped, with everything below it. The caller has seen that it has not ended."""

    def repeat(
        self,
        *,
        actor: User,
        run: Run,
        overrides: Mapping[str, object],
        name: str,
        open_secrets: frozenset[str] | None,
    ) -> Run:
        """The same once more, as a new run."""


_OWNERS: dict[str, Owner] = {}


def register(source: str, owner: Owner) -> None:
    """Make `owner` the one who carries out the runs of this source; the last one registered counts."""
    _OWNERS[source] = owner


def of(run: Run) -> Owner | None:
    """Who carries the run out, if it is the studio itself."""
    return _OWNERS.get(run.source) if run.job_id is None else None

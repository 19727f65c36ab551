"""Job files of other types than command jobs. Whoever runs such jobs registers itself; every door to job files asks here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from runs.tracking.jobfile.needs import Need
from runs.tracking.models import Run
from studio.access.models import Workspace
from studio.accounts.models import User


@dataclass(frozen=True, slots=True)
class JobFile:
    """A job file, or a job as plain data, with what is set over it and what was sent along by its path."""

    text: str | None = None
    job: Mapping[str, Any] | None = None
    file_name: str = "job.yml"
    overrides: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)  # texts
    snapshots: Mapping[str, str] = field(default_factory=dict)  # digests of folders
    blobs: Mapping[str, str] = field(default_factory=dict)  # digests of single files
    git: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a job file means. `needs` may grow once the texts among them were sent: ask again with them."""

    job: dict[str, Any]
    needs: tuple[Need, ...]
    notes: tuple[str, ...] = ()


class JobType(Protocol):
    def means(self, job_file: JobFile) -> bool:
        """Whether it is a file of this type."""

    def check(self, *, actor: User | None, workspace: Workspace, job_file: JobFile) -> Checked:
        """What it means here and what else has to be sent. Raises Invalid with every mistake's place."""

    def submit(
        self, *, actor: User, workspace: Workspace, job_file: JobFile, open_secrets: frozenset[str] | None = None
    ) -> Run:
        """A run of it, under way. Raises Invalid; then nothing is made."""


_TYPES: dict[str, JobType] = {}


def register(name: str, job_type: JobType) -> None:
    """Make `job_type` the one who reads the job files of this type; the last one registered counts."""
    _TYPES[name] = job_type


def of(job_file: JobFile) -> JobType | None:
    """Who reads this file; None for a command job, and for what is no job file at all."""
    return next((one for one in _TYPES.values() if one.means(job_file)), None)

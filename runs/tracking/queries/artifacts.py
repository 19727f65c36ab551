"""Files of a run."""

from django.db.models import QuerySet

from runs.tracking.models import Artifact, Run
from studio.storage.shelves import Entry, Shelf


def shelf_of(run: Run) -> Shelf[Artifact]:
    """Where the run's files stand."""
    return Shelf(Artifact, {"run": run}, run.workspace, what="this run")


def listing(run: Run, path: str = "", *, is_recursive: bool = False) -> list[Entry]:
    """What lies right in the folder `path`, folders first; every file below it when `is_recursive`."""
    return shelf_of(run).contents(path, is_recursive=is_recursive)


def files_of(run: Run, path: str = "") -> "QuerySet[Artifact]":
    """The files below a folder, by path; all of them without one."""
    return shelf_of(run).rows(path)


def artifact_at(run: Run, path: str) -> Artifact:
    """The file of exactly this path. Raises NotFound when there is none, Invalid for a path that can't be one."""
    return shelf_of(run).at(path)

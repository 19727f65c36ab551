"""Files of a run as a tree of folders."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from runs.tracking.models import Artifact, Run
from studio.errors import NotFound
from studio.storage.names import safe_relpath


@dataclass(frozen=True, slots=True)
class ArtifactEntry:
    """A file, or a folder with the size and the newest time of what is below."""

    path: str
    name: str
    is_dir: bool
    size: int
    sha256: str
    content_type: str
    created_at: datetime


def listing(run: Run, path: str = "", *, is_recursive: bool = False) -> list[ArtifactEntry]:
    """What lies right in the folder `path`, folders first; every file below it when `is_recursive`."""
    folder = path.rstrip("/")
    prefix = safe_relpath(folder) + "/" if folder else ""
    files: list[ArtifactEntry] = []
    folders: dict[str, ArtifactEntry] = {}
    for artifact in files_of(run, folder):
        name, _, below = artifact.path[len(prefix) :].partition("/")
        if below and not is_recursive:
            _add(folders, prefix + name, name, artifact)
        else:
            files.append(entry_of(artifact))
    return [*folders.values(), *files]


def files_of(run: Run, path: str = "") -> "QuerySet[Artifact]":
    """The files at or below a path, by path."""
    rows = Artifact.objects.filter(run=run).select_related("blob").order_by("path")
    folder = path.rstrip("/")
    if not folder:
        return rows
    return rows.filter(path__startswith=safe_relpath(folder) + "/")


def artifact_at(run: Run, path: str) -> Artifact:
    """The file of exactly this path. Raises NotFound when there is none, Invalid for a path that can't be one."""
    found = Artifact.objects.filter(run=run, path=safe_relpath(path)).select_related("blob").first()
    if found is None:
        raise NotFound("not_found", "There is no such file in this run.")
    return found


def entry_of(artifact: Artifact) -> ArtifactEntry:
    return ArtifactEntry(
        path=artifact.path,
        name=artifact.path.rsplit("/", 1)[-1],
        is_dir=False,
        size=artifact.size,
        sha256=artifact.blob.sha256,
        content_type=artifact.content_type,
        created_at=artifact.created_at,
    )


def _add(folders: dict[str, ArtifactEntry], path: str, name: str, artifact: Artifact) -> None:
    before = folders.get(path)
    folders[path] = ArtifactEntry(
        path=path,
        name=name,
        is_dir=True,
        size=artifact.size + (before.size if before else 0),
        sha256="",
        content_type="",
        created_at=max(artifact.created_at, before.created_at) if before else artifact.created_at,
    )

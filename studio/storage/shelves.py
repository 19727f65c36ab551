"""Files under the names their owner gave them: of a run, of a logged model, of whatever else keeps files.

A feature has a table of such files (a foreign key to the owner, `path`, `blob`, `size`, `content_type`, `created_at`, one
path once); a shelf is the files of one owner in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

from django.db import models, transaction
from django.db.models import Q

from studio.access.models import Workspace
from studio.errors import Conflict, NotFound
from studio.storage import blobs
from studio.storage.media_types import type_of
from studio.storage.models import Blob
from studio.storage.names import safe_relpath

F = TypeVar("F", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file, or a folder with the size and the newest time of what is below."""

    path: str
    name: str
    is_dir: bool
    size: int
    sha256: str
    content_type: str
    created_at: datetime


class Shelf(Generic[F]):
    """The files of one owner. `what` names the owner in sentences; `owner` are the columns that say whose they are."""

    def __init__(self, model: type[F], owner: Mapping[str, Any], workspace: Workspace, *, what: str) -> None:
        self.model = model
        self.owner = dict(owner)
        self.workspace = workspace
        self.what = what

    def rows(self, path: str = "") -> "models.QuerySet[F]":
        """The files below a folder, by path; all of them without one."""
        rows: models.QuerySet[F] = cast(Any, self.model).objects.filter(**self.owner).select_related("blob")
        folder = path.rstrip("/")
        rows = rows.filter(path__startswith=safe_relpath(folder) + "/") if folder else rows
        return rows.order_by("path")

    def at(self, path: str) -> F:
        """The file of exactly this path. Raises NotFound when there is none, Invalid for a path that can't be one."""
        for found in self.rows().filter(path=safe_relpath(path)).order_by()[:1]:
            return found
        raise NotFound("not_found", f"There is no file {path[:200]!r} in {self.what}.")

    def listing(self, path: str = "") -> list[Entry]:
        """What lies right in the folder `path`, by name."""
        folder = path.rstrip("/")
        prefix = safe_relpath(folder) + "/" if folder else ""
        found: dict[str, Entry] = {}
        for row in self.rows(folder):
            file = cast(Any, row)
            if not file.path.startswith(prefix):
                continue  # SQLite compares without regard to case
            name, _, below = file.path[len(prefix) :].partition("/")
            found[name] = _folder(prefix + name, file, found.get(name)) if below else entry_of(file)
        return [found[name] for name in sorted(found)]

    def contents(self, path: str = "", *, is_recursive: bool = False) -> list[Entry]:
        """What lies right in the folder `path`, folders first; every file below it when `is_recursive`."""
        if not is_recursive:
            return sorted(self.listing(path), key=lambda entry: not entry.is_dir)
        prefix = f"{path.rstrip('/')}/" if path.rstrip("/") else ""
        return [entry_of(row) for row in self.rows(path) if cast(Any, row).path.startswith(prefix)]

    def put(self, path: str, stream: blobs.Readable, *, limit: int, sha256: str = "", content_type: str = "") -> F:
        """Store a file, replacing what was there.

        Raises Invalid for a path that can't be one, Conflict when a file or folder of a look-alike name is there.
        """
        path = safe_relpath(path)
        self.refuse_clash(path)
        blob = blobs.store(workspace=self.workspace, stream=stream, limit=limit, sha256=sha256)
        return self.keep(path, blob, content_type=content_type)

    def keep(self, path: str, blob: Blob, *, content_type: str = "") -> F:
        """Give stored bytes their name here."""
        values = {"blob": blob, "size": blob.size, "content_type": type_of(path, content_type)}
        with transaction.atomic():
            self.refuse_clash(path)
            made, _ = cast(Any, self.model).objects.update_or_create(**self.owner, path=path, defaults=values)
        return cast(F, made)

    def delete(self, path: str) -> int:
        """Remove a file, or a folder with all that is in it. Raises NotFound when there is neither."""
        path = safe_relpath(path.rstrip("/"))
        rows = cast(Any, self.model).objects.filter(**self.owner)
        # Compared in Python as well: SQLite's LIKE takes "A/" for "a/".
        candidates = rows.filter(Q(path=path) | Q(path__startswith=path + "/")).values_list("pk", "path")
        ids = [pk for pk, name in candidates if name == path or name.startswith(path + "/")]
        with transaction.atomic():
            for start in range(0, len(ids), 500):
                rows.filter(pk__in=ids[start : start + 500]).delete()
        if not ids:
            raise NotFound("not_found", f"There is no file {path[:200]!r} in {self.what}.")
        return len(ids)

    def clear(self) -> int:
        """Remove all files. Answers how many there were."""
        removed, _ = cast(Any, self.model).objects.filter(**self.owner).delete()
        return int(removed)

    def refuse_clash(self, path: str) -> None:
        """A file can't be a folder as well, and two names may not differ in case alone: no disk could hold both."""
        parts = path.split("/")
        above = ["/".join(parts[:depth]) for depth in range(1, len(parts))]
        rows = cast(Any, self.model).objects.filter(**self.owner)
        near = rows.filter(Q(path__iexact=path) | Q(path__startswith=path + "/") | Q(path__in=above))
        for other in near.exclude(path=path).values_list("path", flat=True)[:1]:
            raise Conflict("path_taken", self._why(path, other, above), hint="Use another name.")

    def _why(self, path: str, other: str, above: list[str]) -> str:
        if other in above:
            return f"A folder of {path} is a file of {self.what}."
        if other.lower() == path.lower():
            return f"A file of a look-alike name is there: {other}."
        return f"{path} is a folder of {self.what}."


def entry_of(file: Any) -> Entry:
    return Entry(
        path=file.path,
        name=file.path.rsplit("/", 1)[-1],
        is_dir=False,
        size=file.size,
        sha256=file.blob.sha256,
        content_type=file.content_type,
        created_at=file.created_at,
    )


def _folder(path: str, file: Any, before: Entry | None) -> Entry:
    return Entry(
        path=path,
        name=path.rsplit("/", 1)[-1],
        is_dir=True,
        size=file.size + (before.size if before else 0),
        sha256="",
        content_type="",
        created_at=max(file.created_at, before.created_at) if before else file.created_at,
    )

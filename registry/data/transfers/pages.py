"""What the browse page of a datastore shows."""

from dataclasses import dataclass

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from registry.data.datastores.kinds.base import Entry
from registry.data.datastores.models import Datastore
from registry.data.transfers import queries
from studio import access
from studio.access import Permission
from studio.api import pagination
from studio.errors import StudioError
from studio.web.context import address

ROWS = 200
MOST_FOLDERS = 500  # of one level of the tree
_EMPTY = QueryDict()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the listing."""

    entry: Entry
    url: str  # of the folder, or of the file's bytes
    uri: str  # how job files name it


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of the tree; its own folders are fetched when it is opened."""

    name: str
    path: str
    url: str


@dataclass(frozen=True, slots=True)
class Can:
    upload: bool
    delete: bool


@dataclass(frozen=True, slots=True)
class Browse:
    path: str
    crumbs: tuple[tuple[str, str], ...]  # (name, URL) of each folder on the way
    rows: tuple[Row, ...]
    next_url: str
    problem: StudioError | None  # why the place can't be listed
    uri: str
    trail: tuple[tuple[str, str], ...]  # of the page itself
    settings_url: str
    register_url: str  # of the page that makes a data asset; empty for who may not
    can: Can


def browse(request: HttpRequest, datastore: Datastore) -> Browse:
    """The folder `?path=`, from `?cursor=` on. What the place itself says is shown, not raised."""
    path = request.GET.get("path", "").strip("/")
    rows: tuple[Row, ...] = ()
    cursor, problem = "", None
    try:
        page = queries.entries(datastore, path, cursor=request.GET.get("cursor", ""), limit=ROWS)
        ordered = sorted(page.entries, key=lambda entry: (not entry.is_dir, entry.name.lower()))
        rows = tuple(Row(entry, _url(datastore, entry), uri(datastore, entry.path)) for entry in ordered)
        cursor = page.cursor
    except StudioError as error:
        problem = error
    slug = datastore.workspace.slug
    may_edit = access.allows(request, Permission.DATA_EDIT, datastore.workspace)
    return Browse(
        path=path,
        crumbs=_crumbs(datastore, path),
        rows=rows,
        next_url="?" + pagination.query_with(request.GET, cursor=cursor) if cursor else "",
        problem=problem,
        uri=uri(datastore, path),
        trail=(
            ("Data", address("data-list", workspace=slug)),
            ("Datastores", address("datastore-list", workspace=slug)),
        ),
        settings_url=address("datastore-detail", workspace=slug, name=datastore.name),
        register_url=address("data-new", workspace=slug) if may_edit else "",
        can=Can(
            upload=not datastore.is_read_only and may_edit,
            delete=not datastore.is_read_only and access.allows(request, Permission.DATA_DELETE, datastore.workspace),
        ),
    )


def folders(datastore: Datastore, path: str) -> tuple[Folder, ...]:
    """The folders right in `path`, by name."""
    page = queries.entries(datastore, path, limit=MOST_FOLDERS)
    found = sorted((entry for entry in page.entries if entry.is_dir), key=lambda entry: entry.name.lower())
    return tuple(Folder(entry.name, entry.path, folder_url(datastore, entry.path)) for entry in found)


def uri(datastore: Datastore, path: str) -> str:
    """The address of a place in a datastore, as job files write it."""
    return f"azureml://datastores/{datastore.name}/paths/{path}"


def folder_url(datastore: Datastore, path: str) -> str:
    query = pagination.query_with(_EMPTY, path=path)
    return _way("datastore-browse", datastore) + (f"?{query}" if query else "")


def _url(datastore: Datastore, entry: Entry) -> str:
    if entry.is_dir:
        return folder_url(datastore, entry.path)
    return _way("datastore-raw", datastore) + "?" + pagination.query_with(_EMPTY, path=entry.path)


def _crumbs(datastore: Datastore, path: str) -> tuple[tuple[str, str], ...]:
    parts = [part for part in path.split("/") if part]
    ways = ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
    return tuple((part, folder_url(datastore, way)) for part, way in zip(parts, ways, strict=True))


def _way(name: str, datastore: Datastore) -> str:
    return reverse(name, kwargs={"workspace": datastore.workspace.slug, "name": datastore.name})

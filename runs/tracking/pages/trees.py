"""Trees of files as links: what is open and what is current is in the address."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.db.models import Count, Sum

from runs.tracking.models import Run
from runs.tracking.queries import artifacts as artifact_queries
from studio.web import files, formats
from studio.web.files import Entry, Node

MOST_OPEN = 300  # above so many files only the folders on the way to the current one are open


def artifact_nodes(run: Run, path: str, *, base: str) -> list[Node]:
    """The folders on the way to `path`, read level by level: a run may have any number of files."""
    return _level(run, "", path, base)


def first_file(run: Run) -> str:
    """The path of the file to look at before one is picked: the first image, else the first text, else the first."""
    names = list(artifact_queries.files_of(run).values_list("path", flat=True)[:MOST_OPEN])
    return min(names, key=files.rank_of, default="")


def totals(run: Run) -> tuple[int, int]:
    """How many files the run has, and their bytes."""
    found = artifact_queries.files_of(run).aggregate(count=Count("pk"), size=Sum("size"))
    return found["count"], found["size"] or 0


def _level(run: Run, folder: str, path: str, base: str) -> list[Node]:
    nodes = []
    for entry in artifact_queries.listing(run, folder):
        if not entry.is_dir:
            nodes.append(_file(entry, path, base))
            continue
        is_open = path == entry.path + "/" or path.startswith(entry.path + "/")
        node = _folder(entry, path, base, is_open)
        node.children = _level(run, entry.path, path, base) if is_open else []
        nodes.append(node)
    return nodes


def code_nodes(entries: Sequence[Entry], path: str, *, base: str) -> list[Node]:
    """A whole snapshot as a tree; everything is open while there are few files."""
    all_open = sum(not entry.is_dir for entry in entries) <= MOST_OPEN
    roots: list[Node] = []
    folders: dict[str, Node] = {}
    for entry in entries:
        parent = entry.path.rpartition("/")[0]
        siblings = folders[parent].children if parent in folders else roots
        if entry.is_dir:
            node = _folder(entry, path, base, all_open or path.startswith(entry.path + "/"))
            node.url = ""
            folders[entry.path] = node
        else:
            node = _file(entry, path, base)
        siblings.append(node)
    return roots


def _folder(entry: Entry, path: str, base: str, is_open: bool) -> Node:
    return Node(
        name=entry.name,
        url=f"{base}?{urlencode({'path': entry.path + '/'})}",
        icon="folder-open" if is_open else "folder",
        is_open=is_open,
        is_current=path == entry.path + "/",
    )


def _file(entry: Entry, path: str, base: str) -> Node:
    return Node(
        name=entry.name,
        url=f"{base}?{urlencode({'path': entry.path})}",
        icon=files.icon_of(entry.name),
        note=formats.size(entry.size),
        is_current=path == entry.path,
    )

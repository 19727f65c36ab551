"""What the pages of data assets show."""

import html
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from registry.data import uris
from registry.data.assets import bodies, files, frame, queries
from registry.data.assets.frame import Can
from registry.data.assets.manifest import DataFile
from registry.data.assets.models import DataAsset, DataType, DataVersion
from studio.access.models import Workspace
from studio.api import pagination
from studio.lineage import labels
from studio.lineage import queries as lineage
from studio.lineage.labels import Label
from studio.lineage.things import Thing
from studio.web import files as nodes
from studio.web import formats, markdown
from studio.web.context import address
from studio.web.data_tabs import data_tabs
from studio.web.tabs import Tab

PAGE_ROWS = 50
ABOUT_CHARACTERS = 400  # of a description, of which a list shows one line
MOST_NODES = 500  # of one folder of the tree
MOST_EDGES = 300
ICONS = {DataType.FILE: "file", DataType.FOLDER: "folder", DataType.TABLE: "table-2"}
FIRST_LINES = "name: cars\ntype: uri_file\npath: ./cars.csv\n"


@dataclass(frozen=True, slots=True)
class AssetRow:
    """One line of the list."""

    asset: DataAsset
    latest: DataVersion | None
    versions: int
    about: str
    icon: str


@dataclass(frozen=True, slots=True)
class AssetList:
    rows: list[AssetRow]
    sections: list[Tab]
    asked: queries.Asked
    is_narrowed: bool
    types: list[tuple[str, str]]
    next_url: str
    previous_url: str
    snippet: str
    can: Can


@dataclass(frozen=True, slots=True)
class Use:
    """A neighbour in the lineage, how it is joined, and what came of it in turn."""

    label: Label
    verb: str
    then: list["Use"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Lineage:
    came_from: list[Use]
    used_by: list[Use]
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Details:
    description: SafeString
    nodes: list[nodes.Node]
    is_cut: bool  # more files than the tree shows
    notes: list[str]
    place: str  # how job files name where it lies
    place_url: str
    source: str  # what it was made of, in words
    reading: list[tuple[str, str]]
    run: Label | None
    has_zip: bool


def asset_list(request: HttpRequest, workspace: Workspace) -> AssetList:
    """A page of the assets that the query asks for, by name."""
    wanted = bodies.asked(request.GET)
    rows = queries.asked(workspace, wanted)
    page = pagination.page_of(rows, order=("name", "id"), cursor=request.GET.get("cursor", ""), limit=PAGE_ROWS)
    keys = [row.pk for row in page.rows]
    latest, counts = queries.latest_of(keys), queries.version_counts(keys)
    return AssetList(
        rows=[_row(row, latest.get(row.pk), counts.get(row.pk, 0)) for row in page.rows],
        sections=data_tabs(workspace, "Assets"),
        asked=wanted,
        is_narrowed=bool(wanted.words or wanted.type or wanted.tag or wanted.is_archived),
        types=list(DataType.choices),
        next_url=_page_url(request, page.next),
        previous_url=_page_url(request, page.previous),
        snippet=FIRST_LINES,
        can=frame.can(request, workspace),
    )


def details(version: DataVersion) -> Details:
    """Facts of a version, and its files as a tree with the folders of `path` open."""
    listed = files.listing(version) if version.state == DataVersion.State.READY else []
    shown = _nodes(version, listed)
    run = [Thing("run", version.run_id)] if version.run_id else []
    known = labels.labels(version.asset.workspace, run)
    return Details(
        description=markdown.to_html(version.description or version.asset.description),
        nodes=shown,
        is_cut=len(shown) >= MOST_NODES,
        notes=list(version.reading.get("notes", [])),
        place=_place(version),
        place_url=_place_url(version),
        source=_source(version),
        reading=_reading(version),
        run=next(iter(known.values()), None),
        has_zip=version.file_count > 0,
    )


def lineage_of(version: DataVersion) -> Lineage:
    """What the version came from, what read it, and what those made in turn."""
    workspace = version.asset.workspace
    up, down = queries.came_from(version), queries.used_by(version)
    if version.run_id and not any(step.thing == Thing("run", version.run_id) for step in up):
        up.append(lineage.Step(Thing("run", version.run_id), "made"))
    shown = down[:MOST_EDGES]
    after = {step.thing: lineage.down(workspace, step.thing)[:20] for step in shown if step.thing.kind == "run"}
    every = [step.thing for step in [*up, *shown, *(each for steps in after.values() for each in steps)]]
    known = labels.labels(workspace, every)
    used_by = [
        Use(known[step.thing], step.verb, [Use(known[each.thing], each.verb) for each in after.get(step.thing, [])])
        for step in shown
    ]
    return Lineage([Use(known[step.thing], step.verb) for step in up], used_by, len(down) > len(shown))


def _row(asset: DataAsset, latest: DataVersion | None, count: int) -> AssetRow:
    about = html.unescape(strip_tags(markdown.to_html(asset.description[:ABOUT_CHARACTERS])))
    return AssetRow(asset, latest, count, about, ICONS.get(DataType(asset.type), "file"))


def _page_url(request: HttpRequest, cursor: str) -> str:
    return f"?{pagination.query_with(request.GET, cursor=cursor)}" if cursor else ""


def _nodes(version: DataVersion, listed: Sequence[DataFile]) -> list[nodes.Node]:
    """The tree, its folders closed; of a large one the beginning."""
    kwargs = {"workspace": version.asset.workspace.slug, "name": version.asset.name, "ref": version.version}
    raw = reverse("data-raw", kwargs=kwargs)
    own = [file for file in listed if not file.path.startswith("azureml://")]
    others = [file for file in listed if file.path.startswith("azureml://")][:MOST_NODES]
    return _branch(own, 0, raw, [MOST_NODES]) + [_leaf(file, raw, name=file.path) for file in others]


def _branch(listed: Sequence[DataFile], start: int, raw: str, budget: list[int]) -> list[nodes.Node]:
    """The lines of one folder, whose name is the first `start` letters of each path."""
    folders: dict[str, list[DataFile]] = {}
    for file in listed:
        name, mark, _ = file.path[start:].partition("/")
        folders.setdefault(name + mark, []).append(file)
    found = []
    for name, below in sorted(folders.items(), key=lambda pair: (not pair[0].endswith("/"), pair[0])):
        if budget[0] <= 0:
            break
        budget[0] -= 1
        found.append(_folder(name, below, start, raw, budget) if name.endswith("/") else _leaf(below[0], raw))
    return found


def _leaf(file: DataFile, raw: str, name: str = "") -> nodes.Node:
    url = f"{raw}?{urlencode({'path': file.path})}"
    return nodes.Node(name or file.name, url, nodes.icon_of(file.name), formats.size(file.size))


def _folder(name: str, below: list[DataFile], start: int, raw: str, budget: list[int]) -> nodes.Node:
    size = formats.size(sum(file.size for file in below))
    node = nodes.Node(name.rstrip("/"), "", "folder", f"{len(below):,} · {size}")
    node.children = _branch(below, start + len(name), raw, budget)
    return node


def _place(version: DataVersion) -> str:
    if version.datastore is None:
        return version.uri
    return str(uris.DatastorePath(version.datastore.name, version.path))


def _place_url(version: DataVersion) -> str:
    if version.datastore is None:
        return ""
    slug = version.asset.workspace.slug
    url = address("datastore-browse", workspace=slug, name=version.datastore.name)
    folder = version.path.rpartition("/")[0] if version.asset.type == DataType.FILE else version.path
    return f"{url}?{urlencode({'path': folder})}" if url and folder else url


def _source(version: DataVersion) -> str:
    kind = version.source.get("kind", "")
    if kind == "web":
        return f"fetched from {version.source.get('url', '')}"
    if kind == "query":
        return f"the answer of {version.source.get('datastore', '')} to: {version.source.get('query', '')}"
    return "uploaded" if kind == "upload" else ""


def _reading(version: DataVersion) -> list[tuple[str, str]]:
    """How its rows are read, in words."""
    words: dict[str, Any] = {key: value for key, value in version.reading.items() if key != "notes"}
    return [
        (key.replace("_", " ").capitalize(), _word(value)) for key, value in words.items() if value not in ("", None)
    ]


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return {"\t": "tab", " ": "blank"}.get(str(value), str(value))

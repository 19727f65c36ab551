"""What the pages of models show."""

import html
import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from registry.mlmodels import mlmodel, queries, search
from registry.mlmodels.models import ModelVersion, ModelVersionFile, RegisteredModel
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.api import pagination, searching
from studio.lineage.labels import Label, labels
from studio.lineage.things import Thing
from studio.search import SearchError
from studio.web import files, formats, markdown

PAGE_ROWS = 50
ABOUT_CHARACTERS = 400  # of a description, of which a list shows one line
FIRST_LINES = 'import mlflow\n\nmlflow.register_model("runs:/RUN_ID/model", "digits-svm")'
MOST_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class Can:
    """What this person may do with models here."""

    edit: bool
    delete: bool
    deploy: bool = False
    build: bool = False


@dataclass(frozen=True, slots=True)
class Snippet:
    """Lines to copy, and what they are for."""

    tool: str
    text: str


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One line of the list: the model, its newest version, where aliases and stages lead."""

    model: RegisteredModel
    about: str  # its description in plain words
    aliases: list[tuple[str, int]]
    stages: list[tuple[str, int]]
    versions: int


@dataclass(frozen=True, slots=True)
class ModelList:
    rows: list[ModelRow]
    filter: str
    problem: str  # why the filter can't be read
    problem_json: str  # the same with its place, for the search bar
    next_url: str
    previous_url: str
    is_archived: bool  # the archived ones are shown
    has_archived: bool
    snippet: str  # for who has none yet
    can: Can


@dataclass(frozen=True, slots=True)
class ModelPage:
    model: RegisteredModel
    versions: list[ModelVersion]
    next_url: str
    previous_url: str
    latest: ModelVersion | None
    description: SafeString  # as HTML
    snippets: list[Snippet]
    can: Can


@dataclass(frozen=True, slots=True)
class Column:
    """One line of a signature."""

    name: str
    type: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class VersionPage:
    version: ModelVersion
    description: SafeString  # as HTML
    origins: list[Label]
    signature: list[tuple[str, list[Column]]]
    nodes: list[files.Node]
    file_count: int
    file: ModelVersionFile | None  # the one that is shown
    preview: files.Preview | None
    path: str
    raw_url: str
    more_url: str
    snippets: list[Snippet]
    run_url: str
    can: Can


def can(request: HttpRequest, workspace: Workspace) -> Can:
    return Can(
        edit=access.allows(request, Permission.MODEL_EDIT, workspace),
        delete=access.allows(request, Permission.MODEL_DELETE, workspace),
        deploy=access.allows(request, Permission.ENDPOINT_EDIT, workspace),
        build=access.allows(request, Permission.IMAGE_BUILD, workspace),
    )


def model_list(request: HttpRequest, workspace: Workspace) -> ModelList:
    """A page of the models that the filter of the query finds, by name."""
    text, problem, underlined = request.GET.get("filter", ""), "", ""
    is_archived = request.GET.get("archived") == "1"
    try:
        rows = search.models(workspace, text)
    except SearchError as error:
        problem, rows = error.message, search.models(workspace).none()
        underlined = json.dumps(searching.problem(error))
    rows = rows.filter(is_archived=is_archived)
    page = pagination.page_of(
        queries.with_parts(rows), order=("name", "id"), cursor=request.GET.get("cursor", ""), limit=PAGE_ROWS
    )
    latest = queries.latest_by_stage([model.pk for model in page.rows])
    counts = queries.version_counts([model.pk for model in page.rows])
    return ModelList(
        rows=[_row(model, latest.get(model.pk, []), counts.get(model.pk, 0)) for model in page.rows],
        filter=text,
        problem=problem,
        problem_json=underlined,
        next_url=_page_url(request, page.next),
        previous_url=_page_url(request, page.previous),
        is_archived=is_archived,
        has_archived=is_archived or queries.has_archived(workspace),
        snippet=FIRST_LINES,
        can=can(request, workspace),
    )


def model_page(request: HttpRequest, model: RegisteredModel) -> ModelPage:
    rows = queries.versions_with_parts(search.versions_of(model))
    page = pagination.page_of(
        rows, order=("-number", "-id"), cursor=request.GET.get("cursor", ""), limit=PAGE_ROWS
    )  # fmt: skip
    newest = queries.newest(model)
    return ModelPage(
        model=model,
        versions=page.rows,
        next_url=_page_url(request, page.next),
        previous_url=_page_url(request, page.previous),
        latest=newest,
        description=markdown.to_html(model.description),
        snippets=snippets(newest) if newest else [],
        can=can(request, model.workspace),
    )


def version_page(request: HttpRequest, version: ModelVersion) -> VersionPage:
    """A version with its files and the one of `?path=` beside them."""
    path = request.GET.get("path", "")
    names = queries.paths(version)
    path = path or (mlmodel.PATH if mlmodel.PATH in names else min(names, key=files.rank_of, default=""))
    up = queries.came_from(version)
    run = [Thing("run", version.run_id)] if version.run_id else []
    known = labels(version.model.workspace, [*(step.thing for step in up), *run])
    origins = [known[thing] for thing in dict.fromkeys([*(step.thing for step in up), *run])]
    file = queries.file_at(version, path) if path else None
    preview, raw, more = _preview(request, version, file) if file else (None, "", "")
    return VersionPage(
        version=version,
        description=markdown.to_html(version.description),
        origins=origins,
        signature=_signature(version.signature),
        nodes=_nodes(version, path),
        file_count=len(names),
        file=file,
        preview=preview,
        path=path,
        raw_url=raw,
        more_url=more,
        snippets=snippets(version),
        run_url=next((label.url for label in origins if label.kind == "run"), ""),
        can=can(request, version.model.workspace),
    )


def snippets(version: ModelVersion) -> list[Snippet]:
    """The lines that load a version: with MLflow where it wrote the model, with our package, from a shell."""
    name, number, slug = version.model.name, version.number, version.model.workspace.slug
    folder = _folder(name)
    loaded = (
        "import mlflow\n\n"
        f"mlflow.set_tracking_uri({json.dumps(f'{settings.BASE_URL}/mlflow/{slug}')})\n"
        f"model = mlflow.pyfunc.load_model({_text(f'models:/{name}/{number}')})"
    )
    package = (
        "import atelier\n\n"
        f"models = atelier.Workspace({json.dumps(slug)}).models\n"
        f"models.download({_text(name)}, {_text(f'./{folder}')}, version={number})"
    )
    shell = f"atelier model download {shlex.quote(name)} --version {number} --to {shlex.quote(f'./{folder}')}"
    if not version.size:
        return [Snippet("MLflow", loaded)]
    found = [Snippet("Python", package), Snippet("Shell", shell)]
    return [Snippet("MLflow", loaded), *found] if version.flavors else found


def _text(value: str) -> str:
    """As Python reads it."""
    return json.dumps(value, ensure_ascii=False)


def _folder(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name) or "model"


def _row(model: RegisteredModel, latest: Sequence[ModelVersion], count: int) -> ModelRow:
    return ModelRow(
        model=model,
        about=html.unescape(strip_tags(markdown.to_html(model.description[:ABOUT_CHARACTERS]))),
        aliases=[(alias.name, alias.version.number) for alias in model.aliases.all()],
        stages=[(version.stage, version.number) for version in latest if version.stage != ModelVersion.Stage.NONE],
        versions=count,
    )


def _page_url(request: HttpRequest, cursor: str) -> str:
    return f"?{pagination.query_with(request.GET, cursor=cursor)}" if cursor else ""


def _nodes(version: ModelVersion, path: str, folder: str = "") -> list[files.Node]:
    """The tree of files; folders on the way to the current file are open."""
    nodes = []
    for entry in queries.listing(version, folder):
        if not entry.is_dir:
            url = f"?{urlencode({'path': entry.path})}"
            nodes.append(
                files.Node(
                    entry.name, url, files.icon_of(entry.name), formats.size(entry.size), is_current=entry.path == path
                )
            )
            continue
        is_open = path.startswith(entry.path + "/")
        first = queries.first_below(version, entry.path)
        node = files.Node(entry.name, f"?{urlencode({'path': first})}", "folder-open" if is_open else "folder")
        node.is_open = is_open
        node.children = _nodes(version, path, entry.path) if is_open else []
        nodes.append(node)
    return nodes


def _preview(
    request: HttpRequest, version: ModelVersion, file: ModelVersionFile
) -> tuple[files.Preview | None, str, str]:
    """What can be shown of a file, where its bytes are, and where more of it is shown."""
    asked = request.GET.get("bytes", "")
    wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0
    preview = files.preview_of(file, wanted=wanted)
    kwargs = {"workspace": version.model.workspace.slug, "name": version.model.name, "number": version.number}
    raw = f"{reverse('model-version-raw', kwargs=kwargs)}?{urlencode({'path': file.path})}"
    more = f"?{urlencode({'path': file.path, 'bytes': preview.next_bytes})}" if preview.next_bytes else ""
    return preview, raw, more


def _signature(signature: dict[str, Any] | None) -> list[tuple[str, list[Column]]]:
    """Each side of a signature with its columns."""
    found = []
    for side in ("inputs", "outputs", "params"):
        columns = [_column(item) for item in (signature or {}).get(side, [])[:MOST_COLUMNS] if isinstance(item, dict)]
        if columns:
            found.append((side.capitalize(), columns))
    return found


def _column(item: dict[str, Any]) -> Column:
    spec = item.get("tensor-spec")
    if isinstance(spec, dict):
        type_name = f"tensor {spec.get('dtype', '')} {spec.get('shape', '')}"
    else:
        type_name = str(item.get("type", ""))
    is_required = item.get("required", "default" not in item) is not False
    return Column(str(item.get("name", ""))[:200], type_name[:200], is_required)

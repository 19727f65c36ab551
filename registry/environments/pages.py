"""What the pages of environments show."""

from dataclasses import dataclass, field
from typing import Any

import yaml
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from registry.environments import curated, queries, telling, uses
from registry.environments.definitions import Definition
from registry.environments.models import Environment, EnvironmentAsset, EnvironmentBuild, EnvironmentVersion
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.api import pagination
from studio.lineage.labels import Label, labels
from studio.web import markdown

PAGE_ROWS = 50
MOST_RUNS = 10
MOST_PACKAGES = 1_000
KINDS = {
    Environment.Kind.CURRENT: "The target's interpreter",
    Environment.Kind.PYTHON: "A Python",
    Environment.Kind.REQUIREMENTS: "Requirements",
    Environment.Kind.CONDA: "Conda file",
    Environment.Kind.DOCKERFILE: "Dockerfile",
}


@dataclass(frozen=True, slots=True)
class Can:
    """What this person may do with environments here."""

    edit: bool
    delete: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    asset: EnvironmentAsset
    latest: EnvironmentVersion | None
    what: str  # its kind and how much is in it
    versions: int


@dataclass(frozen=True, slots=True)
class Shipped:
    """One of the environments that ship."""

    shipped: curated.Shipped
    python: str
    packages: tuple[str, ...]
    url: str


@dataclass(frozen=True, slots=True)
class ListPage:
    rows: list[Row]
    shipped: list[Shipped]
    tabs: list[dict[str, Any]]
    show: str
    words: str
    is_archived: bool
    has_archived: bool
    next_url: str
    previous_url: str
    can: Can


@dataclass(frozen=True, slots=True)
class Form:
    """One way to have a content, and how far its build is."""

    form: str
    title: str
    about: str
    build: EnvironmentBuild | None
    url: str  # of the build's page
    log_url: str
    topic: str


@dataclass(frozen=True, slots=True)
class ContentPage:
    """What a content's page shows, whatever it is called."""

    content: Environment | None
    kind: str
    definition: Definition
    yaml: str
    note: str
    forms: list[Form]
    packages: list[dict[str, str]]
    packages_of: str  # the form they were found in
    run_total: int
    run_urls: list[tuple[str, str]]
    users: list[Label] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AssetPage:
    asset: EnvironmentAsset
    versions: list[EnvironmentVersion]
    description: SafeString
    next_url: str
    previous_url: str
    can: Can


def can(request: HttpRequest, workspace: Workspace) -> Can:
    return Can(
        edit=access.allows(request, Permission.ENVIRONMENT_EDIT, workspace),
        delete=access.allows(request, Permission.ENVIRONMENT_DELETE, workspace),
    )


def list_page(request: HttpRequest, workspace: Workspace) -> ListPage:
    """A page of the workspace's names, or those that ship (`?show=curated`)."""
    show = "curated" if request.GET.get("show") == "curated" else "yours"
    words, is_archived = request.GET.get("q", "").strip(), request.GET.get("archived") == "1"
    rows = queries.assets_in(workspace, queries.Asked(words=words, is_archived=is_archived))
    page = pagination.page_of(rows, order=("name", "id"), cursor=request.GET.get("cursor", ""), limit=PAGE_ROWS)
    latest = queries.latest_of(page.rows)
    base = reverse("environment-list", kwargs={"workspace": workspace.slug})
    shipped = _shipped(workspace, words)
    tabs = [
        {"label": "Yours", "url": base, "is_current": show == "yours"},
        {"label": "Curated", "url": f"{base}?show=curated", "is_current": show == "curated", "count": len(shipped)},
    ]
    return ListPage(
        rows=[_row(asset, latest.get(asset.pk)) for asset in page.rows],
        shipped=shipped,
        tabs=tabs,
        show=show,
        words=words,
        is_archived=is_archived,
        has_archived=is_archived or queries.has_archived(workspace),
        next_url=_page_url(request, page.next),
        previous_url=_page_url(request, page.previous),
        can=can(request, workspace),
    )


def asset_page(request: HttpRequest, asset: EnvironmentAsset) -> AssetPage:
    page = pagination.page_of(
        queries.versions_of(asset), order=("-number", "-id"), cursor=request.GET.get("cursor", ""), limit=PAGE_ROWS
    )
    return AssetPage(
        asset=asset,
        versions=page.rows,
        description=markdown.to_html(asset.description),
        next_url=_page_url(request, page.next),
        previous_url=_page_url(request, page.previous),
        can=can(request, asset.workspace),
    )


def version_page(version: EnvironmentVersion) -> ContentPage:
    """The content of a version, with what stands on the version."""
    workspace = version.asset.workspace
    steps = queries.lineage_of(version)
    known = labels(workspace, [step.thing for step in steps])
    users = [known[step.thing] for step in steps if step.thing.kind != "run"]
    return content_page(workspace, version.content, users=users, sentences=uses.of([version]))


def curated_page(workspace: Workspace, known: curated.Curated) -> ContentPage:
    """What ships under a name; its content is there once somebody used it."""
    definition = Definition(Environment.Kind.REQUIREMENTS, known.python, known.packages)
    content = queries.content_with(workspace, definition.digest)
    return _page(workspace, content, definition)


def content_page(
    workspace: Workspace, content: Environment, *, users: list[Label] | None = None, sentences: list[str] | None = None
) -> ContentPage:
    definition = Definition.from_json(content.definition)
    return _page(workspace, content, definition, users=users or [], sentences=sentences or [])


def as_yaml(definition: Definition) -> str:
    """The definition as an environment file says it."""
    said: dict[str, Any] = {}
    if definition.image:
        said["image"] = definition.image
    if definition.needs_docker:
        said["build"] = {"path": ".", "dockerfile_path": definition.dockerfile}
    if definition.kind == Environment.Kind.CONDA:
        pip = {"pip": list(definition.packages)}
        inside = [f"python={definition.python}", *([pip] if definition.packages else [])]
        said["conda_file"] = {"dependencies": inside}
    elif definition.python:
        said["python"] = definition.python
        if definition.packages:
            said["requirements"] = list(definition.packages)
    if definition.inference:
        said["inference_config"] = {name: dict(route) for name, route in definition.inference.items()}
    if definition.variables:
        said["environment_variables"] = dict(definition.variables)
    return yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=100) if said else "current"


def _page(
    workspace: Workspace,
    content: Environment | None,
    definition: Definition,
    users: list[Label] | None = None,
    sentences: list[str] | None = None,
) -> ContentPage:
    builds = {build.form: build for build in queries.builds_of(content)} if content else {}
    shown = next((build for build in builds.values() if build.packages), None)
    runs = queries.used_by(content)[:MOST_RUNS] if content else []
    return ContentPage(
        content=content,
        kind=KINDS[Environment.Kind(definition.kind)],
        definition=definition,
        yaml=as_yaml(definition),
        note=definition.note,
        forms=_forms(workspace, definition, builds),
        packages=shown.packages[:MOST_PACKAGES] if shown else [],
        packages_of=telling.FORMS[EnvironmentBuild.Form(shown.form)] if shown else "",
        run_total=queries.one(content.pk).run_total if content else 0,  # type: ignore[attr-defined]
        run_urls=[(run_id, f"/w/{workspace.slug}/runs/{run_id}/") for run_id in runs],
        users=users or [],
        sentences=sentences or [],
    )


def _forms(workspace: Workspace, definition: Definition, builds: dict[str, EnvironmentBuild]) -> list[Form]:
    """The ways in which this definition can be had."""
    kinds = [(EnvironmentBuild.Form.IMAGE, "Image", "For Docker targets and for serving.")]
    if definition.kind not in (Environment.Kind.DOCKERFILE, Environment.Kind.CURRENT):
        kinds.insert(
            0, (EnvironmentBuild.Form.VENV, "Virtual environment", "For jobs and deployments on this machine.")
        )
    return [_form(workspace, kind, title, about, builds.get(kind)) for kind, title, about in kinds]


def _form(workspace: Workspace, form: str, title: str, about: str, build: EnvironmentBuild | None) -> Form:
    url = reverse("environment-build", kwargs={"workspace": workspace.slug, "pk": build.pk}) if build else ""
    return Form(form, title, about, build, url, f"{url}#log" if url else "", telling.topic(build.pk) if build else "")


def _row(asset: EnvironmentAsset, latest: EnvironmentVersion | None) -> Row:
    definition = Definition.from_json(latest.content.definition) if latest else None
    what = ""
    if definition is not None:
        count = len(definition.packages)
        words = [KINDS[Environment.Kind(definition.kind)]]
        words += [f"Python {definition.python}"] if definition.python else []
        words += [f"{count} package{'' if count == 1 else 's'}"] if count else []
        what = ", ".join(words)
    return Row(asset, latest, what, asset.version_total)  # type: ignore[attr-defined]


def _shipped(workspace: Workspace, words: str) -> list[Shipped]:
    found = []
    for each in curated.SHIPPED:
        known = curated.find(each.name)
        text = f"{each.name} {each.title} {each.description}".casefold()
        if known is None or not all(word in text for word in words.casefold().split()):
            continue
        url = reverse("environment-curated", kwargs={"workspace": workspace.slug, "name": each.name})
        found.append(Shipped(each, known.python, known.packages, url))
    return found


def _page_url(request: HttpRequest, cursor: str) -> str:
    return f"?{pagination.query_with(request.GET, cursor=cursor)}" if cursor else ""

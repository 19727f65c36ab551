"""What the pages of images show."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString

from compute.building import own_registry
from compute.engines import presence
from registry.images import queries, registries, search, telling, uses
from registry.images.models import Image, ImageVersion
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.api import pagination, searching
from studio.lineage import queries as lineage
from studio.lineage.labels import Label, labels
from studio.lineage.things import Thing
from studio.search import SearchError
from studio.web import formats, markdown
from studio.web.tabs import Tab

PAGE_ROWS = 50
MOST_PACKAGES = 2000
# Label, icon, URL name.
TABS = (
    ("Details", "info", "image-version"),
    ("Log", "terminal", "image-version-log"),
    ("Layers", "layers", "image-version-layers"),
    ("Packages", "package", "image-version-packages"),
    ("Used by", "list-tree", "image-version-uses"),
)


@dataclass(frozen=True, slots=True)
class Can:
    """What this person may do with images here."""

    build: bool
    delete: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list: the image and its newest version."""

    image: Image
    latest: ImageVersion | None
    models: list[Any]


@dataclass(frozen=True, slots=True)
class ImageList:
    rows: list[Row]
    filter: str
    problem: str
    problem_json: str
    next_url: str
    previous_url: str
    notices: list[tuple[str, str]]  # level and sentence
    can: Can


@dataclass(frozen=True, slots=True)
class ImagePage:
    image: Image
    versions: list[ImageVersion]
    description: SafeString
    next_url: str
    previous_url: str
    can: Can


@dataclass(frozen=True, slots=True)
class Head:
    """What stands around every tab of a version."""

    tabs: list[Tab]
    versions: list[tuple[int, str, str, bool]]  # number, address of the same tab, state, whether it is this one
    notices: list[tuple[str, str]]
    deploy_url: str
    device_url: str  # where it is given to an edge device; empty for whoever may not
    topic: str  # whose hints the page hears
    can: Can


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the build as it went."""

    label: str
    is_reused: bool
    seconds: str


@dataclass(frozen=True, slots=True)
class Details:
    packed: list[Any]  # the model versions
    origins: list[Label]
    stages: list[Stage]
    place: str  # where it was pushed, in words
    description: SafeString
    run_lines: str  # what starts it anywhere


@dataclass(frozen=True, slots=True)
class LayerBar:
    digest: str
    size: int
    percent: int
    command: str


@dataclass(frozen=True, slots=True)
class Uses:
    sentences: list[str]


def can(request: HttpRequest, workspace: Workspace) -> Can:
    return Can(
        build=access.allows(request, Permission.IMAGE_BUILD, workspace),
        delete=access.allows(request, Permission.IMAGE_DELETE, workspace),
    )


def image_list(request: HttpRequest, workspace: Workspace) -> ImageList:
    """A page of the images that the filter of the query finds, by name."""
    text, problem, underlined = request.GET.get("filter", ""), "", ""
    try:
        rows = search.images(workspace, text)
    except SearchError as error:
        problem, rows = error.message, search.images(workspace).none()
        underlined = json.dumps(searching.problem(error))
    page = pagination.page_of(
        queries.with_parts(rows), order=("name", "id"), cursor=request.GET.get("cursor", ""), limit=PAGE_ROWS
    )
    latest = queries.latest_of(page.rows)
    return ImageList(
        rows=[_row(image, latest.get(image.pk)) for image in page.rows],
        filter=text,
        problem=problem,
        problem_json=underlined,
        next_url=_page_url(request, page.next),
        previous_url=_page_url(request, page.previous),
        notices=notices(),
        can=can(request, workspace),
    )


def image_page(request: HttpRequest, image: Image) -> ImagePage:
    rows = queries.versions_with_parts(queries.versions_of(image)).defer("layers", "packages")
    page = pagination.page_of(
        rows, order=("-number", "-id"), cursor=request.GET.get("cursor", ""), limit=PAGE_ROWS
    )  # fmt: skip
    return ImagePage(
        image=image,
        versions=page.rows,
        description=markdown.to_html(image.description),
        next_url=_page_url(request, page.next),
        previous_url=_page_url(request, page.previous),
        can=can(request, image.workspace),
    )


def head(request: HttpRequest, version: ImageVersion, current: str) -> Head:
    """The frame of a version's page, with the tab of this label marked."""
    name = next(url for label, _, url in TABS if label == current)
    counts = {"Layers": len(version.layers) or None, "Packages": len(version.packages) or None}
    tabs = [Tab(label, icon, _url(url, version), label == current, counts.get(label)) for label, icon, url in TABS]
    others = queries.versions_of(version.image).only("number", "state", "image")[:100]
    choices = [(row.number, _url(name, version, row.number), row.state, row.pk == version.pk) for row in others]
    shown = notices() if not version.is_finished else []
    may_place = access.allows(request, Permission.DEVICE_MANAGE, version.image.workspace)
    return Head(
        tabs=tabs,
        versions=choices,
        notices=shown,
        deploy_url=_deploy_url(version),
        device_url=_deploy_url(version, "device-deploy") if may_place else "",
        topic=telling.topic(version.pk),
        can=can(request, version.image.workspace),
    )


def details(version: ImageVersion) -> Details:
    steps = lineage.up(version.image.workspace, Thing("image_version", str(version.pk)))
    known = labels(version.image.workspace, [step.thing for step in steps])
    return Details(
        packed=[row.model_version for row in version.image_models.all()],
        origins=[known[step.thing] for step in steps if step.thing.kind != "model_version"],
        stages=[_stage(each) for each in version.facts.get("stages") or [] if isinstance(each, dict)],
        place=_place(version),
        description=markdown.to_html(version.description),
        run_lines=_run_lines(version),
    )


def layers(version: ImageVersion) -> list[LayerBar]:
    """The layers from the bottom up, each with its share of the largest."""
    most = max((int(each.get("size") or 0) for each in version.layers), default=0)
    return [
        LayerBar(
            digest=str(each.get("digest") or ""),
            size=int(each.get("size") or 0),
            percent=round(100 * int(each.get("size") or 0) / most) if most else 0,
            command=str(each.get("command") or ""),
        )
        for each in version.layers
    ]


def packages(version: ImageVersion, words: str) -> list[dict[str, str]]:
    """The packages whose name holds `words`, by name."""
    wanted = words.strip().lower()
    found = [each for each in version.packages if wanted in str(each.get("name") or "").lower()]
    return sorted(found, key=lambda each: str(each.get("name") or "").lower())[:MOST_PACKAGES]


def used_by(version: ImageVersion) -> Uses:
    return Uses(sentences=uses.of([version]))


def notices() -> list[tuple[str, str]]:
    """What stands in the way of builds just now: an engine that is away, no registry."""
    found = []
    engine = presence.state_of()
    if engine.is_down:
        found.append(("warning", f"{engine.problem} Builds wait and go on when it is back."))
    if registries.problem():
        found.append(("info", registries.problem()))
    return found


def own_registry_words() -> str:
    """The studio's own place for images, for a choice."""
    address = own_registry.state().address
    return f"The studio's own ({address})" if address else "The Docker engine's own store"


def _row(image: Image, latest: ImageVersion | None) -> Row:
    packed = [row.model_version for row in latest.image_models.all()] if latest else []
    return Row(image, latest, packed)


def _stage(each: dict[str, Any]) -> Stage:
    words = {
        "environment": "Environment", "runtime": "Scoring runtime", "image": "Models and code",
        "converter": "Environment of the conversion", "conversion": "Conversion to ONNX",
    }  # fmt: skip
    name = str(each.get("name") or "")
    return Stage(words.get(name, name.capitalize()), bool(each.get("reused")), formats.duration(each.get("seconds")))


def _run_lines(version: ImageVersion) -> str:
    """A container of it on any machine with Docker, and a first look whether it is ready."""
    pull = "" if version.reference.startswith("localhost/") else f"docker pull {version.reference}\n"
    hardened = "--read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges"
    return (
        f"{pull}docker run --rm -p 5001:5001 {hardened} {version.reference}\n\ncurl http://localhost:5001/healthz/ready"
    )


def _place(version: ImageVersion) -> str:
    if version.connection is not None:
        return f"the registry of the connection {version.connection.name}"
    if version.reference.startswith("localhost/"):
        return "the store of the Docker engine"
    return "the studio's own registry"


def _deploy_url(version: ImageVersion, page: str = "endpoint-new") -> str:
    """Where the version is deployed; empty until it is ready, and while there is no such page."""
    if version.state != ImageVersion.State.READY:
        return ""
    try:
        url = reverse(page, args=(version.image.workspace.slug,))
    except NoReverseMatch:
        return ""
    return f"{url}?image={version.image.name}:{version.number}"


def _url(name: str, version: ImageVersion, number: int = 0) -> str:
    return reverse(name, args=(version.image.workspace.slug, version.image.name, number or version.number))


def _page_url(request: HttpRequest, cursor: str) -> str:
    return f"?{pagination.query_with(request.GET, cursor=cursor)}" if cursor else ""

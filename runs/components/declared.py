"""Every component there is, the studio's own and those people registered, by one name and in one shape."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from atelier.components import catalogue

from runs.components import declaring, queries, references
from runs.components.models import Component, ComponentVersion
from runs.tracking.jobfile.problems import did_you_mean
from studio.access.models import Workspace
from studio.errors import NotFound

MAX_NAMED = 5


@dataclass(frozen=True, slots=True)
class Declared:
    """A component at one version. `reference` names the version; `kind` is "studio", "command" or "pipeline"."""

    reference: str
    declaration: dict[str, Any]
    kind: str
    version: ComponentVersion | None = None

    @property
    def definition(self) -> dict[str, Any]:
        """What a registered one carries out; nothing for the studio's own."""
        return self.version.definition if self.version is not None else {}


@dataclass(frozen=True, slots=True)
class Ports:
    """What a node can be connected and given. `is_open`: a command that declares its inputs by using them."""

    inputs: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    is_open: bool = False


def find(workspace: Workspace, reference: str) -> Declared:
    """The component of a reference. Raises NotFound `unknown_component`, saying what there is instead."""
    named = references.read(reference)
    if named is None:
        sentence = f"{reference[:120]!r} names no component: write atelier:NAME:1, azureml:NAME:VERSION or azureml:NAME@latest."
        raise NotFound("unknown_component", sentence)
    return _own(named) if named.is_own else _registered(workspace, named)


def own(q: str = "", category: str = "") -> list[dict[str, Any]]:
    """The declarations of the studio's own components that have every word, in the order of the palette."""
    found = _with_words(_all_own(), q)
    return [one for one in found if not category or one["category"].casefold() == category.casefold()]


@lru_cache(maxsize=1)
def _all_own() -> tuple[dict[str, Any], ...]:
    return tuple(_own_declaration(component.name) for component in catalogue.every())


def _with_words(declarations: Iterable[dict[str, Any]], q: str) -> list[dict[str, Any]]:
    words = q.casefold().split()
    return [one for one in declarations if all(word in _searched(one) for word in words)]


def at_newest(rows: Sequence[Component]) -> list[dict[str, Any]]:
    """The declarations of these names, by name; those whose versions are all archived have none."""
    components = Component.objects.filter(pk__in=[row.pk for row in rows])
    versions = queries.living_versions(components)
    return [
        of_version(row) | {"versions": versions[row.component_id], "latest": row.version}
        for row in queries.newest(components)
    ]


def of_version(version: ComponentVersion) -> dict[str, Any]:
    """The declaration of a registered version."""
    return declaring.declaration(
        version.definition, name=version.component.name, version=version.version, reference=version.reference
    )


def ports_of_declaration(declaration: Mapping[str, Any]) -> Ports:
    return Ports(declaration["inputs"], declaration["outputs"], declaration["parameters"])


def ports_of_inline(node: Mapping[str, Any]) -> Ports:
    """Of a node that holds its component, or is a command itself."""
    component = node.get("component")
    if isinstance(component, Mapping):
        return ports_of_declaration(
            declaring.declaration(component, name=component.get("name", ""), version="", reference="")
        )
    outputs = {name: one if isinstance(one, Mapping) else {} for name, one in (node.get("outputs") or {}).items()}
    return Ports({}, {name: {"type": one.get("type", "")} for name, one in outputs.items()}, {}, is_open=True)


def _own(named: references.Reference) -> Declared:
    if named.name not in catalogue.MODULES:
        guess = did_you_mean(named.name, catalogue.MODULES)
        raise NotFound("unknown_component", f"The studio has no component {named.name[:80]!r}.{guess}")
    declaration = _own_declaration(named.name)
    if named.version and named.version != declaration["version"]:
        sentence = f"{named.name} has no version {named.version[:60]}; it has version {declaration['version']}."
        raise NotFound("unknown_component", sentence)
    return Declared(declaration["reference"], declaration, declaring.STUDIO)


@lru_cache(maxsize=512)
def _own_declaration(name: str) -> dict[str, Any]:
    found = catalogue.named(name).to_dict()
    return {
        **found,
        "source": declaring.STUDIO,
        "type": "command",
        "versions": [found["version"]],
        "latest": found["version"],
    }


def _registered(workspace: Workspace, named: references.Reference) -> Declared:
    rows = ComponentVersion.objects.filter(component__workspace=workspace, component__name=named.name)
    rows = rows.select_related("component", "snapshot").order_by("-number")
    wanted = rows.filter(version=named.version) if named.version else rows.filter(is_archived=False)
    version = wanted.first()
    if version is not None:
        return Declared(version.reference, of_version(version), version.type, version)
    raise NotFound("unknown_component", _missing(workspace, named, [row.version for row in rows[:MAX_NAMED]]))


def _missing(workspace: Workspace, named: references.Reference, versions: list[str]) -> str:
    """Why a reference means nothing, and what does."""
    name = named.name[:80]
    if versions and named.version:
        return (
            f"{name} has no version {named.version[:60]}: it was deleted or never made. It has {', '.join(versions)}."
        )
    if versions:
        return f"Every version of {name} is archived: name one, or restore one."
    names = list(Component.objects.filter(workspace=workspace).order_by("name").values_list("name", flat=True)[:500])
    guess = did_you_mean(name, names)
    if named.name in catalogue.MODULES:
        guess = f" Did you mean 'atelier:{name}:1'?"
    return f"No component {name!r} is registered here.{guess or ' Register it from its folder, or choose another.'}"


def _searched(one: Mapping[str, Any]) -> str:
    words = (one["name"], one["label"], one["category"], one["description"], *one["keywords"])
    return " ".join(map(str, words)).casefold()

"""What a build answers, as its program sends it. Nothing here knows Django."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One layer, as the image's history tells it."""

    digest: str
    size: int
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    name: str
    version: str
    licence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeStage:
    """One stage: its tag, whether it was there already, and what it took."""

    name: str
    tag: str
    reused: bool
    seconds: float
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A finished image."""

    reference: str  # as an engine names or pulls it: REPOSITORY:TAG, with the registry's host when it was pushed
    digest: str  # of its manifest in the registry; of the image itself when it was not pushed
    image_id: str
    size: int
    layers: tuple[Layer, ...] = ()
    packages: tuple[Package, ...] = ()
    stages: tuple[MadeStage, ...] = ()
    sbom: Mapping[str, Any] | None = None  # CycloneDX 1.6
    facts: Mapping[str, Any] = field(
        default_factory=dict
    )  # {"architecture", "python", "base", "scripts": {stage: facts}}

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        known = {item.name for item in fields(cls)}
        given: dict[str, Any] = {name: item for name, item in value.items() if name in known}
        for name, kind in {"layers": Layer, "packages": Package, "stages": MadeStage}.items():
            given[name] = tuple(kind(**row) for row in value.get(name) or ())
        return cls(**given)

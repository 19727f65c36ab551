"""What a build shall make, as its owner composes it and its program reads it. Nothing here knows Django.

A plan is a row of stages, each one an image that stands on the one named by `base`:

    Stage(name="environment", tag="atelier-env:…", python="3.11", packages=("scikit-learn==1.5.2",))
    Stage(name="image", base="stage:environment", tag="vision/digits:…", files=(PlanFile(sha256=…, path="/var/…"),))

A stage whose tag the engine has is not built: the tag has to tell what is inside. One without a colon gets the stage's
hash, so `tag="atelier-env"` is enough. As JSON, `base` is called `from`; the tag of an earlier stage may stand there, too.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

# Part of every hash: with another recipe the same inputs make another image.
RECIPE = 1
STAGE = "stage:"
PACKAGES_AT = "/opt/atelier/env"
HASH_LENGTH = 32
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    """Bytes for the image: a stored file (`sha256`) or what an earlier stage's script has made (`made_by`)."""

    path: str  # where it goes: absolute in the image; for `unpack` and `made_by` the folder
    sha256: str = ""
    mode: int = 0o644
    unpack: bool = False  # a zip, whose files come below `path`
    made_by: str = ""  # the name of a stage with a script
    source: str = ""  # with `made_by`: the path below what was made; empty for all of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What a stage runs instead of building an image: in a container without a network, `python script IN OUT …`.

    IN holds the stage's files at their paths, what is left in OUT can be used by later stages, and `OUT/facts.json`,
    where there is one, comes back in the result. Another exit code than 0 fails the build with the last words said.
    """

    sha256: str
    arguments: tuple[str, ...] = ()
    seconds: float = 600
    memory_mb: int = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One image, or one run of a script in the image it names."""

    name: str
    base: str = ""  # "": the studio's own base image for `python`; "stage:NAME"; else an image's reference
    tag: str = ""  # REPOSITORY:TAG, or REPOSITORY alone
    python: str = ""  # "3.11"
    packages: tuple[str, ...] = ()  # requirements, each a line that `requirements.parse` let through
    packages_at: str = PACKAGES_AT
    index: str = ""  # where packages come from instead of the studio's own index
    files: tuple[PlanFile, ...] = ()
    context: str = ""  # SHA-256 of a zip: a user's own build folder
    dockerfile: str = ""  # its path in `context`
    environment: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    workdir: str = ""
    user: str = ""
    command: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    script: Script | None = None

    @property
    def below(self) -> str:
        """The name of the stage this one stands on, if it does."""
        return self.base.removeprefix(STAGE) if self.base.startswith(STAGE) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """Where the last stage goes. Credentials are never kept with a plan: its owner gives them when the program asks."""

    reference: str  # HOST/REPOSITORY:TAG


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    stages: tuple[Stage, ...]
    push: Push | None = None
    platform: str = "linux/amd64"

    def to_json(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        for stage in value["stages"]:
            stage["from"] = stage.pop("base")
        return value

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        push = value.get("push")
        return cls(
            stages=_named(tuple(_stage(item) for item in value["stages"])),
            push=_made(Push, push) if push else None,
            platform=str(value.get("platform") or "linux/amd64"),
        )

    def hashes(self) -> dict[str, str]:
        """The hash of every stage by name: of all that decides what is in it, the stages below it included."""
        found: dict[str, str] = {}
        for stage in self.stages:
            found[stage.name] = stage_hash(stage, found)
        return found

    def tagged(self) -> Self:
        """The same plan with a whole tag for every stage."""
        found = self.hashes()
        return replace(self, stages=tuple(_tagged(stage, found[stage.name]) for stage in self.stages))

    @property
    def last(self) -> Stage:
        return self.stages[-1]

    @property
    def sha256s(self) -> frozenset[str]:
        """The stored files that the program asks for."""
        found = set()
        for stage in self.stages:
            found |= {item.sha256 for item in stage.files if item.sha256}
            found |= {stage.context} if stage.context else set()
            found |= {stage.script.sha256} if stage.script else set()
        return frozenset(found)


def stage_hash(stage: Stage, below: Mapping[str, str]) -> str:
    """What tells two stages apart, as 64 hex digits; `below` holds the hashes of the stages before it."""
    said = asdict(stage)
    for name in ("name", "tag"):
        del said[name]
    said["base"] = below.get(stage.below, "") if stage.below else stage.base
    said["packages"] = sorted(stage.packages)
    said["index"] = _without_credentials(stage.index)
    for item in said["files"]:
        item["made_by"] = below.get(item["made_by"], "")
    said["files"] = sorted(said["files"], key=lambda item: (item["path"], item["sha256"], item["made_by"]))
    return hashlib.sha256(json.dumps([RECIPE, said], sort_keys=True).encode()).hexdigest()


def _tagged(stage: Stage, digest: str) -> Stage:
    if not stage.tag or ":" in stage.tag.rpartition("/")[2]:
        return stage
    return replace(stage, tag=f"{stage.tag}:{digest[:HASH_LENGTH]}")


def _named(stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """Stages that stand on an earlier one's tag stand on it by its name."""
    tags = {stage.tag: stage.name for stage in stages if stage.tag}
    return tuple(replace(stage, base=STAGE + tags[stage.base]) if stage.base in tags else stage for stage in stages)


def _without_credentials(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _stage(value: Mapping[str, Any]) -> Stage:
    script = value.get("script")
    given = {name: item for name, item in value.items() if name not in {"files", "script", "from"} and item is not None}
    return replace(
        _made(Stage, {"base": value.get("from") or "", **given}),
        files=tuple(_made(PlanFile, item) for item in value.get("files") or ()),
        script=_made(Script, script) if script else None,
    )


def _made(kind: type[T], value: Mapping[str, Any]) -> T:
    """A dataclass of a JSON object; names that this version does not know are left out, lists become tuples."""
    known = {item.name for item in fields(kind)}  # type: ignore[arg-type]
    return kind(
        **{name: tuple(item) if isinstance(item, list) else item for name, item in value.items() if name in known}
    )

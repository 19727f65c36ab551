"""The marks on everything a build makes in an engine, and the removal of what is left of it. Nothing here knows Django."""

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from docker.errors import APIError, NotFound

BUILD = "atelier.build"
STUDIO = "atelier.studio"
# On containers that a build starts. Those that anybody starts of a finished image inherit the other two from it.
STEP = "atelier.step"
TEMPORARY = "atelier-build"


@dataclass(frozen=True, slots=True)
class Mark:
    """One attempt of one job of one studio."""

    studio: str
    job: int
    attempt: int

    @property
    def labels(self) -> dict[str, str]:
        return {BUILD: f"{self.job}.{self.attempt}", STUDIO: self.studio}

    @property
    def of_containers(self) -> dict[str, str]:
        return {**self.labels, STEP: "1"}

    @property
    def filters(self) -> list[str]:
        return [f"{name}={value}" for name, value in self.labels.items()]

    def temporary(self, number: int) -> str:
        """The tag that a stage has until it is whole."""
        return f"{TEMPORARY}:{self.studio}-{self.job}.{self.attempt}-{number}"

    def is_temporary(self, tag: str) -> bool:
        return tag.startswith(f"{TEMPORARY}:{self.studio}-{self.job}.{self.attempt}-")


def remove_leavings(client: Any, mark: Mark, *, untag: Iterable[str] = ()) -> int:
    """Remove the containers, volumes, temporary tags and half-built layers of one attempt; how many things went.

    `untag` are final tags that must not stay; they go where this attempt has made them. Whole stages stay.
    """
    gone = 0
    for container in _containers(client, mark.filters):
        gone += _tried(container.remove, force=True, v=True)
    for volume in client.volumes.list(filters={"label": mark.filters}):
        gone += _tried(volume.remove, force=True)
    unwanted = set(untag)
    for image in client.images.list(filters={"label": mark.filters}):
        for tag in image.tags:
            if mark.is_temporary(tag) or tag in unwanted:
                gone += _tried(client.images.remove, tag)
    return gone + _remove_dangling(client, mark)


def marks_in(client: Any, studio: str) -> set[Mark]:
    """The attempts of this studio that have a container, a volume or a temporary tag, or half-built layers."""
    own = {"label": [f"{STUDIO}={studio}"]}
    containers = _containers(client, own["label"])
    volumes = client.volumes.list(filters=own)
    found = [container.labels for container in containers] + [volume.attrs.get("Labels") for volume in volumes]
    for image in client.images.list(filters=own):
        if not image.tags or any(tag.startswith(f"{TEMPORARY}:") for tag in image.tags):
            found.append(image.labels)
    marks = (_mark_of(labels or {}, studio) for labels in found)
    return {mark for mark in marks if mark is not None}


def _containers(client: Any, labels: list[str]) -> list[Any]:
    """The containers of builds: those they have started, and the engine's own for a Dockerfile's steps."""
    found = client.containers.list(all=True, filters={"label": labels}, ignore_removed=True)
    return [container for container in found if STEP in container.labels or not _image_tags(container)]


def _image_tags(container: Any) -> list[str]:
    """The names of the image a container was started of: none, while it is only a step on the way to one."""
    try:
        return list(container.image.tags)
    except (NotFound, APIError):
        return []


def _remove_dangling(client: Any, mark: Mark) -> int:
    """Layers without a tag; removing one lets the one below it come to light."""
    gone = 0
    while True:
        images = client.images.list(filters={"label": mark.filters, "dangling": True})
        removed = sum(_tried(client.images.remove, image.id) for image in images)
        if not removed:
            return gone
        gone += removed


def _tried(step: Any, *args: Any, **options: Any) -> int:
    """Somebody else may have removed it meanwhile, or uses it: then it is not ours to remove."""
    with contextlib.suppress(NotFound, APIError):
        step(*args, **options)
        return 1
    return 0


def _mark_of(labels: Mapping[str, str], studio: str) -> Mark | None:
    job, _, attempt = labels.get(BUILD, "").partition(".")
    if not (job.isdecimal() and attempt.isdecimal()):
        return None
    return Mark(studio, int(job), int(attempt))

"""The image that everything is built on: as the operator says, `python:3.x-slim` where it is there, else made here.

Nothing is pulled unless the operator allows it: a studio must not wait for a registry it can't reach.
"""

import hashlib
import logging
import os
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import docker
from docker.errors import APIError, ImageNotFound

from compute.engines import host_python
from studio.errors import Invalid, Unavailable

logger = logging.getLogger(__name__)

REPOSITORY = "atelier-base"
LABEL = "atelier.base"
# What people may name: public bases that hold nobody's secrets. Other images on an engine may.
ALLOWED = ("python", "debian", "ubuntu", "continuumio/miniconda3", "mcr.microsoft.com/azureml/*", REPOSITORY)
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_HOST = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?)(?::[0-9]{1,5})?"
_REFERENCE = re.compile(
    rf"(?P<name>(?:{_HOST}/)?{_PART}(?:/{_PART})*)(?P<tag>:[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}})?(?P<digest>@sha256:[0-9a-f]{{64}})?"
)
_VERSION = re.compile(r"3\.[0-9]{1,2}")
MAX_REFERENCE = 300


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator says about base images."""

    reference: str = ""
    allowed: tuple[str, ...] = ALLOWED
    may_pull: bool = False

    @classmethod
    def of_settings(cls) -> "Rules":
        from django.conf import settings

        return cls(settings.BASE_IMAGE, tuple(settings.ALLOWED_BASE_IMAGES) or ALLOWED, settings.PULL_BASE_IMAGES)


def ensure(client: "docker.DockerClient", python: str = "", *, rules: Rules | None = None) -> str:
    """The reference of a base image with this Python ("3.11"; empty: the studio's own) that the engine has now.

    Raises Unavailable with one sentence when there is none and none can be made, and Invalid for a version that is none.
    """
    rules = rules or Rules.of_settings()
    version = python or host_python.find().version
    if not _VERSION.fullmatch(version):
        raise Invalid("bad_python", f"{version[:40]!r} is no Python version: give one like 3.11.")
    if rules.reference:
        return _there(client, rules.reference.replace("{python}", version), rules)
    slim = f"python:{version}-slim"
    if _has(client, slim) or (rules.may_pull and _pulled(client, slim)):
        return slim
    return _made(client, version)


def check_allowed(reference: str, *, rules: Rules | None = None) -> str:
    """The reference as it is used, when people may build on it. Raises Invalid: no image's name, or not an allowed one."""
    rules = rules or Rules.of_settings()
    match = _REFERENCE.fullmatch(reference) if len(reference) <= MAX_REFERENCE else None
    if match is None or ".." in reference:
        raise Invalid(
            "bad_image_name",
            f"{reference[:80]!r} is no image name.",
            hint="Write it like registry.example.com/team/name:tag, in small letters.",
            fields={"image": "not an image name"},
        )
    if reference == rules.reference or any(_matches(match, pattern) for pattern in rules.allowed):
        return reference
    raise Invalid(
        "base_image_not_allowed",
        f"The base image {reference} is not allowed in this studio.",
        hint="Choose one of "
        + ", ".join(rules.allowed[:8])
        + ", or ask the operator to add it to ATELIER_ALLOWED_BASE_IMAGES.",
        fields={"image": "not allowed"},
    )


def bring(client: "docker.DockerClient", reference: str, *, rules: Rules | None = None) -> str:
    """An allowed image that the engine has now; it is pulled only where the operator allows that.

    Raises Invalid as `check_allowed` does, and Unavailable when the engine does not have it.
    """
    rules = rules or Rules.of_settings()
    return _there(client, check_allowed(reference, rules=rules), rules)


def _matches(match: "re.Match[str]", pattern: str) -> bool:
    """A pattern without a tag means every tag; `docker.io/library/python` is `python`."""
    name = match["name"].removeprefix("docker.io/").removeprefix("library/")
    whole = name + (match["tag"] or "") + (match["digest"] or "")
    last = pattern.rpartition("/")[2]
    return fnmatchcase(whole, pattern) if ":" in last or "@" in last else fnmatchcase(name, pattern)


def _there(client: "docker.DockerClient", reference: str, rules: Rules) -> str:
    if _has(client, reference) or (rules.may_pull and _pulled(client, reference)):
        return reference
    raise Unavailable(
        "base_image_missing",
        f"The base image {reference} is not on the Docker engine.",
        hint=f"Pull it there with `docker pull {reference}`, or set ATELIER_PULL_BASE_IMAGES=1.",
    )


def _has(client: "docker.DockerClient", reference: str) -> bool:
    try:
        client.images.get(reference)
    except ImageNotFound:
        return False
    return True


def _pulled(client: "docker.DockerClient", reference: str) -> bool:
    name, _, tag = reference.rpartition(":") if ":" in reference.rpartition("/")[2] else (reference, "", "latest")
    try:
        client.images.pull(name, tag=tag)
    except APIError as error:
        logger.warning("the base image %s could not be pulled: %s", reference, error)
        return False
    return True


def _made(client: "docker.DockerClient", version: str) -> str:
    """A base of this machine's own interpreter; made once for each engine and interpreter."""
    try:
        python = host_python.find(version)
    except host_python.NoInterpreter:
        raise Unavailable(
            "no_base_image",
            f"There is no image with Python {version}: python:{version}-slim is not on the Docker engine, and this machine has"
            f" no Python {version} to make one from.",
            hint=f"Pull python:{version}-slim on the engine, install Python {version}, or use Python {host_python.find().version}.",
        ) from None
    _check_machine(client, version)
    label = f"{LABEL}={python.version}-{python.fingerprint}"
    for image in client.images.list(name=REPOSITORY, filters={"label": label}):
        if image.tags:
            return str(image.tags[0])
    return _imported(client, python, label)


def _imported(client: "docker.DockerClient", python: host_python.HostPython, label: str) -> str:
    with host_python.root_filesystem(python) as archive:
        with archive.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        tag = f"py{python.version}-{digest[:12]}"
        changes = [
            *(f"ENV {name}={value}" for name, value in host_python.VARIABLES.items()),
            *(f"LABEL {label}", "WORKDIR /home/atelier", f'CMD ["python{python.version}"]'),
        ]
        with archive.open("rb") as stream:
            told = client.api.import_image_from_data(stream, repository=REPOSITORY, tag=tag, changes=changes)
    reference = f"{REPOSITORY}:{tag}"
    if not _has(client, reference):
        raise Unavailable("no_base_image", f"The Docker engine did not take the base image: {_last_words(told)}")
    logger.info("made the base image %s from %s", reference, python.executable)
    return reference


def _check_machine(client: "docker.DockerClient", version: str) -> None:
    ours, theirs = os.uname().machine, str(client.info().get("Architecture") or "")
    if theirs and theirs != ours:
        raise Unavailable(
            "no_base_image",
            f"The Docker engine is a {theirs} machine and this one is {ours}: no base image can be made for it here.",
            hint=f"Pull python:{version}-slim there, or set ATELIER_BASE_IMAGE.",
        )


def _last_words(told: Any) -> str:
    return str(told).strip()[-200:]

"""What images, their tags and references may be called: the rules of OCI registries, so that every registry takes them."""

import re
from collections.abc import Mapping

from studio.errors import Invalid

MAX_NAME = 100
MAX_TAG = 100
MAX_DESCRIPTION = 20_000
MAX_PAIRS, MAX_KEY, MAX_VALUE = 100, 255, 5_000
LATEST = "latest"

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
_NAME = re.compile(_COMPONENT)
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?"
_REGISTRY = re.compile(rf"(?:https?://)?({_HOST}(?:/{_COMPONENT})*)/?")
_OUTSIDE = re.compile(r"[^a-z0-9]+")
# What a version's own tag looks like, `3` or `3-0a1b2c3d4e5f`: such a word would lead elsewhere than it says.
_RESERVED = re.compile(r"\d+(?:-[0-9a-f]{12})?")


def image_name(name: str) -> str:
    """A name that every registry takes. Raises Invalid."""
    if not name:
        message = "The image needs a name: without a model there is none to call it by."
        raise Invalid("bad_image_name", message, hint="Such as: digits-svm", fields={"name": message})
    if len(name) > MAX_NAME or not _NAME.fullmatch(name):
        message = (
            f"{name[:80]!r} is no name of an image: it has small letters and digits, with single dots, underscores or"
            f" dashes between them, and at most {MAX_NAME} characters."
        )
        raise Invalid("bad_image_name", message, hint="Such as: digits-svm", fields={"name": message})
    return name


def suggested(text: str) -> str:
    """A name of an image made of any text: "Digits SVM" → "digits-svm"."""
    return _OUTSIDE.sub("-", text.lower())[:MAX_NAME].strip("-") or "image"


def word(text: str) -> str:
    """A tag that people may set. Raises Invalid."""
    if not _TAG.fullmatch(text):
        message = (
            f"{text[:80]!r} is no tag: it has letters, digits, dots, dashes and underscores, begins with a letter, digit or"
            f" underscore, and has at most {MAX_TAG} characters."
        )
        raise Invalid("bad_image_tag", message, fields={"tag": message})
    if text.lower() == LATEST or _RESERVED.fullmatch(text):
        message = f"{text[:80]!r} is kept for the studio's own numbering: use a word, such as stable."
        raise Invalid("bad_image_tag", message, fields={"tag": message})
    return text


def registry_of(target: str) -> str:
    """A registry's address as references begin with it: `https://registry.example/team/` → `registry.example/team`."""
    found = _REGISTRY.fullmatch(target.strip())
    if found is None:
        message = f"The connection's target {target[:80]!r} is no address of a registry."
        raise Invalid("bad_registry", message, hint="Such as: registry.example or registry.example/team")
    return found[1]


def tag_of(number: int, content_hash: str) -> str:
    """The tag of a version: the same inputs have the same one."""
    return f"{number}-{content_hash[:12]}"


def repository_of(workspace_slug: str, image: str) -> str:
    """The repository of an image in a registry."""
    return f"{suggested(workspace_slug)}/{image}"


def description(text: str) -> str:
    if len(text) > MAX_DESCRIPTION:
        message = f"A description has at most {MAX_DESCRIPTION} characters."
        raise Invalid("bad_image_value", message, fields={"description": message})
    return text


def pairs(given: Mapping[str, str]) -> dict[str, str]:
    """Tags with values, as they may be. Raises Invalid."""
    is_fit = len(given) <= MAX_PAIRS and all(
        0 < len(key) <= MAX_KEY and len(value) <= MAX_VALUE and "\0" not in key + value for key, value in given.items()
    )
    if not is_fit:
        message = f"At most {MAX_PAIRS} tags, each with a key of at most {MAX_KEY} and a value of at most {MAX_VALUE} characters."
        raise Invalid("bad_image_value", message, fields={"tags": message})
    return dict(given)

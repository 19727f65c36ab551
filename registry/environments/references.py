"""How environments are named: in job files, deployment files, commands and addresses."""

import re
from dataclasses import dataclass

from studio.errors import Invalid

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}\Z")
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}\Z")
LATEST = "latest"
_PLAIN = re.compile(
    r"(?:azureml:)?(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:@(?P<label>[\w.-]+)|:(?P<version>[\w.-]+))?\Z"
)
_REGISTRY = re.compile(
    r"(?:azureml:)?(?:azureml:)?//registries/(?P<registry>[\w.-]+)/environments/(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)"
    r"(?:/labels/(?P<label>[\w.-]+)|/versions/(?P<version>[\w.-]+)|@(?P<label2>[\w.-]+)|:(?P<version2>[\w.-]+))?\Z"
)
# A full Azure resource id ends like this.
_RESOURCE = re.compile(
    r"(?:azureml:)?/subscriptions/.*/environments/(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)/versions/(?P<version>[\w.-]+)\Z"
)
MAX_TEXT = 1000


@dataclass(frozen=True, slots=True)
class Reference:
    """A name, and the version or label behind it."""

    name: str
    version: str = ""
    label: str = ""
    registry: str = ""

    @property
    def is_latest(self) -> bool:
        return not self.version and self.label in ("", LATEST)

    def __str__(self) -> str:
        return f"{self.name}:{self.version}" if self.version else f"{self.name}@{self.label or LATEST}"


def read(text: str) -> Reference | None:
    """What a text names, or None when it has another form than a name."""
    if len(text) > MAX_TEXT:
        return None
    text = text.strip()
    found = _REGISTRY.match(text)
    if found:
        version, label = found["version"] or found["version2"], found["label"] or found["label2"]
        return Reference(found["name"], version or "", label or "", found["registry"])
    found = _RESOURCE.match(text)
    if found:
        return Reference(found["name"], found["version"])
    found = _PLAIN.match(text)
    return Reference(found["name"], found["version"] or "", found["label"] or "") if found else None


def check_name(name: str) -> str:
    """The name as it is kept. Raises Invalid."""
    if not NAME.match(name) or name.endswith("."):
        sentence = f"{name[:80]!r} can't name an environment: use letters, digits, '.', '_' and '-', and begin with a letter or digit."
        raise Invalid("bad_environment_name", sentence, hint="Such as 'sklearn-train'.", fields={"name": sentence})
    return name


def check_version(version: str) -> str:
    """A version as its maker gave it. Raises Invalid."""
    if not VERSION.match(version) or version == LATEST:
        sentence = (
            f"{version[:60]!r} can't be a version: use up to 60 letters, digits, '.', '_' and '-', and not 'latest'."
        )
        raise Invalid("bad_environment_version", sentence, fields={"version": sentence})
    return version

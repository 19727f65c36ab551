"""How a pipeline names a component: `atelier:split_data:1`, `azureml:train:3`, `azureml:train@latest`, addresses of Azure."""

import re
from dataclasses import dataclass

LATEST = "latest"
LABELS = ("latest", "default")
_SHORT = re.compile(r"(?P<who>atelier|azureml):(?P<name>[^:@/\s]+)(?:(?P<by>[:@])(?P<ref>[^:@/\s]+))?\Z", re.IGNORECASE)
# A reference written in full names a registry or a workspace of its own; here it means the workspace that asks.
_FULL = re.compile(
    r"(?:azureml:)?/{0,2}(?:registries/[^/]+|subscriptions/.+/workspaces/[^/]+|locations/[^/]+/workspaces/[^/]+)"
    r"/components/(?P<name>[^/\s]+)(?:/(?P<by>versions|labels)/(?P<ref>[^/\s]+))?/?\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reference:
    """`version` is empty for the newest."""

    name: str
    version: str = ""
    is_own: bool = False  # one of the studio's own

    def __str__(self) -> str:
        who = "atelier" if self.is_own else "azureml"
        return f"{who}:{self.name}:{self.version}" if self.version else f"{who}:{self.name}@{LATEST}"


def read(text: str) -> Reference | None:
    """What a text names; None for what names no component."""
    given = text.strip()
    match = _SHORT.match(given) or _FULL.match(given)
    if match is None:
        return None
    found = match.groupdict()
    ref = found["ref"] or ""
    is_label = found["by"] in ("@", "labels", "Labels") or ref == LATEST
    if is_label and ref.lower() not in LABELS:
        return None
    return Reference(found["name"], "" if is_label else ref, (found.get("who") or "").lower() == "atelier")

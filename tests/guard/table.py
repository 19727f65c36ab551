"""Every URL of the studio by name, with the least role each of its methods needs: the parts of all features, joined.

A URL without an entry fails the guard. A part is a module beside this one, named in FEATURES; each of its dictionaries in
capitals holds entries, except these, all of them optional:

BODIES            (name, method) → what is sent, where nothing would be refused before anybody asks who is calling
READING           (name, method) of what is posted and only reads
CHOSEN_BY_CALLER  names in a path that are a caller's own choice, not a row of the other workspace
NOTHING_IS_FINE   (name, method) of what answers 200 where there is nothing to be seen, and changes nothing
MEANS             what a name in a path means, where the names of the scene do not know it by themselves
"""

from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

from tests.guard.levels import ADMINISTRATOR, ANYONE, CONTRIBUTOR, LEVELS, OWNER, READER, RUNNER, SIGNED_IN, Entry

__all__ = ["ADMINISTRATOR", "ANYONE", "CONTRIBUTOR", "LEVELS", "OWNER", "READER", "RUNNER", "SIGNED_IN"]

FEATURES = [
    "accounts",
    "workspaces",
    "base",
    "compute",
    "datastores",
    "data",
    "secrets",
    "webhooks",
    "runs",
    "grids",
    "reports",
    "trash",
    "traces",
    "imports",
    "mlflow_tracking",
    "models",
    "environments",
    "images",
    "endpoints",
    "endpoint_pages",
    "batch",
    "devices",
    "components",
    "pipelines",
    "schedules",
    "pipeline_runs",
    "pipeline_steps",
]
PARTS: list[ModuleType] = [import_module(f"tests.guard.{feature}") for feature in FEATURES]
NO_ENTRIES = {"BODIES", "MEANS"}


def entries(part: ModuleType) -> Iterator[tuple[str, Entry]]:
    """Every URL name of this part with its entry, one that stands twice as often as it stands."""
    for word, value in vars(part).items():
        if word.isupper() and word not in NO_ENTRIES and isinstance(value, dict):
            yield from value.items()


TABLE: dict[str, Entry] = {name: entry for part in PARTS for name, entry in entries(part)}
BODIES: dict[tuple[str, str], Any] = {key: body for part in PARTS for key, body in getattr(part, "BODIES", {}).items()}
READING: set[tuple[str, str]] = {key for part in PARTS for key in getattr(part, "READING", ())}
CHOSEN_BY_CALLER: set[str] = {name for part in PARTS for name in getattr(part, "CHOSEN_BY_CALLER", ())}
NOTHING_IS_FINE: set[tuple[str, str]] = {key for part in PARTS for key in getattr(part, "NOTHING_IS_FINE", ())}
MEANS: dict[str, dict[str, str]] = {name: words for part in PARTS for name, words in getattr(part, "MEANS", {}).items()}

"""The URLs of the studio, read from the resolver itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.guard import table

PLACEHOLDER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Route:
    name: str
    pattern: str

    @property
    def is_api(self) -> bool:
        return self.pattern.startswith(("api/v1/", "mlflow/")) and self.name != "mlflow-landing"

    @property
    def is_in_workspace(self) -> bool:
        return "<slug:workspace>" in self.pattern

    @property
    def keywords(self) -> list[str]:
        return PLACEHOLDER.findall(self.pattern)

    @property
    def names_a_row(self) -> bool:
        """Whether the path names something of one workspace besides the workspace itself."""
        return self.is_in_workspace and len(self.keywords) > 1 and self.name not in table.CHOSEN_BY_CALLER

    def path(self, names: dict[str, Any], **changes: str) -> str:
        meaning = table.MEANS.get(self.name, {})
        values = {keyword: names[meaning.get(keyword, keyword)] for keyword in self.keywords}
        return reverse(self.name, kwargs={**values, **changes})


def all_routes() -> list[Route]:
    return [Route(name, pattern) for name, pattern in _walk(get_resolver().url_patterns)]


def _walk(patterns: list[Any], before: str = "") -> Iterator[tuple[str, str]]:
    for item in patterns:
        if isinstance(item, URLResolver):
            yield from _walk(item.url_patterns, before + str(item.pattern))
        elif isinstance(item, URLPattern):
            yield item.name or "", before + str(item.pattern)

"""YAML as data that knows its lines. Anchors, deep nesting and huge texts are refused before anything is built of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from mltable.problems import PlanError

MAX_TEXT = 1_000_000
MAX_DEPTH = 30
MAX_EVENTS = 50_000
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Marked:
    """A value and where it stands. `value` is a dict of text → Marked, a list of Marked, or a plain scalar."""

    value: Any
    line: int
    column: int

    def wrong(self, message: str) -> PlanError:
        return PlanError(message, self.line, self.column)

    def plain(self) -> Any:
        """The value without its places."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value


def load(text: str) -> Marked:
    """The one document of a YAML text. Raises PlanError."""
    if len(text) > MAX_TEXT:
        raise PlanError(f"The file is longer than {MAX_TEXT:,} characters.")
    try:
        _check(text)
        loader = LOADER(text)
        try:
            node = loader.get_single_node()
            return Marked(None, 1, 1) if node is None else _marked(loader, node)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise PlanError(f"This is no YAML: {error.problem or 'it can not be read'}.", line, column) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, PlanError):
            raise
        raise PlanError(f"This is no YAML: {str(error)[:200]}") from None


def _check(text: str) -> None:
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=LOADER)):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            raise PlanError("Names of other places (*name) are not taken here.", line)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH or count > MAX_EVENTS:
            raise PlanError(f"It is nested deeper than {MAX_DEPTH} levels or has more than {MAX_EVENTS:,} parts.", line)


def _marked(loader: Any, node: Any) -> Marked:
    line, column = node.start_mark.line + 1, node.start_mark.column + 1
    if isinstance(node, yaml.SequenceNode):
        items: list[Marked] = [_marked(loader, child) for child in node.value]
        return Marked(items, line, column)
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Marked] = {}
        for key, child in node.value:
            name = str(getattr(key, "value", ""))
            if not isinstance(key, yaml.ScalarNode) or name in found:
                raise PlanError(f"The key {name[:60]!r} is given twice or is no word.", key.start_mark.line + 1)
            found[name] = _marked(loader, child)
        return Marked(found, line, column)
    return Marked(loader.construct_object(node), line, column)

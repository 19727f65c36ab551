"""YAML text → a tree in which every key and value knows its line and column. Only plain values are constructed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from runs.tracking.jobfile.problems import Place, Problem, refuse

MAX_DEPTH = 30


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be: of text, and of keys and values once its aliases are written out."""

    text: int = 1_000_000
    nodes: int = 20_000


JOB = Limits()
# libyaml reads ten times as fast, and where it is missing the same is read in Python.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CORE = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset(_CORE + name for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq"))


@dataclass(frozen=True, slots=True)
class Scalar:
    value: str | int | float | bool | None
    place: Place
    raw: str = ""  # the text between `start` and `end`, to find a binding in it
    offset: int = -1


@dataclass(frozen=True, slots=True)
class Items:
    items: "tuple[Tree, ...]"
    place: Place


@dataclass(slots=True)
class Table:
    place: Place
    entries: "dict[str, Entry]" = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    place: Place
    tree: "Tree"


Tree = Scalar | Items | Table


def read(text: str, file_name: str, limits: Limits = JOB) -> Table:
    """The file as a tree. Raises JobFileError with one sentence when it is not one YAML mapping."""
    if len(text) > limits.text:
        refuse(file_name, Problem("", Place(0, 0), f"this file is larger than {limits.text // 1_000_000} MB"))
    node = _compose(text, file_name, limits)
    if not isinstance(node, MappingNode):
        refuse(
            file_name,
            Problem("", Place(1, 1), "this is not a job file: it needs fields such as 'command: python train.py'"),
        )
    tree = _Reader(text, file_name, limits).convert(node, "", 0)
    assert isinstance(tree, Table)
    return tree


def from_plain(value: Any, place: Place, depth: int = 0) -> Tree:
    """Plain data (JSON) as the same tree; every value is said to be at `place`."""
    if depth > MAX_DEPTH:
        refuse("job", Problem("", place, f"this is nested deeper than {MAX_DEPTH} levels"))
    if isinstance(value, Mapping):
        return Table(place, {str(key): Entry(place, from_plain(item, place, depth + 1)) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return Items(tuple(from_plain(item, place, depth + 1) for item in value), place)
    return Scalar(value, place)


def to_plain(tree: Tree) -> Any:
    """The values alone."""
    if isinstance(tree, Table):
        return {key: to_plain(entry.tree) for key, entry in tree.entries.items()}
    if isinstance(tree, Items):
        return [to_plain(item) for item in tree.items]
    return tree.value


def scalar_of(text: str, place: Place) -> Tree:
    """One value as YAML reads it (`0.1` is a number, `true` a boolean), for `--set`."""
    try:
        _check_shape(text, "--set", JOB)
        node = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError:
        return Scalar(text, place)
    if node is None:
        return Scalar(None if not text else text, place)
    if isinstance(node, ScalarNode) and node.tag not in _PLAIN_TAGS:
        return Scalar(text, place)
    plain = from_plain(to_plain(_Reader(text, "--set").convert(node, "", 0)), place)
    return Scalar(plain.value, place, text.strip()) if isinstance(plain, Scalar) else plain


def _compose(text: str, file_name: str, limits: Limits) -> Node | None:
    try:
        _check_shape(text, file_name, limits)
        return yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else Place(0, 0)
        refuse(file_name, Problem("", place, f"this is not YAML: {error.problem or error.context}"))
    except yaml.YAMLError as error:
        reason = str(getattr(error, "reason", "")) or "it can't be read"
        refuse(file_name, Problem("", _place_at(text, getattr(error, "position", 0)), f"this is not YAML: {reason}"))
    except (RecursionError, ValueError):
        refuse(file_name, Problem("", Place(0, 0), f"this is nested deeper than {MAX_DEPTH} levels"))


def _check_shape(text: str, file_name: str, limits: Limits) -> None:
    """Refuse what is too deep or too much while it is only a stream of events: nothing has been built yet."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=LOADER)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH or count > limits.nodes:
            mark = event.start_mark
            place = Place(mark.line + 1, mark.column + 1) if mark else Place(0, 0)
            refuse(
                file_name, Problem("", place, f"this is nested deeper than {MAX_DEPTH} levels, or has too many fields")
            )


def _place_at(text: str, position: int) -> Place:
    before = text[:position]
    return Place(before.count("\n") + 1, len(before) - before.rfind("\n"))


class _Reader:
    """Walks the composed nodes with a count, since an alias can make a small file a huge tree."""

    def __init__(self, text: str, file_name: str, limits: Limits = JOB) -> None:
        self.text = text
        self.file_name = file_name
        self.left = limits.nodes
        self.construct = yaml.constructor.SafeConstructor()

    def convert(self, node: Node, path: str, depth: int) -> Tree:
        place = Place(node.start_mark.line + 1, node.start_mark.column + 1)
        self.left -= 1
        if self.left < 0 or depth > MAX_DEPTH:
            refuse(
                self.file_name, Problem(path, place, "this file is nested too deep or grows too large by its aliases")
            )
        if node.tag not in _PLAIN_TAGS:
            refuse(
                self.file_name, Problem(path, place, f"the tag {node.tag.replace(_CORE, '!!')!r} is not allowed here")
            )
        if isinstance(node, MappingNode):
            return self._table(node, place, path, depth)
        if isinstance(node, SequenceNode):
            items = (self.convert(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(node.value))
            return Items(tuple(items), place)
        assert isinstance(node, ScalarNode)
        return self._scalar(node, place, path)

    def _table(self, node: MappingNode, place: Place, path: str, depth: int) -> Table:
        table = Table(place)
        merged: list[Table] = []
        for key, value in node.value:
            at = Place(key.start_mark.line + 1, key.start_mark.column + 1)
            if key.tag == _CORE + "merge":
                merged += self._merged(value, path, depth)
                continue
            name = self._key(key, at, path)
            below = f"{path}.{name}" if path else name
            if name in table.entries:
                refuse(self.file_name, Problem(below, at, f"{name!r} stands here a second time"))
            table.entries[name] = Entry(at, self.convert(value, below, depth + 1))
        for other in merged:
            table.entries = {**other.entries, **table.entries}
        return table

    def _merged(self, node: Node, path: str, depth: int) -> list[Table]:
        tree = self.convert(node, path, depth + 1)
        found = list(tree.items) if isinstance(tree, Items) else [tree]
        return [item for item in found if isinstance(item, Table)]

    def _key(self, key: Node, at: Place, path: str) -> str:
        if not isinstance(key, ScalarNode):
            refuse(
                self.file_name,
                Problem(
                    path, at, "this is not YAML with plain keys; a template has to be filled in before it is submitted"
                ),
            )
        return str(key.value)

    def _scalar(self, node: ScalarNode, place: Place, path: str) -> Scalar:
        try:
            value = node.value if node.tag.endswith(":timestamp") else self.construct.construct_object(node)
        except (ValueError, yaml.YAMLError, OverflowError):
            refuse(self.file_name, Problem(path, place, f"{node.value[:40]!r} can't be read"))
        start, end = node.start_mark.index, node.end_mark.index
        return Scalar(value, place, self.text[start:end], start)


def scalars(tree: Tree) -> Iterator[Scalar]:
    """Every scalar below `tree`."""
    if isinstance(tree, Scalar):
        yield tree
    elif isinstance(tree, Items):
        for item in tree.items:
            yield from scalars(item)
    else:
        for entry in tree.entries.values():
            yield from scalars(entry.tree)

"""Where the nodes of a graph stand: as they were drawn, or in layers, each below all that it needs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

Point = tuple[float, float]
Edges = Mapping[str, Sequence[str]]  # node → the nodes it needs

NODE_WIDTH, NODE_HEIGHT = 216, 60
GAP_ACROSS, GAP_DOWN = 36, 52
SWEEPS = 4
MOST_ACROSS = 12  # nodes in a row: a layer of a thousand is folded


def places(nodes: Sequence[str], needs: Edges, drawn: Mapping[str, Sequence[float]]) -> dict[str, Point]:
    """The upper left corner of each node. What was drawn is kept only when every node was."""
    if nodes and all(_is_point(drawn.get(node)) for node in nodes):
        return _from_origin({node: (float(drawn[node][0]), float(drawn[node][1])) for node in nodes})
    return _in_layers(nodes, needs)


def _is_point(value: object) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(one, int | float) for one in value)


def _from_origin(found: Mapping[str, Point]) -> dict[str, Point]:
    left, top = min(x for x, _ in found.values()), min(y for _, y in found.values())
    return {node: (x - left, y - top) for node, (x, y) in found.items()}


def _in_layers(nodes: Sequence[str], needs: Edges) -> dict[str, Point]:
    layers = _layers(nodes, needs)
    _untangle(layers, needs)
    rows = [layer[at : at + MOST_ACROSS] for layer in layers for at in range(0, len(layer), MOST_ACROSS)]
    widest = max((len(row) for row in rows), default=0)
    step = NODE_WIDTH + GAP_ACROSS
    found: dict[str, Point] = {}
    for down, row in enumerate(rows):
        indent = (widest - len(row)) * step / 2
        for across, node in enumerate(row):
            found[node] = (indent + across * step, down * (NODE_HEIGHT + GAP_DOWN))
    return found


def _layers(nodes: Sequence[str], needs: Edges) -> list[list[str]]:
    """Each node one layer below the lowest it needs."""
    depth: dict[str, int] = {}
    for node in in_order(nodes, needs):
        depth[node] = 1 + max((depth[one] for one in needs.get(node, ()) if one in depth), default=-1)
    _lower_sources(depth, nodes, needs)
    layers: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for node in nodes:
        layers[depth[node]].append(node)
    return layers


def _lower_sources(depth: dict[str, int], nodes: Sequence[str], needs: Edges) -> None:
    """What needs nothing stands right above the first that needs it: its wire is short."""
    first: dict[str, int] = {}
    for node in nodes:
        for one in needs.get(node, ()):
            first[one] = min(first.get(one, depth[node]), depth[node])
    for node, below in first.items():
        if node in depth and not needs.get(node):
            depth[node] = max(below - 1, 0)


def in_order(nodes: Sequence[str], needs: Edges) -> list[str]:
    """The nodes, each after all that it needs; those of a circle last, as they come."""
    known = set(nodes)
    waiting = {node: {one for one in needs.get(node, ()) if one in known} for node in nodes}
    feeds = defaultdict(list)
    for node, needed in waiting.items():
        for one in needed:
            feeds[one].append(node)
    free = [node for node in nodes if not waiting[node]]
    found: list[str] = []
    for node in free:  # grows while it is walked
        found.append(node)
        for fed in feeds[node]:
            waiting[fed].discard(node)
            if not waiting[fed]:
                free.append(fed)
    placed = set(found)
    return found + [node for node in nodes if node not in placed]


def _untangle(layers: list[list[str]], needs: Edges) -> None:
    """Bring each layer into the order of what it is wired to, down and up a few times."""
    feeds = defaultdict(list)
    for node, needed in needs.items():
        for one in needed:
            feeds[one].append(node)
    for sweep in range(SWEEPS):
        downwards = sweep % 2 == 0
        neighbours: Edges = needs if downwards else feeds
        order = range(1, len(layers)) if downwards else range(len(layers) - 2, -1, -1)
        where = {node: at for layer in layers for at, node in enumerate(layer)}
        for index in order:
            layer = layers[index]
            layer.sort(key=lambda node: _middle(neighbours.get(node, ()), where, where[node]))
            where.update({node: at for at, node in enumerate(layer)})


def _middle(neighbours: Iterable[str], where: Mapping[str, int], own: int) -> float:
    found = [where[one] for one in neighbours if one in where]
    return sum(found) / len(found) if found else own

"""A trace's spans as rows of a waterfall: a tree drawn on one axis of time."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from runs.traces.models import Trace, TraceSpan
from runs.traces.spans import ERROR

MOST_ROWS = 2_000  # what a page draws; the rest is a click away
_ICONS = {
    "LLM": "message-square", "CHAT_MODEL": "message-square", "CHAIN": "link", "AGENT": "rocket", "TOOL": "wrench",
    "RETRIEVER": "search", "EMBEDDING": "hash", "RERANKER": "arrow-up-down", "PARSER": "braces",
    "MEMORY": "memory-stick", "WORKFLOW": "workflow", "TASK": "square-terminal", "GUARDRAIL": "shield-check",
    "EVALUATOR": "scale",
}  # fmt: skip
_COLOURS = {
    "LLM": 4, "CHAT_MODEL": 4, "CHAIN": 1, "AGENT": 11, "TOOL": 2, "RETRIEVER": 3, "EMBEDDING": 9, "RERANKER": 9,
    "PARSER": 10, "MEMORY": 8, "WORKFLOW": 1, "TASK": 12, "GUARDRAIL": 6, "EVALUATOR": 7,
}  # fmt: skip
_STEPS = (1, 2, 5)
_TICKS = 5
NARROWEST = 0.4  # per cent: what is shorter is drawn so wide


@dataclass(slots=True)
class Node:
    """One span with what lies below it."""

    span_id: str
    parent_id: str
    name: str
    type: str
    status: str
    start_ns: int
    end_ns: int | None
    children: "list[Node]" = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the waterfall. `x` and `width` are per cent of the whole."""

    span_id: str
    name: str
    type: str
    icon: str
    slot: int
    depth: int
    place: int
    siblings: int
    has_children: bool
    is_error: bool
    is_open: bool  # has not ended
    duration: str
    offset: str
    x: str
    width: str
    label_end: bool  # no room for the duration behind the bar


@dataclass(frozen=True, slots=True)
class Tick:
    x: str
    label: str


@dataclass(frozen=True, slots=True)
class Waterfall:
    rows: Sequence[Row]
    ticks: Sequence[Tick]
    count: int
    errors: int

    @property
    def hidden(self) -> int:
        """How many spans are not among the rows."""
        return self.count - len(self.rows)


def waterfall(trace: Trace, *, everything: bool = False) -> Waterfall:
    """The rows of a trace, parents before their children, each by its start: one query."""
    columns = ("span_id", "parent_id", "name", "type", "status", "start_ns", "end_ns")
    rows = TraceSpan.objects.filter(trace=trace).order_by("start_ns", "pk").values_list(*columns)
    return drawn([Node(*row) for row in rows], limit=None if everything else MOST_ROWS)


def drawn(nodes: Sequence[Node], *, limit: int | None = None) -> Waterfall:
    """The waterfall of spans in the order of their starts. One whose parent is missing stands at the top."""
    if not nodes:
        return Waterfall([], [], 0, 0)
    begin = min(node.start_ns for node in nodes)
    end = max(max(node.end_ns or node.start_ns, node.start_ns) for node in nodes)
    rows = _rows(_tree(nodes), begin, max(1, end - begin), limit)
    errors = sum(node.status == ERROR for node in nodes)
    return Waterfall(rows=rows, ticks=_ticks(max(1, end - begin)), count=len(nodes), errors=errors)


def icon_of(span_type: str) -> str:
    return _ICONS.get(span_type, "circle-dot")


def slot_of(span_type: str) -> int:
    """The colour of a type of span: a slot of the palette."""
    return _COLOURS.get(span_type, 12)


def took(nanoseconds: int) -> str:
    """A duration as people read it: `340 µs`, `12.4 ms`, `1.24 s`, `2 min 3 s`."""
    if nanoseconds < 1_000:
        return "0" if nanoseconds <= 0 else f"{nanoseconds} ns"
    if nanoseconds < 1_000_000:
        return f"{nanoseconds // 1_000} µs"
    if nanoseconds < 1_000_000_000:
        return f"{_digits(nanoseconds / 1_000_000)} ms"
    seconds = nanoseconds / 1_000_000_000
    if seconds < 60:
        return f"{_digits(seconds)} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def _tree(nodes: Sequence[Node]) -> list[Node]:
    by_id = {node.span_id: node for node in nodes}
    roots = []
    for node in nodes:
        parent = by_id.get(node.parent_id)
        if parent is None or _leads_back(node, by_id):
            roots.append(node)
        else:
            parent.children.append(node)
    return roots


def _leads_back(node: Node, by_id: dict[str, Node]) -> bool:
    """Whether a chain of parents ends in the node itself: nothing stops a client from sending that."""
    seen, above = {node.span_id}, by_id.get(node.parent_id)
    while above is not None:
        if above.span_id in seen:
            return above is node
        seen.add(above.span_id)
        above = by_id.get(above.parent_id)
    return False


def _rows(roots: Sequence[Node], begin: int, whole: int, limit: int | None) -> list[Row]:
    rows: list[Row] = []
    waiting = [(node, 1, place, len(roots)) for place, node in reversed(list(enumerate(roots, 1)))]
    while waiting and (limit is None or len(rows) < limit):
        node, depth, place, siblings = waiting.pop()
        rows.append(_row(node, depth, place, siblings, begin, whole))
        below = len(node.children)
        waiting.extend((child, depth + 1, at, below) for at, child in reversed(list(enumerate(node.children, 1))))
    return rows


def _row(node: Node, depth: int, place: int, siblings: int, begin: int, whole: int) -> Row:
    offset = node.start_ns - begin
    length = max(0, (node.end_ns or begin + whole) - node.start_ns)
    x, width = 100 * offset / whole, max(NARROWEST, 100 * length / whole)
    x = min(x, 100 - NARROWEST)
    return Row(
        span_id=node.span_id,
        name=node.name or "(no name)",
        type=node.type,
        icon=icon_of(node.type),
        slot=slot_of(node.type),
        depth=depth,
        place=place,
        siblings=siblings,
        has_children=bool(node.children),
        is_error=node.status == ERROR,
        is_open=node.end_ns is None,
        duration=took(length) if node.end_ns is not None else "running",
        offset=took(offset),
        x=f"{x:.3f}%",
        width=f"{min(width, 100 - x):.3f}%",
        label_end=x + width > 84,
    )


def _ticks(whole: int) -> list[Tick]:
    """Round times along the axis, four to six of them."""
    rough, scale = whole / _TICKS, 1
    while scale * 10 <= rough:
        scale *= 10
    step = next((scale * each for each in _STEPS if scale * each >= rough), scale * 10)
    return [Tick(f"{100 * at / whole:.3f}%", took(at)) for at in range(0, int(whole * 0.97), max(1, step))]


def _digits(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}".rstrip("0").rstrip(".")

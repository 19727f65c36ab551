"""A graph as a picture of lines and boxes: what the template draws, every number worked out."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from runs.pipelines.models import Step, StepState
from runs.pipelines.run_pages import layout
from runs.pipelines.run_pages.layout import NODE_HEIGHT, NODE_WIDTH, Point
from runs.pipelines.run_pages.wires import Wire, needs_of

MARGIN = 24
MOST_LETTERS = 25
# A step's state as the pages show it: a ready one waits for a place, which elsewhere is called queued.
SHOWN = {StepState.READY: "queued"}
GLYPHS = {"waiting": "queued", "skipped": "canceled"}


@dataclass(frozen=True, slots=True)
class Box:
    """A node: where its box stands, and its words. `step` is None for a data input."""

    name: str
    x: float
    y: float
    title: str
    full_title: str
    detail: str
    state: str
    step: Step | None
    is_container: bool = False

    @property
    def shape(self) -> str:
        """The glyph of its state."""
        return GLYPHS.get(self.state, self.state)

    @property
    def spoken(self) -> str:
        """Its name for those who hear or speak it: what is seen, then what was cut, then why it failed."""
        said = [f"{self.title}: {self.detail}", "" if self.title == self.full_title else self.full_title]
        return ". ".join(one for one in (*said, self.step.problem if self.step else "") if one)

    @property
    def glyph_x(self) -> float:
        return self.x + 14

    @property
    def glyph_y(self) -> float:
        return self.y + (NODE_HEIGHT - 16) / 2

    @property
    def text_x(self) -> float:
        return self.x + 40

    @property
    def title_y(self) -> float:
        return self.y + 26

    @property
    def detail_y(self) -> float:
        return self.y + 44


@dataclass(frozen=True, slots=True)
class Line:
    """A wire as the `d` of an SVG path; `flows` while what it leads to is under way."""

    wire: Wire
    path: str
    flows: bool
    title: str
    has_value: bool
    step_path: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    boxes: list[Box]
    lines: list[Line]
    left: float
    top: float
    width: float
    height: float

    @property
    def view_box(self) -> str:
        return f"{self.left:g} {self.top:g} {self.width:g} {self.height:g}"


def picture_of(
    steps: Sequence[Step],
    wires: Sequence[Wire],
    *,
    drawn: Mapping[str, Sequence[float]],
    data_inputs: Mapping[str, str],
    details: Mapping[str, str],
) -> Picture:
    """The picture of these steps. `data_inputs`: name → what is behind it; `details`: the second line of a step's box."""
    names = [*(f"inputs.{name}" for name in data_inputs), *map(key_of, steps)]
    places = layout.places(names, needs_of(wires), drawn)
    boxes = [_data_box(name, path, places[f"inputs.{name}"]) for name, path in data_inputs.items()]
    boxes += [_box(step, places[key_of(step)], details.get(step.path, "")) for step in steps]
    left = min((box.x for box in boxes), default=0) - MARGIN
    top = min((box.y for box in boxes), default=0) - MARGIN
    right = max((box.x + NODE_WIDTH for box in boxes), default=0) + MARGIN
    bottom = max((box.y + NODE_HEIGHT for box in boxes), default=0) + MARGIN
    return Picture(boxes, _lines(boxes, wires), left, top, right - left, bottom - top)


def key_of(step: Step) -> str:
    """What tells a step from those beside it: its node's name, in the rounds of a loop with the round before it."""
    around = step.parent.path if step.parent is not None else ""
    return step.path.removeprefix(around).removeprefix(".")


def shown_state(step: Step) -> str:
    return SHOWN.get(StepState(step.state), step.state)


def _box(step: Step, place: Point, detail: str) -> Box:
    title = step.label or step.name
    if key_of(step) != step.name and not (step.item or {}).get("name"):
        title = f"{key_of(step).removesuffix(step.name).rstrip('.')} {title}"  # the round it belongs to
    return Box(
        name=key_of(step),
        x=place[0],
        y=place[1],
        title=_cut(title),
        full_title=title,
        detail=_cut(detail, MOST_LETTERS + 6),
        state=shown_state(step),
        step=step,
        is_container=step.kind != Step.Kind.COMMAND,
    )


def _data_box(name: str, path: str, place: Point) -> Box:
    return Box(f"inputs.{name}", *place, _cut(name), name, _cut(path, MOST_LETTERS + 6), "data", None)


def _cut(text: str, most: int = MOST_LETTERS) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _lines(boxes: Sequence[Box], wires: Sequence[Wire]) -> list[Line]:
    """The wires, spread over the edges of the boxes they leave and enter."""
    of_name = {box.name: box for box in boxes}
    drawn = [wire for wire in wires if wire.source in of_name and wire.target in of_name]
    leaving: dict[str, list[str]] = defaultdict(list)
    entering: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for wire in drawn:
        leaving[wire.source].append(wire.source_port)
        entering[wire.target].append((wire.source, wire.source_port, wire.target_port))
    for ports in leaving.values():
        ports[:] = sorted(set(ports))
    for ends in entering.values():
        ends.sort(key=lambda end: of_name[end[0]].x)
    found = []
    for wire in drawn:
        source, target = of_name[wire.source], of_name[wire.target]
        start = _share(source, leaving[wire.source].index(wire.source_port), len(leaving[wire.source]))
        ends = entering[wire.target]
        end = _share(target, ends.index((wire.source, wire.source_port, wire.target_port)), len(ends))
        found.append(_line(wire, source, target, start, end))
    return found


def _share(box: Box, at: int, of: int) -> float:
    return box.x + NODE_WIDTH * (at + 1) / (of + 1)


def _line(wire: Wire, source: Box, target: Box, start: float, end: float) -> Line:
    top, bottom = source.y + NODE_HEIGHT, target.y
    bend = max(abs(bottom - top) / 2, 24)
    path = f"M{start:g} {top:g}C{start:g} {top + bend:g} {end:g} {bottom - bend:g} {end:g} {bottom:g}"
    port = f" · {wire.source_port}" if wire.source_port else ""
    made = source.step.outputs.get(wire.source_port) if source.step is not None else None
    return Line(
        wire=wire,
        path=path,
        flows=target.state == StepState.RUNNING,
        title=f"{source.full_title}{port} → {target.full_title}{f' · {wire.target_port}' if wire.target_port else ''}",
        has_value=bool(made),
        step_path=source.step.path if source.step is not None else "",
    )

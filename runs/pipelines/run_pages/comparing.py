"""Two runs of pipelines, node by node: what was given, what became of it, how long it took."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from runs.pipelines.models import PipelineRun, Step
from runs.pipelines.run_pages import queries


@dataclass(frozen=True, slots=True)
class Side:
    state: str
    seconds: float | None
    component: str


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter or input that differs; None where one of the two has none."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class ComparedStep:
    path: str
    label: str
    change: str  # "same", "changed", "added" or "removed"
    before: Side | None
    after: Side | None
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """`before` is the other run, `after` this one; the steps in this one's order, then those it no longer has."""

    before: PipelineRun
    after: PipelineRun
    steps: tuple[ComparedStep, ...]

    @property
    def differing(self) -> int:
        return sum(step.change != "same" for step in self.steps)

    def as_dict(self) -> dict[str, Any]:
        return {"before": self.before.pk, "after": self.after.pk, "steps": [asdict(step) for step in self.steps]}


def compare(before: PipelineRun, after: PipelineRun) -> Compared:
    """What differs between two runs."""
    old = {step.path: step for step in queries.all_steps(before)}
    new = {step.path: step for step in queries.all_steps(after)}
    steps = [_compared(old.get(path), step) for path, step in new.items()]
    steps += [_compared(step, None) for path, step in old.items() if path not in new]
    return Compared(before, after, tuple(steps))


def _compared(before: Step | None, after: Step | None) -> ComparedStep:
    one = after or before
    assert one is not None
    fields = _differing(before, after) if before is not None and after is not None else ()
    change = "added" if before is None else "removed" if after is None else "changed" if fields else "same"
    return ComparedStep(one.path, one.label or one.name, change, _side(before), _side(after), fields)


def _side(step: Step | None) -> Side | None:
    if step is None:
        return None
    took = step.ended_at - step.started_at if step.ended_at and step.started_at else None
    state = "reused" if step.is_reused else step.state
    return Side(state, took.total_seconds() if took is not None else None, step.component)


def _differing(before: Step, after: Step) -> tuple[Field, ...]:
    old, new = _given(before), _given(after)
    names = [*new, *(name for name in old if name not in new)]
    found = [Field(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)]
    return tuple(found)


def _given(step: Step) -> dict[str, Any]:
    """Component and inputs; of data only what it is, not where this run's copy lies."""
    found: dict[str, Any] = {"component": step.component}
    for name, given in sorted((step.inputs or {}).items()):
        if isinstance(given, Mapping):
            found[name] = given.get("value") if "value" in given else given.get("hash") or given.get("uri")
        else:
            found[name] = given
    return found

"""What a step that is about to start is given: every binding followed to a value or to a place with its hash."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from runs.pipelines.document import bindings
from runs.pipelines.engine import values, wires
from runs.pipelines.engine.values import Given
from runs.pipelines.engine.work import Work
from runs.pipelines.models import Step
from studio.errors import Invalid

LOOPS = (Step.Kind.LOOP, Step.Kind.EACH)


class Scope:
    """The level a step's bindings are meant in: its siblings and the inputs of the pipeline they stand in."""

    def __init__(self, work: Work, step: Step, named: Mapping[str, Any]) -> None:
        self.work = work
        self.holder = holder_of(step)
        self.inputs: Mapping[str, Given] = self.holder.inputs if self.holder else work.pipeline_run.inputs
        names = _names_in(named)
        self._siblings = work.siblings(self.holder.pk if self.holder else None, names) if names else {}

    def follow(self, wire: wires.Wire) -> Given | None:
        """What comes through a wire; None where nothing does. Raises Invalid for an output that is not there."""
        if wire.kind == "input":
            return self.inputs.get(wire.name)
        step = self._siblings.get(wire.name)
        if step is None:
            raise Invalid("unknown_node", f"There is no step {wire.name!r} beside this one.")
        found: Given | None = step.outputs.get(wire.port)
        if found is None:
            raise Invalid("output_missing", f"The step {step.name} left nothing at its output {wire.port}.")
        maker = getattr(step, "maker", None) or found.get("from", {}).get("run")
        return {**found, "from": {"step": step.path, "port": wire.port, **({"run": maker} if maker else {})}}

    def filled(self, text: str) -> str:
        """A text with the literal inputs of the pipeline put in."""
        return bindings.fill(text, {name: one["value"] for name, one in self.inputs.items() if "value" in one})


def _names_in(named: Mapping[str, Any]) -> set[str]:
    """The steps beside it whose outputs are named."""
    return {wire.name for value in named.values() if (wire := wires.read(value)) and wire.kind == "output"}


def look_up(work: Work, steps: Iterable[Step]) -> None:
    """Find what the inputs of many steps are bound to, by a statement for each level they stand at."""
    wanted: dict[int | None, set[str]] = defaultdict(set)
    for step in steps:
        holder = holder_of(step)
        wanted[holder.pk if holder is not None else None] |= _names_in(step.node.get("inputs") or {})
    for parent_id, names in wanted.items():
        if names:
            work.siblings(parent_id, names)


def holder_of(step: Step) -> Step | None:
    """The step of a nested pipeline that this one stands in; None at the top. Rounds of a loop stand where the loop does."""
    above = step.parent
    while above is not None and above.kind in LOOPS:
        above = above.parent
    return above


def inputs_of(work: Work, step: Step) -> dict[str, Given]:
    """What the step is given, by input. Raises StudioError saying what is not there."""
    node_inputs = {**(step.node.get("inputs") or {})}
    own = (step.item or {}).get("inputs") or {}
    wanted = {name: value for name, value in node_inputs.items() if name not in own}
    scope = Scope(work, step, wanted)
    kinds = declared_kinds(work, step)
    found = {name: one(scope, value, kinds.get(name, ""), name) for name, value in wanted.items()}
    given = {name: value for name, value in found.items() if value is not None}
    return given | {name: one(scope, value, kinds.get(name, ""), name) or {} for name, value in own.items()}


def one(scope: Scope, value: Any, kind: str, name: str) -> Given | None:
    """One input. What was resolved before stays as it is."""
    if isinstance(value, Mapping) and ("uri" in value or "digest" in value):
        return dict(value)
    wire = wires.read(value)
    if wire is not None:
        given = scope.follow(wire)
        mode = value.get("mode") if isinstance(value, Mapping) else ""
        return {**given, "mode": mode} if given is not None and mode else given
    if isinstance(value, str) and "${{" in value:
        value = scope.filled(value)
    if values.means_data(value, kind):
        sent = scope.work.document.get("sent") or {}
        return values.data(scope.work.workspace, value, kind, sent, name)
    plain = values.plain(value)
    return None if plain is None else values.literal(plain, kind)


def declared_kinds(work: Work, step: Step) -> dict[str, str]:
    """The types of the inputs as the component declares them; a studio component's parameters are told by their kinds."""
    component = step.node.get("component")
    if isinstance(component, str) and work.pinned.get(component, {}).get("type") == "studio":
        declaration = (work.document.get("resolved") or {}).get(component) or {}
        return {name: "string" for name in declaration.get("parameters") or {}} | {
            name: str(port.get("type", "")) for name, port in (declaration.get("inputs") or {}).items()
        }
    declared = work.definition_of(step.node).get("inputs") or {}
    if declared is step.node.get("inputs"):
        return {}  # an inline command declares nothing: its values speak for themselves
    return {name: str(spec.get("type", "")) for name, spec in declared.items() if isinstance(spec, Mapping)}

"""The command job of a step: of the studio's own components, of registered ones and of inline commands."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from runs.components.files import includes
from runs.pipelines.engine import placing_outputs, resolving, values, wires
from runs.pipelines.engine.values import Given
from runs.pipelines.engine.work import Work
from runs.pipelines.models import Step
from runs.tracking.data.finding import Found
from runs.tracking.jobfile.command import CommandJob, InputSpec

PARAMETERS = "ATELIER_COMPONENT_PARAMETERS"
THIS_MACHINE = "local"  # the kind of target whose jobs run in the studio's own environment
DESIGNER = "designer"  # the curated environment of the studio's own components elsewhere
MAX_SHOWN = 1000  # characters of a parameter that the run shows


@dataclass(frozen=True, slots=True)
class Order:
    """What a step is to run, and what tells it from another."""

    job: CommandJob
    identity: Any  # of what is carried out: the component's digest, or the command itself
    parameters: Mapping[str, Any]
    data: Mapping[str, Given]
    snapshot: str = ""
    known: Mapping[str, Found] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)  # of inputs that were sent along
    is_deterministic: bool = True


def order_of(work: Work, step: Step, given: Mapping[str, Given]) -> Order:
    """What the step runs with these inputs. Raises StudioError for what can't be."""
    component = step.node.get("component")
    pin = work.pinned.get(component, {}) if isinstance(component, str) else {}
    make = _studio if pin.get("type") == "studio" else _command
    order = make(work, step, given, pin)
    data = order.data
    known = {name: _found(work, one) for name, one in data.items() if "uri" in one}
    digests = {name: str(one["digest"]) for name, one in data.items() if "digest" in one}
    return replace(order, known=known, digests=digests)


def _studio(work: Work, step: Step, given: Mapping[str, Given], pin: Mapping[str, Any]) -> Order:
    reference = step.node["component"]
    declaration = work.document["resolved"][reference]
    parameters = {
        name: spec["default"]
        for name, spec in (declaration.get("parameters") or {}).items()
        if spec.get("default") is not None
    }
    parameters |= {name: one["value"] for name, one in given.items() if not values.is_data(one)}
    data = {name: one for name, one in given.items() if values.is_data(one)}
    # Whatever its type, a value of theirs lies in a folder of its own.
    ports = {name: {**port, "type": "uri_folder"} for name, port in (declaration.get("outputs") or {}).items()}
    outputs = placing_outputs.specs(work, step, ports)
    words = [f"--input {name}=${{{{inputs.{name}}}}}" for name in data]
    words += [f"--output {name}=${{{{outputs.{name}}}}}" for name in outputs]
    name = reference.removeprefix("atelier:")
    shown = {key: text for key, value in parameters.items() if (text := _shown(value)) is not None and key not in data}
    job = replace(
        _base(work, step, {}),
        command=" ".join(["python -m atelier.components run", shlex.quote(name), *words]),
        inputs={
            **_data_specs(data),
            **{key: InputSpec(values.type_of(text), value=text) for key, text in shown.items()},
        },
        outputs=outputs,
    )
    variables = {**job.environment_variables, PARAMETERS: json.dumps(parameters, ensure_ascii=False)}
    job = replace(job, environment_variables=variables)
    if job.environment is None and work.target_of(job).target.kind != THIS_MACHINE:
        job = replace(job, environment=DESIGNER)
    is_deterministic = bool(step.node.get("is_deterministic", declaration.get("is_deterministic", True)))
    return Order(job, pin["digest"], parameters, data, is_deterministic=is_deterministic)


def _command(work: Work, step: Step, given: Mapping[str, Given], pin: Mapping[str, Any]) -> Order:
    node, definition = step.node, work.definition_of(step.node)
    inputs = {**_defaults(definition, node), **given}
    data = {name: one for name, one in inputs.items() if values.is_data(one)}
    parameters = {name: one["value"] for name, one in inputs.items() if not values.is_data(one)}
    literals = {name: InputSpec(one["type"], value=one["value"]) for name, one in inputs.items() if name in parameters}
    code = includes.sent_as(definition)
    snapshot = pin.get("snapshot") or (work.document.get("sent") or {}).get(code, "")
    job = replace(
        _base(work, step, definition),
        command=str(definition.get("command") or ""),
        code=code if snapshot else "",
        inputs={**_data_specs(data), **literals},
        outputs=placing_outputs.specs(work, step, _declared_outputs(definition)),
    )
    identity = pin.get("digest") or [job.command, snapshot]
    is_deterministic = bool(node.get("is_deterministic", definition.get("is_deterministic", True)))
    return Order(job, identity, parameters, data, snapshot=snapshot, is_deterministic=is_deterministic)


def _base(work: Work, step: Step, definition: Mapping[str, Any]) -> CommandJob:
    """The fields that say where and how a step runs; what its node says goes before what its component says."""
    node = step.node
    compute = _compute(work, step)
    variables = {**(definition.get("environment_variables") or {}), **(node.get("environment_variables") or {})}
    return CommandJob(
        command="",
        display_name=step.label or step.path,
        description=str(node.get("comment") or ""),
        environment=node.get("environment") or definition.get("environment"),
        compute=compute.removeprefix("azureml:"),
        is_azure=True,  # a cluster of Azure's is the one target there is, where there is one
        environment_variables={str(key): str(value) for key, value in variables.items()},
        timeout_seconds=timeout_of(node, definition),
        resources={**(definition.get("resources") or {}), **(node.get("resources") or {})},
        file_name=f"step {step.path}",
    )


def timeout_of(node: Mapping[str, Any], definition: Mapping[str, Any]) -> int | None:
    """Seconds that one try of the step may take."""
    places = [node.get("limits"), node.get("retry_settings"), definition.get("limits")]
    found = [place["timeout"] for place in places if isinstance(place, Mapping) and place.get("timeout")]
    return int(found[0]) if found else None


def _compute(work: Work, step: Step) -> str:
    """Where it goes: said by the node, by a pipeline around it, or by the settings."""
    one: Step | None = step
    while one is not None:
        if one.node.get("compute"):
            return str(_literal_of(work, one, one.node["compute"]) or "")
        one = one.parent
    return str(work.settings.get("default_compute") or "")


def _literal_of(work: Work, step: Step, value: Any) -> Any:
    wire = wires.read(value)
    if wire is None:
        return value
    holder = resolving.holder_of(step)
    scope = holder.inputs if holder is not None else work.pipeline_run.inputs
    return (scope.get(wire.name) or {}).get("value")


def _defaults(definition: Mapping[str, Any], node: Mapping[str, Any]) -> dict[str, Given]:
    if definition is node:
        return {}
    found = {}
    for name, spec in (definition.get("inputs") or {}).items():
        if isinstance(spec, Mapping) and spec.get("default") is not None:
            found[name] = values.literal(spec["default"], str(spec.get("type", "")))
    return found


def _declared_outputs(definition: Mapping[str, Any]) -> dict[str, Any]:
    declared = {name: spec or {} for name, spec in (definition.get("outputs") or {}).items()}
    return {name: spec if isinstance(spec, Mapping) else {} for name, spec in declared.items()}


def _data_specs(data: Mapping[str, Given]) -> dict[str, InputSpec]:
    return {
        name: InputSpec(
            values.stored_type(one),
            path=str(one.get("path") or one.get("uri")),
            mode=str(one.get("mode") or ""),
        )
        for name, one in data.items()
    }


def _found(work: Work, given: Given) -> Found:
    version = work.version(given["version"]) if given.get("version") else None
    return Found(values.stored_type(given), given["uri"], version)


def _shown(value: Any) -> Any:
    """A parameter as the run shows it; None for what is too long or not there."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MAX_SHOWN else None

"""`@atelier.pipeline`: a function whose parameters are the pipeline's inputs, and whose body makes its nodes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin, overload

from atelier import _errors
from atelier._pipelines import known, levels, places, values
from atelier._pipelines.nodes import Node
from atelier._pipelines.pipeline import Pipeline
from atelier._pipelines.wires import NodeOutput, PipelineInput, Wire

Record = dict[str, Any]
Function = Callable[..., Any]
SETTINGS = {
    "compute": "",
    "default_datastore": "",
    "continue_on_step_failure": False,
    "force_rerun": False,
    "max_concurrency": 8,
}


class PipelineFunction:
    """Called in a script it answers a `Pipeline`; called in another pipeline's function it is a nested one."""

    def __init__(self, function: Function, words: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
        self._function = function
        self._words, self._settings = dict(words), dict(settings)
        self.__name__ = getattr(function, "__name__", "pipeline")
        self.__doc__ = function.__doc__
        self.__wrapped__ = function
        self._parameters = _declared(function, self.__name__)

    def __repr__(self) -> str:
        return f"<Pipeline function {self.__name__}({', '.join(self._parameters)})>"

    def __call__(self, *positional: Any, **given: Any) -> Any:
        """A `Pipeline`, or a node of the pipeline whose function calls this one."""
        given = self._bound(positional, given)
        outer = levels.current()
        return self._pipeline(given) if outer is None else self._nested(outer, given)

    def _bound(self, positional: tuple[Any, ...], given: Record) -> Record:
        if len(positional) > len(self._parameters):
            raise _errors.UsageError(
                f"{self.__name__} has {len(self._parameters)} inputs; {len(positional)} are given."
            )
        by_place = dict(zip(self._parameters, positional))
        for name in given:
            if name not in self._parameters:
                there = values.one_of(self._parameters)
                guess = values.meant(name, self._parameters)
                raise _errors.UsageError(
                    f"The pipeline {self.__name__} has no input {name!r}.{guess} There is: {there}."
                )
            if name in by_place:
                raise _errors.UsageError(f"The input {name} of {self.__name__} is given twice.")
        return {name: value for name, value in {**by_place, **given}.items() if value is not None}

    def _pipeline(self, given: Record) -> Pipeline:
        inputs: dict[str, values.Input] = {}
        for name, declared in self._parameters.items():
            value = given.get(name)
            if isinstance(value, (Wire, Node)):
                raise _errors.UsageError(
                    f"{value!r} can't be given to {self.__name__}: it belongs to a pipeline that is done."
                )
            inputs[name] = _required(name, self.__name__, _with(declared, value, name))
        level, outputs = self._run(inputs)
        return Pipeline(level, inputs, outputs, dict(self._words), dict(self._settings), self._site())

    def _nested(self, outer: levels.Level, given: Record) -> Node:
        inputs = {
            name: _required(name, self.__name__, _like(one, given.get(name))) for name, one in self._parameters.items()
        }
        level, outputs = self._run(inputs)

        def component(folder: Path) -> Record:
            texts = {name: self._words.get(name, "") for name in ("display_name", "description")}
            return {
                "type": "pipeline",
                **{name: text for name, text in texts.items() if text},
                "is_deterministic": True,
                "inputs": {name: one.declaration(folder, of_job=False) for name, one in inputs.items()},
                "outputs": {name: {"type": _type(one, "")} for name, one in outputs.items()},
                "jobs": {name: node.to_dict(folder) for name, node in level.nodes.items()},
            }

        facts = known.Declared(
            {name: one.declaration(Path(), of_job=False) for name, one in inputs.items()},
            {name: _type(one, "") for name, one in outputs.items()},
        )
        node = Node(outer, "pipeline", self.__name__, component, facts)
        node.__dict__["nodes"] = level.nodes
        if self._settings["compute"]:
            node.compute = self._settings["compute"]
        own = {name: one for name, one in inputs.items() if one.path}
        for name, value in {**own, **given}.items():
            node.put("inputs", name, value)
        kept = {name: one.node.kept[one.port] for name, one in outputs.items() if one.port in one.node.kept}
        node.kept.update(kept)
        return outer.add(node)

    def _run(self, inputs: Mapping[str, values.Input]) -> tuple[levels.Level, dict[str, NodeOutput]]:
        code = inspect.unwrap(self._function).__code__
        level = levels.Level(self.__name__, code, levels.current())
        level.inputs = {name: PipelineInput(level, name, one.type) for name, one in inputs.items()}
        answer = level.run(self._function)
        outputs = _outputs(level, answer)
        for node in level.nodes.values():
            problems = [] if "is_body" in node.__dict__ else node.problems()
            if problems:
                raise _errors.UsageError(f"{node.site}: {node.name}: {' '.join(problems)}")
        return level, outputs

    def _site(self) -> places.Site:
        code = inspect.unwrap(self._function).__code__
        return places.Site(code.co_filename, code.co_firstlineno)


@overload
def pipeline(function: Function) -> PipelineFunction: ...
@overload
def pipeline(
    function: None = None,
    *,
    display_name: str = "",
    description: str = "",
    experiment_name: str = "",
    tags: Mapping[str, str] | None = None,
    properties: Mapping[str, str] | None = None,
    **settings: Any,
) -> Callable[[Function], PipelineFunction]: ...
def pipeline(
    function: Function | None = None,
    *,
    display_name: str = "",
    description: str = "",
    experiment_name: str = "",
    tags: Mapping[str, str] | None = None,
    properties: Mapping[str, str] | None = None,
    **settings: Any,
) -> Any:
    """Makes a pipeline of a function. Settings: compute, default_datastore, continue_on_step_failure, force_rerun, max_concurrency."""
    for name in settings:
        if name not in SETTINGS:
            raise _errors.UsageError(
                f"A pipeline has no setting {name!r}.{values.meant(name, SETTINGS)} There are: {values.one_of(SETTINGS)}."
            )

    def decorate(decorated: Function) -> PipelineFunction:
        doc = (inspect.getdoc(decorated) or "").strip()
        words = {
            "display_name": display_name or decorated.__name__.replace("_", " "),
            "experiment_name": experiment_name,
            "description": description or doc,
            "tags": dict(tags or {}),
            "properties": dict(properties or {}),
        }
        return PipelineFunction(decorated, words, {**SETTINGS, **settings})

    return decorate(function) if function is not None else decorate


def _declared(function: Function, name: str) -> dict[str, values.Input | None]:
    """The inputs by name; None where neither annotation nor default says what one is."""
    found = {}
    for one in inspect.signature(function).parameters.values():
        if one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD, one.POSITIONAL_ONLY):
            raise _errors.UsageError(
                f"The parameter {one} of the pipeline {name} can't be an input: give each input a name."
            )
        found[one.name] = _input(function, one, name)
    return found


def _input(function: Function, parameter: inspect.Parameter, name: str) -> values.Input | None:
    said, is_optional = _annotation(function, parameter)
    default = None if parameter.default is parameter.empty else parameter.default
    what = f"{parameter.name} of the pipeline {name}"
    if isinstance(default, values.Input):
        return default
    if isinstance(said, values.Input):
        return said if default is None else _with(said, default, what)
    if said in (None, Any, values.Input):
        return None if default is None else _with(None, default, what)
    return _with(values.Input(said, optional=is_optional), default, what)


def _annotation(function: Function, parameter: inspect.Parameter) -> tuple[Any, bool]:
    said = None if parameter.annotation is parameter.empty else parameter.annotation
    if isinstance(said, str):
        try:
            said = eval(said, getattr(inspect.unwrap(function), "__globals__", {}))
        except Exception as error:
            raise _errors.UsageError(f"{parameter.name}: {said} says no type of an input: {error}.") from error
    kinds = [one for one in get_args(said) if one is not type(None)]
    is_optional = len(kinds) == 1 and type(None) in get_args(said) and get_origin(said) is not None
    return (kinds[0], True) if is_optional else (said, False)


def _with(declared: values.Input | None, value: Any, what: str) -> values.Input | None:
    """The declaration with a value of its own."""
    if value is None:
        return declared
    if isinstance(value, values.Input):
        return value if declared is None or declared.is_literal else declared.at(value)
    if declared is None:
        return values.data(value) if isinstance(value, Path) else values.Input(default=values.literal(value, what))
    if declared.is_literal:
        return declared.valued(values.literal(value, what))
    return declared.at(values.data(value, declared.type))


def _like(declared: values.Input | None, value: Any) -> values.Input | None:
    """The declaration of a nested pipeline's input; one that says nothing is what it is given."""
    if declared is not None:
        return declared
    if isinstance(value, (NodeOutput, PipelineInput)):
        return values.Input(value.type or "uri_folder")
    found = _with(None, value, "an input")
    return found and (values.Input(found.type) if found.is_literal else found)


def _required(name: str, pipeline_name: str, found: values.Input | None) -> values.Input:
    if found is None:
        raise _errors.UsageError(
            f'Nothing says what the input {name} of {pipeline_name} is: write {name}: float, or {name}=atelier.Input(type="uri_file").'
        )
    return found


def _outputs(level: levels.Level, answer: Any) -> dict[str, NodeOutput]:
    """What the function returned, bound to its nodes."""
    if answer is None:
        return {}
    if not isinstance(answer, Mapping):
        raise _errors.UsageError(
            f"The pipeline {level.name} returns its outputs as {{name: node.outputs.port}}, not a {type(answer).__name__}."
        )
    found: dict[str, NodeOutput] = {}
    for name, wire in answer.items():
        if not isinstance(wire, NodeOutput):
            raise _errors.UsageError(
                f"The output {name} of the pipeline {level.name} must be an output of a node, node.outputs.port."
            )
        level.check(wire, f"the outputs of {level.name}")
        if wire.port in wire.node.bound:
            raise _errors.UsageError(
                f"{wire!r} can be one output of the pipeline; it is {wire.node.bound[wire.port]} and {name}."
            )
        wire.node.bound[wire.port] = str(name)
        found[str(name)] = wire
    return found


def _type(wire: NodeOutput, otherwise: str) -> str:
    kept = wire.node.kept.get(wire.port)
    return (kept.type if kept else "") or wire.type or otherwise or "uri_folder"

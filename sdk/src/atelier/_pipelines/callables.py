"""Components as a script calls them: registered ones, the studio's own, those of a file, and commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from atelier import _errors
from atelier._pipelines import environments, known, levels, places, values
from atelier._pipelines.nodes import Node

Record = dict[str, Any]
STUDIO = re.compile(r"atelier:([a-z][a-z0-9_]*)(?::([^:@\s]+))?\Z")
REGISTERED = re.compile(r"azureml:([a-z][a-z0-9_]*)(:[A-Za-z0-9][A-Za-z0-9._-]*|@latest)\Z")
LONG = ("azureml://", "/subscriptions/")


class Component:
    """What a pipeline calls: `split(dataset=cars.outputs.dataset, seed=7)` adds a node and answers it."""

    def __init__(
        self,
        stem: str,
        component: str | places.Local | Callable[[Path], Record],
        declared: known.Declared | None = None,
        *,
        kind: str = "command",
        given: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        outputs: Mapping[str, values.Output] | None = None,
    ) -> None:
        self._stem, self._component, self._declared, self._kind = stem, component, declared, kind
        self._given, self._settings, self._outputs = dict(given or {}), dict(settings or {}), dict(outputs or {})

    def __call__(self, *positional: Any, **inputs: Any) -> Node:
        level = levels.required(self._stem)
        if positional:
            raise _errors.UsageError(
                f"{self._stem} takes its inputs by name, such as {self._stem}({self._example()}=…)."
            )
        self._check_names(inputs)
        node = Node(level, self._kind, self._stem, self._component, self._declared)
        for name, value in {**self._given, **inputs}.items():
            node.put("inputs", name, value)
        for name, place in self._outputs.items():
            node.put("outputs", name, place)
        for name, value in self._settings.items():
            setattr(node, name, value)
        return level.add(node)

    def __repr__(self) -> str:
        there = values.one_of(self._declared.inputs) if self._declared else "not known here"
        return f"<Component {self._stem}, inputs: {there}>"

    def _check_names(self, inputs: Mapping[str, Any]) -> None:
        if self._declared is None:
            return
        for name in inputs:
            if name not in self._declared.inputs:
                there = values.one_of(self._declared.inputs)
                guess = values.meant(name, self._declared.inputs)
                raise _errors.UsageError(f"{self._stem} has no input {name!r}.{guess} There is: {there}.")

    def _example(self) -> str:
        return next(iter(self._declared.inputs), "data") if self._declared else "data"


def component(reference: str) -> Component:
    """One of the studio's own (`atelier:split_data:1`) or a registered one (`azureml:train:3`, `azureml:train@latest`)."""
    own = STUDIO.match(reference)
    if own:
        return _of_studio(own[1], own[2] or "")
    registered = REGISTERED.match(reference)
    if registered:
        return Component(registered[1], reference)
    if reference.startswith(LONG):
        names = re.search(r"/components/([^/]+)", reference)
        return Component(names[1] if names else "component", reference)
    raise _errors.UsageError(
        f"{reference!r} names no component: write atelier:split_data:1, azureml:train:3 or azureml:train@latest; "
        "atelier.load_component(…) takes a file."
    )


def _of_studio(name: str, version: str) -> Component:
    from atelier.components import catalogue

    try:
        found = catalogue.named(name)
    except KeyError:
        guess = values.meant(name, catalogue.MODULES)
        raise _errors.UsageError(
            f"The studio has no component {name!r}.{guess} `atelier component list` shows them."
        ) from None
    is_this = version in ("", found.version)
    reference = found.reference if is_this else f"atelier:{name}:{version}"
    return Component(name, reference, known.of_studio(found) if is_this else None)


def load_component(path: places.AnyPath) -> Component:
    """The component of a file; the file and its code are sent with the pipeline. The path starts from the script."""
    file = places.local(path, "component file")
    found = _read(file.path)
    stem = str(found.get("name") or "") or (file.path.parent.name if file.path.stem == "component" else file.path.stem)
    is_pipeline = "jobs" in found or str(found.get("type") or "").startswith("pipeline")
    kind = "pipeline" if is_pipeline else "command"
    return Component(stem, file, known.of_file(found) if found else None, kind=kind)


def _read(path: Path) -> Record:
    """What the file holds; nothing where this machine can't read YAML, for the studio reads it anyway."""
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _errors.UsageError(f"{path} can't be read as a component file: {error}.") from error
    found = _parsed(path, text)
    if not isinstance(found, Mapping):
        raise _errors.UsageError(
            f"{path} is no component file: it must be a mapping with inputs, outputs and a command."
        )
    return dict(found)


def _parsed(path: Path, text: str) -> Any:
    try:
        import yaml
    except ImportError:
        return {}
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise _errors.UsageError(f"{path} is not YAML: {' '.join(str(error).split())}.") from error


def command(
    *,
    command: str,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any] | Iterable[str] | None = None,
    code: places.AnyPath = "",
    environment: Any = None,
    name: str = "",
    display_name: str = "",
    description: str = "",
    is_deterministic: bool = True,
    **settings: Any,
) -> Component:
    """A step of its own: `command(command="python train.py ${{inputs.data}}", inputs={"data": Input("uri_file")}, …)`.

    An input is an `atelier.Input`, a type (`"uri_folder"`, `float`) or the value that it has where nothing is given; an output
    is an `atelier.Output`, a type or None (a folder). Further settings, such as `compute`, are those of a node.
    """
    inline = _Inline(
        texts={"name": name, "display_name": display_name, "description": description},
        inputs={key: _input(key, value) for key, value in (inputs or {}).items()},
        outputs={key: _output(value) for key, value in _named(outputs).items()},
        body={"command": command, "code": places.local(code, "folder of code") if code else None},
        environment=environments.environment(environment),
        is_deterministic=is_deterministic,
    )
    given = {key: one for key, one in inline.inputs.items() if one.path}
    kept = {key: one for key, one in inline.outputs.items() if one.says_where}
    return Component(name or "command", inline.to_dict, inline.declared(), given=given, settings=settings, outputs=kept)


@dataclass(frozen=True)
class _Inline:
    """A component that stands in its node."""

    texts: Record
    inputs: dict[str, values.Input]
    outputs: dict[str, values.Output]
    body: Record
    environment: Any
    is_deterministic: bool

    def to_dict(self, folder: Path) -> Record:
        """Its definition; the paths in it start from the folder."""
        found: Record = {"type": "command", **self.texts, "is_deterministic": self.is_deterministic}
        found |= {"inputs": {key: one.declaration(folder, of_job=False) for key, one in self.inputs.items()}}
        found |= {"outputs": self._outputs()}
        found |= {key: values.rendered(value, folder) for key, value in self.body.items()}
        found |= {"environment": values.rendered(self.environment, folder)}
        return {key: value for key, value in found.items() if value not in (None, "") or key == "command"}

    def declared(self) -> known.Declared:
        inputs = {key: one.declaration(Path(), of_job=False) for key, one in self.inputs.items()}
        return known.Declared(inputs, {key: one["type"] for key, one in self._outputs().items()})

    def _outputs(self) -> Record:
        return {key: {"type": one.type or "uri_folder"} for key, one in self.outputs.items()}


def _named(outputs: Mapping[str, Any] | Iterable[str] | None) -> Mapping[str, Any]:
    return outputs if isinstance(outputs, Mapping) else dict.fromkeys(outputs or ())


def _input(name: str, value: Any) -> values.Input:
    if isinstance(value, values.Input):
        return value
    if isinstance(value, type) or (isinstance(value, str) and value in values.DATA):
        return values.Input(value)
    if isinstance(value, Path):
        return values.Input(path=value)
    return values.Input(default=values.literal(value, f"input {name} of a command"))


def _output(value: Any) -> values.Output:
    if isinstance(value, values.Output):
        return value
    return values.Output(str(value)) if value else values.Output()

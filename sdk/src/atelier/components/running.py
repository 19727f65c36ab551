"""Carrying a component out: in memory, or with its values in folders as a step of a pipeline does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from atelier.components import catalogue, checking, context, plain_types, values
from atelier.components.declaring import Component, Port, PortType, in_words
from atelier.components.errors import ComponentError
from atelier.components.tables import Table

ALWAYS = ("pandas", "pyarrow")
NEARBY = {"xgboost": ("xgboost", "xgboost-cpu"), "xgboost-cpu": ("xgboost-cpu", "xgboost")}


def find(reference: str) -> Component:
    """The component of `split_data`, `split_data:1` or `atelier:split_data:1`. Raises ComponentError."""
    name, _, version = reference.removeprefix("atelier:").partition(":")
    try:
        component = catalogue.named(name)
    except KeyError as error:
        raise ComponentError(f"There is no component {name!r}.") from error
    if version and version != component.version:
        raise ComponentError(
            f"{component.label} has no version {version}: version {component.version} is the one here."
        )
    return component


def carry_out(
    component: Component,
    inputs: Mapping[str, Any],
    parameters: Mapping[str, Any] | None = None,
    given_context: context.Context | None = None,
) -> dict[str, Any]:
    """The value of each output, from the value of each input. Raises ComponentError for what the person can mend."""
    filled = checking.fill(component, parameters or {})
    _check_ports("input", component.inputs, inputs)
    _check_packages(component)
    missing = [port for port in component.inputs if not port.optional and inputs.get(port.name) is None]
    if missing:
        raise ComponentError(f"The input {_label(missing[0])} is not connected.", port=missing[0].name)
    given = {port.name: inputs.get(port.name) for port in component.inputs}
    own = given_context or context.Context()
    try:
        made = _made(component, given, filled, own)
        return {port.name: made[port.name] for port in component.outputs if port.name in made or not port.optional}
    finally:
        if given_context is None:
            own.close()


def run(
    component: Component,
    inputs: Mapping[str, Path],
    outputs: Mapping[str, Path],
    parameters: Mapping[str, Any],
    given_context: context.Context,
) -> Iterable[str]:
    """Load the inputs, carry the component out and store the outputs that have a place; gives lines to print.

    Nothing is stored when it fails. Raises ComponentError.
    """
    _check_ports("input", component.inputs, inputs)
    _check_ports("output", component.outputs, outputs)
    checking.fill(component, parameters)  # wrong settings are told before a table is read
    _check_packages(component)
    types = {port.name: port.type for port in (*component.inputs, *component.outputs)}
    loaded = {}
    for name, path in inputs.items():
        loaded[name] = values.load(types[name], path)
        yield f"  in  {name}: {_described(types[name], loaded[name])}"
    made = carry_out(component, loaded, parameters, given_context)
    for name, path in outputs.items():
        if name in made:
            values.store(types[name], made[name], path)
            yield f"  out {name}: {_described(types[name], made[name])}"


def _made(
    component: Component, given: Mapping[str, Any], filled: Mapping[str, Any], own: context.Context
) -> Mapping[str, Any]:
    """What it gives. Lists within a table are what most libraries stumble over: then their column is named."""
    try:
        return component.run(given, filled, own)
    except TypeError as error:
        frames = (one.frame for one in given.values() if isinstance(one, Table))
        found = next((found for frame in frames if (found := plain_types.nested(frame))), None)
        if found is None:
            raise
        said = f"{component.label} can't work with the column {found[0]!r}, which holds {found[1]}: leave it out with "
        raise ComponentError(said + "Select Columns in Dataset, or make texts of them first.") from error


def _check_ports(kind: str, ports: Iterable[Port], given: Mapping[str, Any]) -> None:
    known = [port.name for port in ports]
    for name in given:
        if name not in known:
            there = f"Its {kind}s are: {', '.join(known)}." if known else f"It has no {kind}."
            raise ComponentError(f"There is no {kind} {name!r}. {there}", port=name)


def _check_packages(component: Component) -> None:
    missing = [
        name for name in (*ALWAYS, *component.packages) if not any(map(_is_installed, NEARBY.get(name, (name,))))
    ]
    if missing:
        said = " and ".join(missing)
        raise ComponentError(
            f"{said} {'is' if len(missing) == 1 else 'are'} missing in this environment: add it there."
        )


@cache
def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _label(port: Port) -> str:
    return repr(port.label or in_words(port.name))


def _described(port_type: PortType, value: Any) -> str:
    if port_type is not PortType.DATASET:
        return str(port_type)
    rows, columns = value.frame.shape
    return f"{rows:,} {'row' if rows == 1 else 'rows'}, {columns:,} {'column' if columns == 1 else 'columns'}"

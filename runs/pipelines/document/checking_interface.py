"""What can be wrong with the inputs and outputs of a pipeline as a whole."""

from collections.abc import Mapping
from typing import Any

from registry.data import uris
from runs.components.files import interface
from runs.pipelines.document import taken
from runs.pipelines.document.checking_outputs import misnamed, misplaced
from runs.pipelines.document.known import Known
from runs.pipelines.document.problems import Problem
from runs.tracking.jobfile.inputs_outputs import LITERAL_TYPES
from runs.tracking.jobfile.problems import did_you_mean
from studio.errors import StudioError


def interface_of(known: Known, document: Mapping[str, Any], values: Mapping[str, Any] | None) -> list[Problem]:
    """Its inputs are data that exists; with the values of a run, nothing is missing and nothing misfits. Its outputs have places."""
    found = []
    for name, spec in document["inputs"].items():
        sentence, code = _input(known, name, taken.as_taken(document, name, spec, (values or {}).get(name)), values)
        if sentence:
            found.append(Problem(code, sentence, parameter=name, path=f"inputs.{name}"))
    for name in values or {}:
        if name not in document["inputs"]:
            guess = did_you_mean(name, document["inputs"])
            sentence = f"The pipeline has no input {name[:80]!r}.{guess}"
            found.append(Problem("unknown_parameter", sentence, parameter=name, path=f"inputs.{name}"))
    for name, spec in document["outputs"].items():
        if spec.get("path") and (sentence := misplaced(spec["path"])):
            found.append(Problem("bad_value", sentence, port=name, path=f"outputs.{name}"))
        if spec.get("name") and (sentence := misnamed(spec["name"])):
            found.append(Problem("bad_name", sentence, port=name, path=f"outputs.{name}"))
    return found


def _input(known: Known, name: str, spec: Mapping[str, Any], values: Mapping[str, Any] | None) -> tuple[str, str]:
    value = (values or {}).get(name)
    if spec.get("type") in LITERAL_TYPES:
        value = spec.get("default") if value is None else value
        if value is None:
            is_missing = values is not None and not spec.get("optional")
            return (f"The input {name} has no value.", "missing_input") if is_missing else ("", "")
        return interface.misfit(value, dict(spec), name), "out_of_range"
    path = value.get("path") if isinstance(value, Mapping) else value
    path = path or spec.get("path") or ""
    if not path:
        is_missing = values is not None and not spec.get("optional")
        return (f"The input {name} has no data.", "missing_input") if is_missing else ("", "")
    if not isinstance(path, str):
        return f"{name} takes data: a reference such as azureml:cars@latest.", "wrong_type"
    kind = known.type_of_data(spec.get("type", ""), path) if uris.is_reference(path) else ""
    return (f"{name}: {kind.message}", "unknown_data") if isinstance(kind, StudioError) else ("", "")

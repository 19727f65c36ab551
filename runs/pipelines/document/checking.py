"""Whether a pipeline can run: everything that is wrong with it, each at its node with one sentence."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from registry.data import uris
from runs.components.declared import Declared, ports_of_declaration, ports_of_inline
from runs.components.declaring import STUDIO
from runs.pipelines.document import checking_control, checking_interface, checking_nodes, graph, problems, reading
from runs.pipelines.document.known import Known, Level
from runs.pipelines.document.problems import Problem
from runs.pipelines.document.reading import Reading
from studio.access.models import Workspace

MAX_NODES = 2000
MAX_BYTES = 2 * 1024 * 1024
MOST = 500  # problems that are told


def check(
    workspace: Workspace,
    document: Any,
    *,
    inputs: Mapping[str, Any] | None = None,
    sent: Collection[str] | None = None,
) -> list[Problem]:
    """What is wrong with a document, in its order; nothing when it can run.

    With `inputs`, the values of the pipeline's inputs for one run, these are judged too, and none may be missing.
    With `sent`, the local paths that were sent along, a folder of code or data beside the file that was not is told.
    """
    return check_reading(workspace, reading.read_object(document), inputs=inputs, sent=sent)


def check_reading(
    workspace: Workspace,
    found: Reading,
    *,
    inputs: Mapping[str, Any] | None = None,
    sent: Collection[str] | None = None,
) -> list[Problem]:
    """The same of what was read from a text: the problems have lines and columns."""
    too_large = _size(found.document)
    if too_large:
        return [too_large]
    judged = [*found.problems, *_judged(workspace, found.document, inputs)]
    if sent is not None:
        judged += _not_sent(found, sent)
    return problems.placed(judged[:MOST], found.places)


def _size(document: Mapping[str, Any]) -> Problem | None:
    count = sum(len(holder.get("jobs") or {}) for _, holder in graph.levels(document))
    if count > MAX_NODES:
        return Problem("too_large", f"This pipeline has {count:,} nodes; at most {MAX_NODES:,} can run.", path="jobs")
    size = len(json.dumps(document, ensure_ascii=False).encode(errors="replace"))
    if size > MAX_BYTES:
        return Problem("too_large", f"This pipeline is {size / 2**20:.1f} MB large; at most 2 MB can run.", path="jobs")
    return None


def _judged(workspace: Workspace, document: dict[str, Any], inputs: Mapping[str, Any] | None) -> list[Problem]:
    known = Known(workspace)
    found = checking_interface.interface_of(known, document, inputs)
    found += _settings(known, document)
    if not document["jobs"]:
        found.append(Problem("no_jobs", "The pipeline has no steps yet: add a component.", path="jobs"))
    for name, holder in graph.levels(document):
        found += _level(known, Level(name, _path(name), holder), inputs if not name else None)
    return found


def _level(known: Known, level: Level, inputs: Mapping[str, Any] | None) -> list[Problem]:
    found = _components(known, level)
    for name, node in level.jobs.items():
        if node.get("type") in graph.CONTROL:
            found += checking_control.control(known, level, name, node)
        else:
            found += checking_nodes.node(known, level, name, node, inputs)
    return found + _cycle(level)


def _cycle(level: Level) -> list[Problem]:
    names = graph.cycle(level.jobs)
    if not names:
        return []
    shown = " → ".join(names if len(names) <= 12 else [*names[:6], "…", *names[-5:]])
    sentence = f"Data would go round in a circle: {shown}. Take one of these wires away."
    return [Problem("cycle", sentence, _named(level, names[0]), path=f"{level.path}jobs.{names[0]}")]


def _components(known: Known, level: Level) -> list[Problem]:
    """What each node is: its ports for those that connect to it, a problem where there is no such component."""
    found = []
    for name, node in level.jobs.items():
        component = node.get("component")
        if node.get("type") in graph.CONTROL:
            level.ports[name] = None
        elif isinstance(component, str) and component:
            result = _find(known, component)
            is_found = isinstance(result, Declared)
            level.kinds[name] = result if isinstance(result, Declared) else None
            level.ports[name] = ports_of_declaration(result.declaration) if isinstance(result, Declared) else None
            if not is_found or _is_gone(result):
                code, sentence = _why(result, component)
                found.append(Problem(code, sentence, _named(level, name), path=f"{level.path}jobs.{name}.component"))
        else:
            level.ports[name] = ports_of_inline(node)
    for name, node in level.jobs.items():
        if node.get("type") in graph.LOOPS:
            level.ports[name] = checking_control.loop_ports(level, name, node)
    return found


def _find(known: Known, reference: str) -> Declared | str:
    if reference.lower().startswith(("azureml:", "atelier:", "/subscriptions/")):
        return known.component(reference)
    return (
        f"The component file {reference[:120]} was not sent: run it by `atelier run submit`, or register the component."
    )


def _is_gone(result: Declared | str) -> bool:
    version = result.version if isinstance(result, Declared) else None
    return version is not None and (version.is_archived or version.component.is_archived)


def _why(result: Declared | str, reference: str) -> tuple[str, str]:
    if isinstance(result, str):
        return "unknown_component", result
    return "archived_component", f"{reference} is archived: choose another version, or restore it."


def _settings(known: Known, document: Mapping[str, Any]) -> list[Problem]:
    settings, found = document["settings"], []
    if settings["default_compute"] and "${{" not in settings["default_compute"]:
        sentence = known.compute(settings["default_compute"])
        if sentence:
            found.append(Problem("unknown_compute", sentence, path="settings.default_compute"))
    if settings["default_datastore"] and (sentence := known.datastore(settings["default_datastore"])):
        found.append(Problem("unknown_datastore", sentence, path="settings.default_datastore"))
    return found


def _not_sent(found: Reading, sent: Collection[str]) -> list[Problem]:
    missing = [need for need in found.needs if need.path not in sent and not uris.is_reference(need.path)]
    return [
        Problem("not_sent", f"The {need.kind} {need.path} beside the file was not sent.", path="jobs")
        for need in missing
    ]


def _named(level: Level, name: str) -> str:
    return f"{level.name}.{name}" if level.name else name


def _path(name: str) -> str:
    return "".join(f"jobs.{part}.component." for part in name.split(".")) if name else ""


__all__ = ["STUDIO", "Problem", "check", "check_reading"]

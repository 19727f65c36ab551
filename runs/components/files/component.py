"""Component files: Azure's command components and pipeline components, in one normal form."""

import re
from typing import Any

from runs.components.files import includes, interface, node_fields, nodes
from runs.components.files.checking import SEALED, FileCheck
from runs.components.files.pipeline_settings import SETTINGS
from runs.tracking.jobfile import bindings as command_bindings
from runs.tracking.jobfile import fields as job_fields
from runs.tracking.jobfile import reader
from runs.tracking.jobfile.problems import JobFileError, Place, did_you_mean
from runs.tracking.jobfile.reader import Entry, Limits, Scalar, Table, Tree

LIMITS = Limits(text=2_000_000, nodes=200_000)
NAME = re.compile(r"[a-z][a-z0-9_]{0,254}\Z")
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}\Z")
COMMON = (
    "$schema", "type", "name", "version", "display_name", "description", "tags", "properties", "is_deterministic",
    "inputs", "outputs", "category",
)  # fmt: skip
OF_COMMAND = (
    *COMMON, "command", "code", "environment", "environment_variables", "resources", "distribution", "limits",
    "additional_includes", "instance_count", "identity", "services",
)  # fmt: skip
OF_PIPELINE = (*COMMON, "jobs", "settings", "compute")
OTHER_TYPES = ("sweep", "parallel", "spark", "automl", "import", "data_transfer", "datatransfer")


def definition(check: FileCheck, table: Table, path: str, depth: int, *, is_inline: bool = False) -> dict[str, Any]:
    """The component of a mapping; what is wrong with it is in `check.problems`."""
    kind = _type(check, table, path)
    fields = check.known(table.entries, path, OF_PIPELINE if kind == "pipeline" else OF_COMMAND)
    found: dict[str, Any] = {"type": kind}
    found |= node_fields.texts(check, fields, path, ("name", "version", "display_name", "description", "category"))
    _judge_names(check, fields, path, found, is_inline=is_inline)
    for name in ("tags", "properties"):
        texts = check.texts(fields[name].tree, below(path, name)) if name in fields else {}
        found |= {name: texts} if texts else {}
    found["is_deterministic"] = True
    if "is_deterministic" in fields and not node_fields.is_empty(fields["is_deterministic"].tree):
        tree = fields["is_deterministic"].tree
        found["is_deterministic"] = interface.boolean(check, tree, below(path, "is_deterministic"))
    found["inputs"] = _inputs(check, fields, path)
    found["outputs"] = (
        interface.read_outputs(check, fields["outputs"].tree, below(path, "outputs")) if "outputs" in fields else {}
    )
    body = _pipeline if kind == "pipeline" else _command
    return found | body(check, table, fields, path, found, depth)


def from_path(check: FileCheck, tree: Tree, path: str, given: str, depth: int) -> Any:
    """The component of a file beside this one; the path itself while its text was not sent."""
    file = check.local(tree, path, given, "a component is a file next to this one, atelier:NAME:1 or azureml:NAME:1")
    if not file:
        return ""
    if not file.endswith((".yml", ".yaml", ".json")):
        guess = "write azureml:NAME:VERSION for a registered component, atelier:NAME:1 for one of the studio's own"
        check.wrong(path, tree.place, f"{given[:80]!r} is no component file; {guess}", "unknown_component")
        return ""
    if file in check.within:
        check.wrong(path, tree.place, f"{file} holds itself: {' → '.join((*check.within, file))}", "cycle")
        return ""
    text = check.text_of(file)
    return file if text is None else _of_text(check, tree, path, file, text, depth)


def _of_text(check: FileCheck, tree: Tree, path: str, file: str, text: str, depth: int) -> Any:
    inner = FileCheck(check.shared, file.rpartition("/")[0], (*check.within, file))
    try:
        found = definition(inner, reader.read(text, file, LIMITS), "", depth, is_inline=True)
    except JobFileError as error:
        inner.problems = list(error.problems)
        found = {"type": "command", "is_deterministic": True, "inputs": {}, "outputs": {}, "command": ""}
    for problem in inner.problems:
        code = getattr(problem, "code", "bad_value")
        check.wrong(below(path, problem.path), tree.place, problem.sentence(file), code)
    check.notes += inner.notes
    return found


def _type(check: FileCheck, table: Table, path: str) -> str:
    entry = table.entries.get("type")
    given = str(check.scalar(entry.tree, below(path, "type")) or "") if entry else ""
    plain = re.sub(r"[\s_-]+", "", given).casefold().removesuffix("component")
    if plain in ("command", "pipeline"):
        return plain
    if entry is not None and given:
        other = plain in {re.sub("_", "", one) for one in OTHER_TYPES}
        guess = "" if other else did_you_mean(given, ("command", "pipeline"))
        sentence = (
            f"this version knows command and pipeline components, no component of the type {given[:40]!r}.{guess}"
        )
        check.wrong(below(path, "type"), entry.tree.place, sentence, "unsupported_type")
    return "pipeline" if "jobs" in table.entries else "command"


def _judge_names(
    check: FileCheck, fields: dict[str, Entry], path: str, found: dict[str, Any], *, is_inline: bool
) -> None:
    name, version = found.get("name", ""), found.get("version", "")
    if is_inline and not name:
        return
    if name and not NAME.match(name):
        sentence = f"{name[:60]!r} can't name a component: use lower-case letters, digits and '_', a letter first"
        check.wrong(below(path, "name"), fields["name"].tree.place, sentence, "bad_name")
    if version and not VERSION.match(version):
        sentence = f"{version[:60]!r} can't be a version: use letters, digits, '.', '_' and '-'"
        check.wrong(below(path, "version"), fields["version"].tree.place, sentence, "bad_name")


def _inputs(check: FileCheck, fields: dict[str, Entry], path: str) -> dict[str, dict[str, Any]]:
    if "inputs" not in fields:
        return {}
    return interface.read_inputs(check, fields["inputs"].tree, below(path, "inputs"), of_job=False)


def _command(
    check: FileCheck, table: Table, fields: dict[str, Entry], path: str, found: dict[str, Any], depth: int
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "command": check.text(fields["command"].tree, below(path, "command")) if "command" in fields else ""
    }
    if not body["command"].strip():
        sentence = "command is missing: it is what the component runs, such as 'python train.py'"
        check.wrong(below(path, "command"), table.place, sentence)
    else:
        _check_command(check, fields["command"].tree, below(path, "command"), found)
    body |= _code(check, fields, path)
    readers = {
        "environment": node_fields.environment,
        "environment_variables": job_fields.variables,
        "resources": node_fields.resources,
        "limits": node_fields.limits,
    }
    for name, read in readers.items():
        value = read(check, fields[name].tree, below(path, name)) if name in fields else None
        body |= {name: value} if value not in (None, "", {}) else {}
    if "distribution" in fields:
        job_fields.distribution(check, fields["distribution"].tree, below(path, "distribution"))
    return body


def _code(check: FileCheck, fields: dict[str, Entry], path: str) -> dict[str, Any]:
    """Its folder and what else goes into that, which has to be sent."""
    found: dict[str, Any] = {}
    if "code" in fields and (code := node_fields.code_folder(check, fields["code"].tree, below(path, "code"))):
        found["code"] = code
    given = fields.get(includes.FIELD)
    if given is not None and (more := includes.read(check, given.tree, below(path, includes.FIELD))):
        found[includes.FIELD] = more
        if found.get("code", "").startswith(SEALED):
            sentence = f"{includes.FIELD} goes into a folder beside this file; the code here was sent before"
            check.wrong(below(path, includes.FIELD), given.place, sentence)
    folder, more = found.get("code", ""), found.get(includes.FIELD, [])
    check.needed("code", includes.sent_as(found), "folder", folder=folder if more else "", includes=more)
    return found


def _check_command(check: FileCheck, tree: Tree, path: str, found: dict[str, Any]) -> None:
    """The bindings of a command name what is declared."""
    if not isinstance(tree, Scalar) or not isinstance(tree.value, str):
        return
    for binding in command_bindings.find(tree.value):
        known = {"inputs": found["inputs"], "outputs": found["outputs"]}.get(binding.kind)
        if known is None:
            sentence = f"{binding.text} can't be used in a component; bind ${{{{inputs.x}}}} or ${{{{outputs.x}}}}"
            check.wrong(path, _in_text(tree, binding), sentence, "unknown_port")
        elif binding.name not in known:
            guess = did_you_mean(binding.name, known)
            sentence = f"{binding.text} is not declared under {binding.kind}.{guess}"
            check.wrong(path, _in_text(tree, binding), sentence, "unknown_port")


def _in_text(tree: Scalar, binding: command_bindings.Binding) -> Place:
    at = tree.raw.find(binding.text)
    if at < 0 or not tree.place.line:
        return tree.place
    before = tree.raw[:at]
    if "\n" not in before:
        return Place(tree.place.line, tree.place.column + at)
    return Place(tree.place.line + before.count("\n"), at - before.rfind("\n"))


def _pipeline(
    check: FileCheck, table: Table, fields: dict[str, Entry], path: str, found: dict[str, Any], depth: int
) -> dict[str, Any]:
    if "jobs" not in fields:
        check.wrong(path, table.place, "a pipeline component needs jobs", "missing_component")
        return {"jobs": {}}
    body: dict[str, Any] = {"jobs": nodes.read_jobs(check, fields["jobs"].tree, below(path, "jobs"), depth)}
    if "settings" in fields:
        check.known(check.entries(fields["settings"].tree, below(path, "settings")), below(path, "settings"), SETTINGS)
    return body


def below(path: str, name: str) -> str:
    return f"{path}.{name}" if path and name else path or name

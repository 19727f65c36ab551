"""Fields that nodes and components share: what they run in and on."""

from typing import Any

import yaml

from registry.environments import definitions
from runs.components.files import bindings
from runs.components.files.checking import FileCheck
from runs.tracking.jobfile import fields as job_fields
from runs.tracking.jobfile.reader import Entry, Scalar, Tree

MAX_RETRIES = 20


def compute(check: FileCheck, tree: Tree, path: str) -> str:
    """A target's name, or a binding. `azureml:` stays: such a name means another target where there is only that one."""
    return bindings.normal(check.text(tree, path, limit=300).strip())


def code(check: FileCheck, tree: Tree, path: str) -> str:
    """The folder of the code, which has to be sent."""
    found = code_folder(check, tree, path)
    check.needed("code", found, "folder")
    return found


def code_folder(check: FileCheck, tree: Tree, path: str) -> str:
    given = check.text(tree, path, limit=4000).strip()
    return check.local(tree, path, given, "code is a folder next to the file") if given else ""


def environment(check: FileCheck, tree: Tree, path: str) -> Any:
    """As it is written; the files it names are put into it once they were sent, so that nothing hangs on a path."""
    value = job_fields.environment(check, tree, path)
    if isinstance(value, str):
        text = bindings.normal(value.strip())
        if not definitions.needs(text):
            return text
        return _of_file(check, tree, path, check.rebased(text.removeprefix("file:")))
    if isinstance(value, dict):
        return _mapping(check, tree, path, value)
    return value


def limits(check: FileCheck, tree: Tree, path: str) -> dict[str, int]:
    fields = check.known(check.entries(tree, path), path, ("timeout",))
    seconds = check.seconds(fields["timeout"].tree, f"{path}.timeout") if "timeout" in fields else None
    return {"timeout": seconds} if seconds else {}


def retry_settings(check: FileCheck, tree: Tree, path: str) -> dict[str, int]:
    fields = check.known(check.entries(tree, path), path, ("max_retries", "timeout"))
    found: dict[str, int] = {}
    if "max_retries" in fields:
        count = check.whole(fields["max_retries"].tree, f"{path}.max_retries", minimum=0, maximum=MAX_RETRIES)
        found |= {"max_retries": count} if count is not None else {}
    if "timeout" in fields and (seconds := check.seconds(fields["timeout"].tree, f"{path}.timeout")):
        found["timeout"] = seconds
    return found


def resources(check: FileCheck, tree: Tree, path: str) -> dict[str, Any]:
    return job_fields.resources(check, tree, path)


def _mapping(check: FileCheck, tree: Tree, path: str, value: dict[str, Any]) -> Any:
    found = {name: item for name, item in value.items() if name not in ("$schema",) and item not in (None, "")}
    for name in ("conda_file", "requirements"):
        given = found.get(name)
        if isinstance(given, str):
            found |= _filled(check, tree, path, name, check.rebased(given.strip().removeprefix("file:")))
    build = found.get("build")
    if isinstance(build, dict):
        folder = check.rebased(str(build.get("path") or ".").removeprefix("file:"))
        found["build"] = {**build, "path": folder}
        check.needed("build", folder, "folder")
    return found


def _filled(check: FileCheck, tree: Tree, path: str, name: str, file: str) -> dict[str, Any]:
    text = check.text_of(file)
    if text is None:
        return {name: file}
    if name == "requirements":
        return {name: text.splitlines()}
    return {name: _yaml(check, tree, path, file, text)}


def _of_file(check: FileCheck, tree: Tree, path: str, file: str) -> Any:
    """`environment: conda.yml`, `environment: requirements.txt`, `environment: file:./environment.yml`."""
    text = check.text_of(file)
    if text is None:
        return file
    if not file.endswith((".yml", ".yaml")):
        return {"requirements": text.splitlines()}
    found = _yaml(check, tree, path, file, text)
    if not {"image", "build", "conda_file"} & set(found):
        return {"conda_file": found}
    below = FileCheck(check.shared, file.rpartition("/")[0])
    mapping = _mapping(below, tree, path, found)
    check.problems += below.problems
    return mapping


def _yaml(check: FileCheck, tree: Tree, path: str, file: str, text: str) -> dict[str, Any]:
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        check.wrong(path, tree.place, f"{file}{where} is not YAML")
        return {}
    if not isinstance(found, dict):
        check.wrong(path, tree.place, f"{file} must be a mapping")
        return {}
    return found


def is_empty(tree: Tree) -> bool:
    return isinstance(tree, Scalar) and tree.value in (None, "")


def texts(check: FileCheck, fields: dict[str, Entry], path: str, names: tuple[str, ...]) -> dict[str, str]:
    """The given ones of some fields that are texts."""
    found = {}
    for name in names:
        below = f"{path}.{name}" if path else name
        text = check.text(fields[name].tree, below, limit=20_000) if name in fields else ""
        if text:
            found[name] = text
    return found

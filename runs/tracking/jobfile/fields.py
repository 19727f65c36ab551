"""Readers of the fields that jobs and the nodes of pipelines share."""

import re
from collections.abc import Callable
from typing import Any

from runs.tracking.jobfile import places, secret_names
from runs.tracking.jobfile.problems import Place
from runs.tracking.jobfile.reader import Scalar, Table, Tree, to_plain
from runs.tracking.jobfile.values import Check

ENVIRONMENT_FIELDS = (
    "$schema", "image", "conda_file", "requirements", "build", "python", "name", "version", "description", "tags",
    "properties", "os_type", "inference_config", "datastore",
)  # fmt: skip
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,249}\Z")

Reader = Callable[[Check, Tree, str], Any]


def text(limit: int) -> Reader:
    return lambda check, tree, path: check.text(tree, path, limit=limit)


def texts(check: Check, tree: Tree, path: str) -> dict[str, str]:
    return check.texts(tree, path)


def ignored(check: Check, tree: Tree, path: str) -> None:
    check.text(tree, path) if isinstance(tree, Scalar) else None


def noted(sentence: str) -> Reader:
    def read(check: Check, tree: Tree, path: str) -> None:
        if to_plain(tree) not in (None, {}, []):
            check.notes.append(sentence)

    return read


def code(check: Check, tree: Tree, path: str) -> str:
    code = check.text(tree, path, limit=4000).strip()
    return places.local(check, tree, path, code, "code is a folder next to the job file")


def compute(check: Check, tree: Tree, path: str) -> str:
    name = check.text(tree, path, limit=200).strip()
    return name.removeprefix("azureml:").strip()


def environment(check: Check, tree: Tree, path: str) -> Any:
    if isinstance(tree, Table):
        check.known(tree.entries, path, ENVIRONMENT_FIELDS)
        conda = tree.entries.get("conda_file")
        for name, entry in tree.entries.items():
            if name in ("image", "requirements", "python", "name", "version"):
                check.text(entry.tree, f"{path}.{name}")
        if conda is not None and not isinstance(conda.tree, Table):
            check.text(conda.tree, f"{path}.conda_file")
    else:
        check.text(tree, path)
    return to_plain(tree) or None


def variables(check: Check, tree: Tree, path: str) -> dict[str, str]:
    found = {}
    for name, entry in check.entries(tree, path).items():
        below = f"{path}.{name}"
        if not VARIABLE.match(name):
            check.wrong(below, entry.place, f"{name[:60]!r} can't name an environment variable")
        elif name.upper().startswith("ATELIER_"):
            check.wrong(below, entry.place, f"{name} is set by the studio: names that begin with ATELIER_ are its own")
        else:
            found[name] = check.text(entry.tree, below)
            secret_names.note(check, entry.tree, below, found[name])
    return found


def timeout(check: Check, tree: Tree, path: str) -> int | None:
    fields = check.known(check.entries(tree, path), path, ("timeout",))
    return check.seconds(fields["timeout"].tree, f"{path}.timeout") if "timeout" in fields else None


RESOURCES = (
    "instance_count", "instance_type", "properties", "docker_args", "shm_size", "locations", "max_instance_count",
    "gpu", "cpu", "memory", "slots",
)  # fmt: skip
DISTRIBUTION = (
    "type", "process_count_per_instance", "worker_count", "parameter_server_count", "port", "address",
    "include_dashboard", "dashboard_port", "head_node_additional_args", "worker_node_additional_args",
)  # fmt: skip


def resources(check: Check, tree: Tree, path: str) -> dict[str, Any]:
    fields = check.known(check.entries(tree, path), path, RESOURCES)
    found = {name: to_plain(entry.tree) for name, entry in fields.items()}
    if "instance_count" in fields:
        place = fields["instance_count"].tree
        count = check.whole(place, f"{path}.instance_count", minimum=1, maximum=10_000)
        if count is not None and count > 1:
            _refuse_many(check, f"{path}.instance_count", place.place, f"{count} machines")
    if "slots" in fields:
        check.whole(fields["slots"].tree, f"{path}.slots", minimum=1, maximum=1024)
    return found


def distribution(check: Check, tree: Tree, path: str) -> None:
    fields = check.known(check.entries(tree, path), path, DISTRIBUTION)
    for name in ("process_count_per_instance", "worker_count"):
        if name not in fields:
            continue
        value = check.whole(fields[name].tree, f"{path}.{name}", minimum=1, maximum=100_000)
        if value is not None and value > 1:
            _refuse_many(check, f"{path}.{name}", fields[name].tree.place, f"{value} processes")
            return
    if fields:
        check.notes.append("The distribution asks for one process, so the command is started once.")


def _refuse_many(check: Check, path: str, place: Place, what: str) -> None:
    check.wrong(path, place, f"this asks for {what}; this version starts one process on one machine a run. Set it to 1")


def priority(check: Check, tree: Tree, path: str) -> str | None:
    fields = check.known(check.entries(tree, path), path, ("priority", "job_tier"))
    if "job_tier" in fields:
        check.choice(fields["job_tier"].tree, f"{path}.job_tier", ("spot", "basic", "standard", "premium", "null"))
    if "priority" not in fields:
        return None
    return check.choice(fields["priority"].tree, f"{path}.priority", ("low", "medium", "high")) or None

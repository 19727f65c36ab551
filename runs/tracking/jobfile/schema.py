"""The fields of a command job and how each is read. A field is one row of `FIELDS`."""

import re
from collections.abc import Callable
from typing import Any

from runs.tracking.jobfile import bindings, inputs_outputs, places, secret_names
from runs.tracking.jobfile.command import CommandJob
from runs.tracking.jobfile.problems import Place, did_you_mean
from runs.tracking.jobfile.reader import Scalar, Table, Tree, to_plain
from runs.tracking.jobfile.values import Check

OTHER_TYPES = (
    "sweep",
    "pipeline",
    "automl",
    "spark",
    "parallel",
    "import",
    "data_transfer",
    "finetuning",
    "distillation",
)
ENVIRONMENT_FIELDS = (
    "$schema", "image", "conda_file", "requirements", "build", "python", "name", "version", "description", "tags",
    "properties", "os_type", "inference_config", "datastore",
)  # fmt: skip
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,249}\Z")

Reader = Callable[[Check, Tree, str], Any]


def command_job(check: Check, table: Table) -> CommandJob:
    """The job of a file's tree; what is wrong is in `check.problems`."""
    if not _is_command(check, table):
        return CommandJob(command="")
    entries = check.known(table.entries, "", FIELDS)
    found: dict[str, Any] = {}
    for name, entry in entries.items():
        target, read = FIELDS[name]
        value = read(check, entry.tree, name)
        if target and value is not None:
            found[target] = value
    found["is_azure"] = _is_azure(table)
    job = CommandJob(**{"command": "", **found, "notes": tuple(check.notes)})
    if not job.command.strip() and "command" not in {problem.path for problem in check.problems}:
        place = entries["command"].place if "command" in entries else table.place
        check.wrong("command", place, "command is missing: it is what the job runs, such as 'python train.py'")
    _check_bindings(check, table, job)
    return job


def _is_command(check: Check, table: Table) -> bool:
    entry = table.entries.get("type")
    if entry is not None:
        value = str(check.scalar(entry.tree, "type") or "")
        plain = value.casefold().replace("-", "_")
        if plain in ("command", ""):
            return True
        other = plain if plain in OTHER_TYPES else ""
        guess = "" if other else did_you_mean(value, ["command"])
        text = (
            f"this is a {value[:40]} job; this version of the studio runs command jobs only"
            if other
            else f"there is no job type {value[:40]!r}; this version runs command jobs.{guess}"
        )
        check.wrong("type", entry.tree.place, text)
        return False
    for name, kind in (("jobs", "pipeline"), ("trial", "sweep"), ("search_space", "sweep")):
        if name in table.entries and "command" not in table.entries:
            place = table.entries[name].place
            check.wrong("type", place, f"this is a {kind} job; this version of the studio runs command jobs only")
            return False
    return True


def _is_azure(table: Table) -> bool:
    schema = table.entries.get("$schema")
    compute = table.entries.get("compute")
    return (schema is not None and "azureml" in str(to_plain(schema.tree))) or (
        compute is not None and str(to_plain(compute.tree)).startswith("azureml:")
    )


def _text(limit: int) -> Reader:
    return lambda check, tree, path: check.text(tree, path, limit=limit)


def _texts(check: Check, tree: Tree, path: str) -> dict[str, str]:
    return check.texts(tree, path)


def _ignored(check: Check, tree: Tree, path: str) -> None:
    check.text(tree, path) if isinstance(tree, Scalar) else None


def _noted(sentence: str) -> Reader:
    def read(check: Check, tree: Tree, path: str) -> None:
        if to_plain(tree) not in (None, {}, []):
            check.notes.append(sentence)

    return read


def _code(check: Check, tree: Tree, path: str) -> str:
    code = check.text(tree, path, limit=4000).strip()
    return places.local(check, tree, path, code, "code is a folder next to the job file")


def _compute(check: Check, tree: Tree, path: str) -> str:
    name = check.text(tree, path, limit=200).strip()
    return name.removeprefix("azureml:").strip()


def _environment(check: Check, tree: Tree, path: str) -> Any:
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


def _variables(check: Check, tree: Tree, path: str) -> dict[str, str]:
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


def _timeout(check: Check, tree: Tree, path: str) -> int | None:
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


def _resources(check: Check, tree: Tree, path: str) -> dict[str, Any]:
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


def _distribution(check: Check, tree: Tree, path: str) -> None:
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


def _priority(check: Check, tree: Tree, path: str) -> str | None:
    fields = check.known(check.entries(tree, path), path, ("priority", "job_tier"))
    if "job_tier" in fields:
        check.choice(fields["job_tier"].tree, f"{path}.job_tier", ("spot", "basic", "standard", "premium", "null"))
    if "priority" not in fields:
        return None
    return check.choice(fields["priority"].tree, f"{path}.priority", ("low", "medium", "high")) or None


def _check_bindings(check: Check, table: Table, job: CommandJob) -> None:
    entry = table.entries.get("command")
    if entry is None or not isinstance(entry.tree, Scalar) or not isinstance(entry.tree.value, str):
        return
    searched = 0
    for binding in bindings.find(entry.tree.value):
        text = _binding_problem(binding, job)
        at = entry.tree.raw.find(binding.text, searched)
        searched = max(at, searched)
        if text:
            check.wrong("command", _place_in(entry.tree, at), text)


def _binding_problem(binding: bindings.Binding, job: CommandJob) -> str:
    known = {"inputs": list(job.inputs), "outputs": list(job.outputs)}.get(binding.kind)
    if known is None:
        if secret_names.elsewhere(binding):
            return secret_names.elsewhere(binding)
        guess = did_you_mean(binding.kind, ["inputs", "outputs"])
        return f"{binding.text} can't be used in a command job; bind ${{{{inputs.x}}}} or ${{{{outputs.x}}}}.{guess}"
    if binding.name in known or (binding.is_optional and binding.kind == "inputs"):
        spec = job.inputs.get(binding.name) if binding.kind == "inputs" else None
        if spec is not None and not spec.is_data and spec.value is None and not binding.is_optional:
            return f"{binding.text} has no value: give inputs.{binding.name} one, or write $[[ … ]] around its option"
        return ""
    return f"{binding.text} is not declared under {binding.kind}.{did_you_mean(binding.name, known)}"


def _place_in(scalar: Scalar, at: int) -> Place:
    """The place of the `at`-th character of a scalar's source."""
    if at < 0 or scalar.place.note or not scalar.place.line:
        return scalar.place
    before = scalar.raw[:at]
    if "\n" not in before:
        return Place(scalar.place.line, scalar.place.column + at)
    return Place(scalar.place.line + before.count("\n"), at - before.rfind("\n"))


# field of the file → (field of CommandJob or "" when it only is checked, how it is read)
FIELDS: dict[str, tuple[str, Reader]] = {
    "$schema": ("", _ignored),
    "type": ("", _ignored),
    "name": ("name", _text(255)),
    "display_name": ("display_name", _text(255)),
    "experiment_name": ("experiment_name", _text(255)),
    "description": ("description", _text(20_000)),
    "tags": ("tags", _texts),
    "properties": ("properties", _texts),
    "code": ("code", _code),
    "command": ("command", _text(100_000)),
    "inputs": ("inputs", inputs_outputs.read_inputs),
    "outputs": ("outputs", inputs_outputs.read_outputs),
    "environment": ("environment", _environment),
    "compute": ("compute", _compute),
    "environment_variables": ("environment_variables", _variables),
    "limits": ("timeout_seconds", _timeout),
    "resources": ("resources", _resources),
    "queue_settings": ("priority", _priority),
    "distribution": ("", _distribution),
    "identity": ("", _noted("The identity is not used: the run acts with its own token.")),
    "services": ("", _noted("Services (SSH, TensorBoard, VS Code) are not started by this version.")),
    "parent_job_name": ("", _noted("parent_job_name is not used.")),
    "version": ("", _ignored),
}

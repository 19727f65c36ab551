"""The fields of a command job and how each is read. A field is one row of `FIELDS`."""

from typing import Any

from runs.tracking.jobfile import bindings, fields, inputs_outputs, secret_names
from runs.tracking.jobfile.command import CommandJob
from runs.tracking.jobfile.problems import Place, did_you_mean
from runs.tracking.jobfile.reader import Scalar, Table, to_plain
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
FIELDS: dict[str, tuple[str, fields.Reader]] = {
    "$schema": ("", fields.ignored),
    "type": ("", fields.ignored),
    "name": ("name", fields.text(255)),
    "display_name": ("display_name", fields.text(255)),
    "experiment_name": ("experiment_name", fields.text(255)),
    "description": ("description", fields.text(20_000)),
    "tags": ("tags", fields.texts),
    "properties": ("properties", fields.texts),
    "code": ("code", fields.code),
    "command": ("command", fields.text(100_000)),
    "inputs": ("inputs", inputs_outputs.read_inputs),
    "outputs": ("outputs", inputs_outputs.read_outputs),
    "environment": ("environment", fields.environment),
    "compute": ("compute", fields.compute),
    "environment_variables": ("environment_variables", fields.variables),
    "limits": ("timeout_seconds", fields.timeout),
    "resources": ("resources", fields.resources),
    "queue_settings": ("priority", fields.priority),
    "distribution": ("", fields.distribution),
    "identity": ("", fields.noted("The identity is not used: the run acts with its own token.")),
    "services": ("", fields.noted("Services (SSH, TensorBoard, VS Code) are not started by this version.")),
    "parent_job_name": ("", fields.noted("parent_job_name is not used.")),
    "version": ("", fields.ignored),
}

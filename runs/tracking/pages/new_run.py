"""What the new-run form starts from and carries along."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from compute.targets import queries as target_queries
from runs.tracking.models import Experiment, Run
from studio.access.models import Workspace
from studio.errors import Invalid, StudioError

EXAMPLE = {
    "type": "command",
    "experiment_name": "Default",
    "command": "python train.py --lr ${{inputs.lr}}",
    "inputs": {"lr": 0.1},
}
MAX_KEPT = 500_000


@dataclass(frozen=True, slots=True)
class Draft:
    """A job as it was sent: its document and the texts it names."""

    document: dict[str, Any]
    files: dict[str, str]


def first_document(query: Mapping[str, str], source: Run | None) -> dict[str, Any]:
    """What the form shows first: the job to clone, or an example in the experiment the address names."""
    if source is not None and source.definition:
        document = dict(source.definition)
        document["experiment_name"] = source.experiment.path
        # The name was that run's own: the new one gets its own, too.
        document.pop("display_name", None)
        document.pop("name", None)
        return document
    return {**EXAMPLE, "experiment_name": query.get("experiment") or EXAMPLE["experiment_name"]}


def target_names(workspace: Workspace) -> list[str]:
    return [target.name for target in target_queries.targets_in(workspace)]


def experiment_paths(workspace: Workspace) -> Sequence[str]:
    """Suggestions for the experiment field."""
    rows = Experiment.objects.filter(workspace=workspace, is_archived=False, deleted_at=None)
    return list(rows.values_list("path", flat=True)[:200])


def to_hidden(document: Mapping[str, Any], files: Mapping[str, str]) -> dict[str, str]:
    """What the fields can't show travels with the form."""
    return {"document": json.dumps(document), "files": json.dumps(dict(files))}


def kept_document(posted: Mapping[str, str]) -> dict[str, Any]:
    return _kept(posted.get("document", ""))


def kept_files(posted: Mapping[str, str]) -> dict[str, str]:
    return {str(name): str(text) for name, text in _kept(posted.get("files", "")).items()}


def invalid_form(form: forms.Form) -> Invalid:
    fields = {name: " ".join(str(message) for message in messages) for name, messages in form.errors.items()}
    return Invalid("invalid_job", "Some fields need another look.", fields=fields)


def add_errors(form: forms.Form, error: StudioError) -> None:
    """Put each sentence at its field; what belongs to none goes to the top."""
    for name, sentence in error.fields.items():
        field = name.split(".")[0]
        if field in form.fields and not form.has_error(field):
            form.add_error(field, sentence)
    if not form.errors:
        form.add_error(None, f"{error.message} {error.hint}".strip())


def _kept(text: str) -> dict[str, Any]:
    if not text or len(text) > MAX_KEPT:
        return {}
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}

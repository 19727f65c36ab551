"""A command job as the studio keeps it: every field resolved, the same from a file, a form or a clone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.data import uris
from runs.tracking.jobfile.problems import Place

Literal = str | int | float | bool | None
DATA_TYPES = frozenset({"uri_file", "uri_folder", "mltable", "mlflow_model", "custom_model", "triton_model"})
FILE_TYPES = frozenset({"uri_file"})


@dataclass(frozen=True, slots=True)
class InputSpec:
    """A literal (`value`), or data (`path`: relative to the job file, or a reference such as `azureml:cars@latest`).

    Data whose file says no type, and whose reference will tell it, has the type "" until it was found.
    """

    type: str
    value: Literal = None
    path: str = ""
    mode: str = ""

    @property
    def is_data(self) -> bool:
        return self.type in DATA_TYPES or bool(self.path)

    @property
    def is_reference(self) -> bool:
        """Whether it names data of the workspace or of the web, rather than a path that is sent along."""
        return uris.is_reference(self.path)

    def to_json(self) -> Any:
        if not self.is_data:
            return self.value
        found = {"type": self.type, "path": self.path, "mode": self.mode}
        return {key: value for key, value in found.items() if value or key == "path"}


@dataclass(frozen=True, slots=True)
class OutputSpec:
    """What a job leaves. With `path` it is written to that place of a datastore; with `name` it becomes a data version."""

    type: str = "uri_folder"
    mode: str = "rw_mount"
    path: str = ""
    name: str = ""
    version: str = ""
    description: str = ""

    @property
    def is_data(self) -> bool:
        return bool(self.path or self.name)

    def to_json(self) -> dict[str, str]:
        words = {"path": self.path, "name": self.name, "version": self.version, "description": self.description}
        return {"type": self.type, "mode": self.mode, **{key: value for key, value in words.items() if value}}


@dataclass(frozen=True, slots=True)
class CommandJob:
    """The normalised job. Its JSON has the fields of a job file, so that a clone is an edited job file."""

    command: str
    name: str = ""
    display_name: str = ""
    experiment_name: str = ""
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    inputs: Mapping[str, InputSpec] = field(default_factory=dict)
    outputs: Mapping[str, OutputSpec] = field(default_factory=dict)
    environment: Any = None  # as written; registry.environments.definitions reads it
    compute: str = ""
    is_azure: bool = False  # the file names Azure's schema or an `azureml:` target
    environment_variables: Mapping[str, str] = field(default_factory=dict)
    timeout_seconds: int | None = None
    resources: Mapping[str, Any] = field(default_factory=dict)
    priority: str = "medium"
    notes: tuple[str, ...] = ()
    # Where its fields stand, for whoever finds later that one can't be meant: "inputs.cars" → its place.
    file_name: str = field(default="job", compare=False)
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)

    @property
    def shown_name(self) -> str:
        return self.display_name or self.name

    @property
    def literals(self) -> dict[str, Literal]:
        """The inputs that are values: they become the run's parameters."""
        return {name: spec.value for name, spec in self.inputs.items() if not spec.is_data and spec.value is not None}

    def to_json(self) -> dict[str, Any]:
        """The job as plain data with a job file's field names; `from_json` reads it back."""
        found: dict[str, Any] = {
            "type": "command",
            "name": self.name,
            "display_name": self.display_name,
            "experiment_name": self.experiment_name,
            "description": self.description,
            "tags": dict(self.tags),
            "properties": dict(self.properties),
            "code": self.code,
            "command": self.command,
            "inputs": {name: spec.to_json() for name, spec in self.inputs.items()},
            "outputs": {name: spec.to_json() for name, spec in self.outputs.items()},
            "environment": self.environment,
            "compute": f"azureml:{self.compute}" if self.is_azure and self.compute else self.compute,
            "environment_variables": dict(self.environment_variables),
            "limits": {"timeout": self.timeout_seconds} if self.timeout_seconds else {},
            "resources": dict(self.resources),
            "queue_settings": {"priority": self.priority} if self.priority != "medium" else {},
        }
        return {key: value for key, value in found.items() if value not in ("", None, {})}

"""endpoint.yml and deployment.yml as Azure's command line takes them: read, checked, and which local files they need."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from registry.endpoints import collecting, names, scaling, specs
from registry.environments import definitions
from studio import plain_yaml
from studio.errors import Invalid

MAX_TEXT = 1_000_000
ENDPOINT, DEPLOYMENT = "endpoint", "deployment"
ENDPOINT_FIELDS = frozenset({"name", "description", "tags", "properties", "auth_mode", "traffic", "mirror_traffic"})
DEPLOYMENT_FIELDS = frozenset(
    {
        "name", "endpoint_name", "description", "tags", "properties", "model", "image", "code_configuration",
        "environment", "environment_variables", "instance_type", "instance_count", "scale_settings",
        "request_settings", "liveness_probe", "readiness_probe", "data_collector", "resources", "deployer",
    }
)  # fmt: skip
# Fields that say something only in Azure's own cloud.
ELSEWHERE = frozenset(
    {
        "$schema", "type", "kind", "location", "compute", "identity", "public_network_access", "app_insights_enabled",
        "egress_public_network_access", "provisioning_state", "scoring_uri", "openapi_uri", "id", "model_mount_path",
        "app_insights", "defaults",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Need:
    """A local path that must be sent: a folder or file as a zip (`folder`, `any`), or a text."""

    role: str  # code, model, text
    path: str
    kind: str


@dataclass(frozen=True, slots=True)
class File:
    """What a file says, with only the fields that mean something here."""

    kind: str
    document: dict[str, Any]
    needs: tuple[Need, ...]
    notes: tuple[str, ...]


def check(text: str, *, file_name: str, kind: str = "") -> File:
    """The file, checked as far as it goes without what it refers to. Raises Invalid naming file and field."""
    document = _read(text, file_name)
    found = kind or (DEPLOYMENT if _is_deployment(document) else ENDPOINT)
    known = DEPLOYMENT_FIELDS if found == DEPLOYMENT else ENDPOINT_FIELDS
    unknown = sorted(set(document) - known - ELSEWHERE)
    if unknown:
        message = (
            f"{file_name}: {unknown[0]!r} is no field of {'a deployment' if found == DEPLOYMENT else 'an endpoint'}."
        )
        raise Invalid(
            "bad_endpoint_file", message, hint=f"Known: {', '.join(sorted(known))}.", fields={unknown[0]: message}
        )
    kept = {name: value for name, value in document.items() if name in known and value is not None}
    left_out = sorted(set(document) & ELSEWHERE - {"$schema", "type"})
    notes = tuple(f"{name} says nothing here and was left out." for name in left_out)
    _check_fields(kept, found, file_name)
    return File(found, kept, needs_of(kept) if found == DEPLOYMENT else (), notes)


def needs_of(document: Mapping[str, Any]) -> tuple[Need, ...]:
    """The local paths of a deployment, relative to its file."""
    found = []
    code = code_of(document)
    if code:
        found.append(Need("code", code, "folder"))
    model = document.get("model")
    path = model.get("path") if isinstance(model, Mapping) else None
    if isinstance(path, str) and not path.startswith(("azureml:", "models:/")):
        found.append(Need("model", path, "any"))
    elif isinstance(model, str) and model.startswith(("./", "../", "file:")):
        found.append(Need("model", model.removeprefix("file:"), "any"))
    found += [Need("text", each, "file") for each in definitions.needs(document.get("environment"))]
    return tuple(found)


def code_of(document: Mapping[str, Any]) -> str:
    """The folder of code that the file names."""
    table = document.get("code_configuration")
    code = table.get("code") if isinstance(table, Mapping) else None
    return code.removeprefix("file:") if isinstance(code, str) else ""


def _read(text: str, file_name: str) -> dict[str, Any]:
    if len(text) > MAX_TEXT:
        raise _refused(file_name, "it is larger than 1 MB")
    try:
        document = plain_yaml.load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = f", line {mark.line + 1}" if mark else ""
        raise _refused(file_name + at, str(error.problem or error.context or "it is not YAML")) from None
    except yaml.YAMLError as error:
        raise _refused(file_name, str(error).splitlines()[0] if str(error) else "it is not YAML") from None
    if not isinstance(document, dict) or not all(isinstance(key, str) for key in document):
        raise _refused(file_name, "it holds no fields such as 'name: my-endpoint'")
    return document


def _is_deployment(document: Mapping[str, Any]) -> bool:
    schema = str(document.get("$schema", "")).lower()
    marks = {"endpoint_name", "model", "code_configuration", "instance_type", "image"}
    return "deployment" in schema or bool(marks & set(document))


def _check_fields(document: Mapping[str, Any], kind: str, file_name: str) -> None:
    try:
        if kind == ENDPOINT:
            names.endpoint_name(document.get("name"))
        else:
            _check_deployment(document)
    except Invalid as error:
        raise Invalid(
            "bad_endpoint_file", f"{file_name}: {error.message}", hint=error.hint, fields=error.fields
        ) from None


def _check_deployment(document: Mapping[str, Any]) -> None:
    """All that can be judged without asking for what it refers to."""
    if "name" in document:
        names.deployment_name(document["name"])
    settings = specs.request_settings(document.get("request_settings"))
    specs.environment_variables(document.get("environment_variables"))
    specs.probe(document.get("liveness_probe"), "liveness_probe", specs.LIVENESS)
    specs.probe(document.get("readiness_probe"), "readiness_probe", specs.READINESS)
    specs.resources(document.get("resources"), specs.instance_type(document.get("instance_type")))
    scaling.rule(document.get("scale_settings"), concurrent=settings.max_concurrent_requests_per_instance)
    if "instance_count" in document:
        scaling.count(document["instance_count"])
    collecting.collector(document.get("data_collector"))
    table = document.get("code_configuration")
    if table is not None and not isinstance(table, Mapping):
        raise names.bad("code_configuration", "code_configuration is a mapping with code and scoring_script.")


def _refused(file_name: str, problem: str) -> Invalid:
    message = f"{file_name}: {problem}."
    return Invalid("bad_endpoint_file", message, fields={"text": message})

"""endpoint.yml and deployment.yml as Azure's command line takes them: read, checked, and which local files they need."""

from collections.abc import Mapping
from typing import Any

from registry.deployment_files import DEPLOYMENT, ENDPOINT, File, Unreadable, is_deployment, needs_of, read
from registry.endpoints import collecting, names, scaling, specs
from studio.errors import Invalid

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


def check(text: str, *, file_name: str, kind: str = "") -> File:
    """The file, checked as far as it goes without what it refers to. Raises Invalid naming file and field."""
    document = _read(text, file_name)
    found = kind or (DEPLOYMENT if is_deployment(document, "instance_type", "image") else ENDPOINT)
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


def _read(text: str, file_name: str) -> dict[str, Any]:
    try:
        return read(text)
    except Unreadable as error:
        message = f"{', '.join(filter(None, (file_name, error.where)))}: {error}."
        raise Invalid("bad_endpoint_file", message, fields={"text": message}) from None


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

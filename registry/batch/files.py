"""Azure's batch endpoint and batch deployment files: read, checked, and which local files they need."""

from collections.abc import Mapping
from typing import Any

from registry.batch import names, options
from registry.deployment_files import DEPLOYMENT, ENDPOINT, File, Unreadable, is_deployment, needs_of, read
from studio.errors import Invalid

ENDPOINT_FIELDS = frozenset({"name", "description", "tags", "defaults"})
# Azure writes them below `settings`, its older files beside the name.
SETTINGS = frozenset(
    {
        "mini_batch_size", "mini_batch_rows", "max_concurrency_per_instance", "instance_count", "retry_settings",
        "error_threshold", "output_action", "output_file_name", "logging_level", "environment_variables",
    }
)  # fmt: skip
DEPLOYMENT_FIELDS = (
    frozenset(
        {
            "name", "endpoint_name", "description", "tags", "model", "code_configuration", "environment", "compute",
            "resources", "settings",
        }
    )
    | SETTINGS
)  # fmt: skip
# Fields that say something only in Azure's own cloud.
ELSEWHERE = frozenset(
    {
        "$schema", "type", "auth_mode", "identity", "properties", "location", "kind", "id", "scoring_uri", "openapi_uri",
        "provisioning_state", "mini_batch_error_threshold", "max_retries", "timeout",
    }
)  # fmt: skip


def check(text: str, *, file_name: str, kind: str = "") -> File:
    """The file, checked as far as it goes without what it refers to. Raises Invalid naming file and field."""
    if kind not in ("", ENDPOINT, DEPLOYMENT):
        raise names.bad("kind", f"{kind[:20]!r} is no kind of file.", hint=f"Known: {ENDPOINT}, {DEPLOYMENT}.")
    document = _read(text, file_name)
    found = kind or (DEPLOYMENT if is_deployment(document, "settings") else ENDPOINT)
    try:
        return _endpoint(document) if found == ENDPOINT else _deployment(document)
    except Invalid as error:
        message = f"{file_name}: {error.message}"
        raise Invalid("bad_batch_file", message, hint=error.hint, fields=error.fields) from None


def _endpoint(document: dict[str, Any]) -> File:
    kept = _known(document, ENDPOINT_FIELDS, "a batch endpoint")
    if "name" in kept:
        names.endpoint_name(kept["name"])
    table = kept.pop("defaults", None) or {}
    if not isinstance(table, Mapping) or not isinstance(table.get("deployment_name", ""), str):
        raise names.bad("defaults", "defaults is a mapping with deployment_name.")
    if table.get("deployment_name"):
        kept["defaults"] = {"deployment_name": table["deployment_name"]}
    return File(ENDPOINT, kept)


def _deployment(document: dict[str, Any]) -> File:
    kind = str(document.get("type") or "model").lower()
    if kind == "pipeline" or "component" in document:
        raise names.bad("type", "A deployment of a pipeline can't be made here: type is model.")
    kept = _known(document, DEPLOYMENT_FIELDS, "a batch deployment")
    if "name" in kept:
        names.deployment_name(kept["name"])
    settings = kept.pop("settings", {})
    if not isinstance(settings, Mapping):
        raise names.bad("settings", "settings is a mapping.")
    unknown = sorted(str(key) for key in set(settings) - SETTINGS - ELSEWHERE)
    if unknown:
        raise names.bad(
            "settings", f"{unknown[0][:60]!r} is no setting.", hint=f"Known: {', '.join(sorted(SETTINGS))}."
        )
    flat = {name: kept.pop(name) for name in SETTINGS & set(kept)}
    flat |= {name: value for name, value in settings.items() if value is not None and name in SETTINGS}
    if kept.get("resources") is not None:
        flat["resources"] = kept.pop("resources")
    options.read(flat)
    kept["settings"] = flat
    code = kept.get("code_configuration")
    if code is not None and not isinstance(code, Mapping):
        raise names.bad("code_configuration", "code_configuration is a mapping with code and scoring_script.")
    return File(DEPLOYMENT, kept, needs_of(kept))


def _known(document: dict[str, Any], known: frozenset[str], what: str) -> dict[str, Any]:
    unknown = sorted(set(document) - known - ELSEWHERE)
    if unknown:
        raise names.bad(
            unknown[0], f"{unknown[0]!r} is no field of {what}.", hint=f"Known: {', '.join(sorted(known))}."
        )
    return {name: value for name, value in document.items() if name in known and value is not None}


def _read(text: str, file_name: str) -> dict[str, Any]:
    try:
        return read(text)
    except Unreadable as error:
        message = f"{', '.join(filter(None, (file_name, error.where)))}: {error}."
        raise Invalid("bad_batch_file", message, fields={"text": message}) from None

"""The YAML of a datastore: Azure's kinds where they can be reached, and the studio's own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from registry.data.datastores.definition import Definition
from registry.data.datastores.kinds.registry import KINDS
from studio import plain_yaml
from studio.errors import Invalid

MAX_TEXT = 200_000
# Fields that every file may have and that say nothing of the place.
_AROUND = {"$schema", "name", "type", "description", "tags", "properties", "credentials", "is_read_only"}
_NOT_HERE = {
    "azure_file": "An Azure file share has no address of files: mount it on the studio's machine and register a local_folder.",
    "azure_data_lake_gen1": "Data Lake Storage Gen1 no longer exists: move the files to an azure_blob container.",
    "one_lake": "OneLake takes no account key: copy the files to an azure_blob container, or register a local_folder.",
    "hdfs": "HDFS is not reached from here: mount it on the studio's machine and register a local_folder.",
}
_PRINCIPAL = {"tenant_id", "client_id", "client_secret", "certificate", "thumbprint"}


@dataclass(frozen=True, slots=True)
class Document:
    """A datastore as a file says it."""

    name: str
    definition: Definition
    description: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    is_read_only: bool = False


def read(text: str, file_name: str = "") -> Document:
    """The datastore of a YAML text. Raises Invalid, in one sentence, for what it is not; no value of it is repeated."""
    called = file_name or "The file"
    try:
        found = plain_yaml.load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" (line {mark.line + 1})" if mark is not None else ""
        raise _refused("text", f"{called} is no YAML that can be read{line}.") from None
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found):
        raise _refused(
            "text", f"{called} is no datastore: give its fields, such as 'name: cars' and 'type: azure_blob'."
        )
    return _document(found)


def _document(found: Mapping[str, Any]) -> Document:
    kind = _text(found, "type")
    if not kind:
        raise _refused("type", "The file has no 'type', such as azure_blob, s3, sftp or sql.")
    options = {name: value for name, value in found.items() if name not in _AROUND}
    credential = found.get("credentials")
    if credential is not None and not isinstance(credential, dict):
        raise _refused("credentials", "The credentials are a group of fields, such as 'account_key: …'.")
    kind, options = _azure(kind, options, credential or {})
    return Document(
        name=_text(found, "name"),
        definition=Definition(kind, options, _texts(credential) if credential else None),
        description=_text(found, "description"),
        tags=_tags(found.get("tags")),
        is_read_only=found.get("is_read_only") is True,
    )


def _azure(kind: str, options: dict[str, Any], credential: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The studio's kind and settings for what Azure's files call so."""
    if kind in _NOT_HERE:
        raise _refused("type", f"Datastores of type {kind} are not taken. {_NOT_HERE[kind]}")
    if kind == "azure_data_lake_gen2":
        # The same files are reached as blobs.
        kind, options = "azure_blob", {"container_name": options.pop("filesystem", None), **options}
    if kind not in [plugin.name for plugin in KINDS.all()]:
        names = ", ".join(plugin.name for plugin in KINDS.all())
        raise _refused("type", f"There is no type of datastore called {kind[:40]!a}: use one of {names}.")
    if kind != "azure_blob":
        return kind, options
    if _PRINCIPAL & set(credential):
        raise _refused("credentials", "A service principal is not taken: give account_key or sas_token.")
    protocol, endpoint = options.pop("protocol", None) or "https", options.get("endpoint")
    if endpoint and "://" not in str(endpoint):
        usual = endpoint == "core.windows.net" and protocol == "https"
        options["endpoint"] = "" if usual else f"{protocol}://{options.get('account_name')}.blob.{endpoint}"
    return kind, options


def _texts(credential: Mapping[str, Any]) -> dict[str, Any]:
    """YAML reads a key of digits as a number."""
    return {str(name): str(value) if isinstance(value, int | float) else value for name, value in credential.items()}


def _tags(found: Any) -> dict[str, str]:
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise _refused("tags", "The tags are a group of names with values.")
    return {str(name): "" if value is None else str(value) for name, value in found.items()}


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _refused(name, f"'{name}' is a text.")
    return value


def _refused(name: str, sentence: str) -> Invalid:
    return Invalid("invalid_datastore", sentence, fields={name: sentence})

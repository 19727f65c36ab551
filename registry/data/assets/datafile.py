"""Azure's YAML of a data asset: `name`, `version`, `type`, `path`, `description`, `tags`, `properties`."""

from dataclasses import dataclass, field
from typing import Any

import yaml

from registry.data import names, uris
from registry.data.assets.models import DataType
from studio import plain_yaml
from studio.errors import Invalid

KNOWN = (
    "$schema", "name", "version", "description", "tags", "properties", "type", "path", "datastore", "auto_delete_setting",
    "skip_validation",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DataFileText:
    """What a data YAML says. `path` is a reference, or lies beside the file (`is_local`) and is uploaded first."""

    name: str
    type: str
    path: str
    version: str = ""
    description: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)

    @property
    def is_local(self) -> bool:
        return not uris.is_reference(self.path)


def parse(text: str, *, file_name: str = "data.yml") -> DataFileText:
    """The asset a YAML describes. Raises Invalid `bad_data_file` with the line where YAML itself is wrong."""
    document = _load(text, file_name)
    unknown = [str(key) for key in document if key not in KNOWN]
    if unknown:
        raise _wrong(file_name, f"There is no key {unknown[0][:60]!r} in a data asset.", unknown[0])
    path = document.get("path")
    if not isinstance(path, str) or not path.strip():
        raise _wrong(file_name, "path is missing: a local file or folder, azureml://…, or https://….", "path")
    found = DataFileText(
        name=_text(document, "name", file_name),
        type=_text(document, "type", file_name) or DataType.FOLDER,
        path=path.strip(),
        version=_text(document, "version", file_name),
        description=_text(document, "description", file_name),
        tags=_mapping(document, "tags", file_name),
        properties=_mapping(document, "properties", file_name),
    )
    if found.type not in DataType.values:
        raise _wrong(file_name, f"type is one of {', '.join(DataType.values)}, not {found.type[:40]!r}.", "type")
    return found


def _load(text: str, file_name: str) -> dict[Any, Any]:
    try:
        document = plain_yaml.load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        why = getattr(error, "problem", None) or str(error)[:200]
        raise Invalid("bad_data_file", f"{file_name[:80]}{where}: this is no YAML: {why}.") from None
    if not isinstance(document, dict):
        raise Invalid("bad_data_file", f"{file_name[:80]}: a data asset is a mapping with name, type and path.")
    return document


def _text(document: dict[Any, Any], key: str, file_name: str) -> str:
    value = document.get(key)
    if value is None:
        return ""
    if isinstance(value, bool | list | dict):
        raise _wrong(file_name, f"{key} is a text.", key)
    return str(value)


def _mapping(document: dict[Any, Any], key: str, file_name: str) -> dict[str, str]:
    value = document.get(key) or {}
    if not isinstance(value, dict) or any(isinstance(each, list | dict) for each in value.values()):
        raise _wrong(file_name, f"{key} is a mapping of words.", key)
    return names.tags(value, what=key)


def _wrong(file_name: str, message: str, key: str) -> Invalid:
    return Invalid("bad_data_file", f"{file_name[:80]}: {message}", fields={key[:80]: message})

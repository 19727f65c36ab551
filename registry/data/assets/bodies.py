"""From checked bodies and query strings to what services and queries take."""

from typing import Any

from django.http import QueryDict

from registry.data.assets import datafile
from registry.data.assets.queries import Asked
from registry.data.assets.services import Query
from studio.errors import Invalid

MAX_WORDS = 500


def asked(query: QueryDict) -> Asked:
    """What a list is asked for by its address."""
    words = {key: query.get(key, "") for key in ("q", "type", "tag")}
    if any("\0" in value or len(value) > MAX_WORDS for value in words.values()):
        message = f"Give at most {MAX_WORDS} characters to search for."
        raise Invalid("bad_parameter", message, fields={"q": message})
    is_archived = query.get("archived", "").lower() in ("1", "true")
    return Asked(words=words["q"], type=words["type"], tag=words["tag"], is_archived=is_archived)


def whole(values: dict[str, Any]) -> dict[str, Any]:
    """The fields of a new version, those of a data YAML beneath what is given beside it. Raises Invalid."""
    text = values.get("text", "")
    if not text:
        if not values["name"]:
            message = "Give the data asset a name."
            raise Invalid("bad_data_name", message, fields={"name": message})
        return {**values, "type": values["type"] or "uri_folder"}
    said = data_file(values)
    is_placed = bool(values["path"] or values["folder"] or values["query"])
    if said.is_local and not is_placed:
        message = f"{said.path} lies beside the file: upload it first, then give its folder."
        raise Invalid("bad_data_source", message, hint="`atelier data create -f` does both.", fields={"path": message})
    return {
        **values,
        "name": values["name"] or said.name or _nameless(),
        "type": values["type"] or said.type,
        "version": values["version"] or said.version,
        "path": values["path"] or ("" if is_placed else said.path),
        "description": values["description"] or said.description,
        "tags": {**said.tags, **values["tags"]},
        "properties": {**said.properties, **values["properties"]},
    }


def data_file(values: dict[str, Any]) -> datafile.DataFileText:
    return datafile.parse(values["text"], file_name=values["file_name"] or "data.yml")


def place(values: dict[str, Any]) -> dict[str, Any]:
    """Where something to look at lies, and how it is read."""
    query = values.get("query")
    return {
        "path": values["path"],
        "folder": values["folder"],
        "query": Query(query["datastore"], query["text"]) if query else None,
        "reading": dict(values.get("reading") or {}),
        "schema": [dict(column) for column in values.get("schema") or []],
    }


def _nameless() -> str:
    message = "name is missing in the file."
    raise Invalid("bad_data_file", message, fields={"name": message})

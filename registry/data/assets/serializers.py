"""Data assets as JSON, and the shapes of bodies about them."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from registry.data import names
from registry.data.assets.datafile import DataFileText
from registry.data.assets.files import Item
from registry.data.assets.manifest import DataFile
from registry.data.assets.models import DataAsset, DataVersion, ManagedFolder
from registry.data.assets.previews import Looked
from registry.data.assets.services import NewVersion, Query
from registry.data.uris import MAX_URI, DatastorePath
from studio.api.fields import StrictBoolean, StrictSerializer, Text
from studio.lineage.labels import Label

MAX_COLUMNS = 10_000
MAX_TEXT = 1_000_000


class Tags(serializers.DictField):
    """Tags by key; null removes one."""

    child = Text(max_length=names.MAX_VALUE, allow_null=True, allow_blank=True)


class DataReading(StrictSerializer):
    """How files are read as a table; what is left out is found out."""

    format = Text(max_length=20, required=False)
    delimiter = Text(max_length=4, required=False)
    quote = Text(max_length=1, required=False, allow_blank=True)
    escape = Text(max_length=1, required=False, allow_blank=True)
    comment = Text(max_length=1, required=False, allow_blank=True)
    header = StrictBoolean(required=False)
    skip_rows = serializers.IntegerField(min_value=0, max_value=1_000_000, required=False)
    encoding = Text(max_length=40, required=False)
    null_values = serializers.ListField(child=Text(max_length=100, allow_blank=True), required=False, max_length=50)
    decimal = Text(max_length=1, required=False)


class DataColumn(StrictSerializer):
    name = Text(max_length=1_000)
    type = serializers.ChoiceField(
        choices=[
            *("string", "int", "float", "boolean", "date", "datetime", "time", "duration", "nested", "binary"),
        ]
    )
    included = StrictBoolean(required=False, default=True)
    format = Text(max_length=100, required=False, allow_blank=True)


class DataQuery(StrictSerializer):
    datastore = Text(max_length=120)
    text = Text(max_length=20_000)


class DataPlace(StrictSerializer):
    """Where data is: one of `path`, `folder` and `query`."""

    path = Text(max_length=MAX_URI, required=False, allow_blank=True, default="")
    folder = Text(max_length=400, required=False, allow_blank=True, default="")
    query = DataQuery(required=False, allow_null=True, default=None)
    reading = DataReading(required=False)
    schema = serializers.ListField(child=DataColumn(), required=False, allow_null=True, max_length=MAX_COLUMNS)


class NewDataVersion(DataPlace):
    type = Text(max_length=20, required=False, default="")
    version = Text(max_length=names.MAX_VERSION, required=False, allow_blank=True, default="")
    description = Text(max_length=names.MAX_DESCRIPTION, required=False, allow_blank=True, default="")
    tags = Tags(required=False, default=dict)
    properties = Tags(required=False, default=dict)
    mltable = Text(max_length=MAX_TEXT, required=False, allow_blank=True, default="")


class NewData(NewDataVersion):
    """Either the fields, or a data YAML as `file_name` and `text`; its local path is uploaded first and given as `path`
    or `folder`."""

    name = Text(max_length=names.MAX_NAME, required=False, allow_blank=True, default="")
    file_name = Text(max_length=1024, required=False, allow_blank=True, default="")
    text = Text(max_length=MAX_TEXT, required=False, allow_blank=True, default="")


class EditData(StrictSerializer):
    description = Text(max_length=names.MAX_DESCRIPTION, required=False, allow_blank=True)
    tags = Tags(required=False)
    is_archived = StrictBoolean(required=False)


class CheckDataFile(StrictSerializer):
    file_name = Text(max_length=1024, required=False, allow_blank=True, default="data.yml")
    text = Text(max_length=MAX_TEXT)


class NewDataFolder(StrictSerializer):
    name = Text(max_length=names.MAX_NAME)


class DataPersonAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.CharField()


class DataVersionAnswer(serializers.Serializer):
    name = serializers.CharField()
    version = serializers.CharField()
    number = serializers.IntegerField()
    type = serializers.CharField()
    state = serializers.CharField()
    problem = serializers.CharField(allow_null=True)
    reference = serializers.CharField()
    path = serializers.CharField(allow_null=True)
    datastore = serializers.CharField(allow_null=True)
    size = serializers.IntegerField()
    file_count = serializers.IntegerField()
    row_count = serializers.IntegerField(allow_null=True)
    content_hash = serializers.CharField(allow_null=True)
    schema = serializers.ListField(child=serializers.DictField(), allow_null=True)
    reading = serializers.DictField()
    mltable = serializers.CharField(allow_null=True)
    description = serializers.CharField()
    tags = serializers.DictField(child=serializers.CharField())
    properties = serializers.DictField(child=serializers.CharField())
    run_id = serializers.CharField(allow_null=True)
    is_archived = serializers.BooleanField()
    created_by = DataPersonAnswer(allow_null=True)
    created_at = serializers.DateTimeField()
    url = serializers.CharField()


class DataAssetAnswer(serializers.Serializer):
    name = serializers.CharField()
    type = serializers.CharField()
    description = serializers.CharField()
    tags = serializers.DictField(child=serializers.CharField())
    latest_version = serializers.CharField(allow_null=True)
    is_archived = serializers.BooleanField()
    created_by = DataPersonAnswer(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    url = serializers.CharField()


class DataPageAnswer(serializers.Serializer):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class DataAssetList(DataPageAnswer):
    results = DataAssetAnswer(many=True)


class DataVersionList(DataPageAnswer):
    results = DataVersionAnswer(many=True)


class DataFileAnswer(serializers.Serializer):
    path = serializers.CharField()
    is_dir = serializers.BooleanField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField(allow_null=True)


class DataFileList(serializers.Serializer):
    results = DataFileAnswer(many=True)


class DataFolderAnswer(serializers.Serializer):
    datastore = serializers.CharField()
    path = serializers.CharField()
    uri = serializers.CharField()


class DataUseAnswer(serializers.Serializer):
    kind = serializers.CharField()
    text = serializers.CharField()
    url = serializers.CharField(allow_null=True)
    verb = serializers.CharField()


class DataUses(serializers.Serializer):
    used_by = DataUseAnswer(many=True)
    came_from = DataUseAnswer(many=True)


class DataPreviewAnswer(serializers.Serializer):
    format = serializers.CharField()
    columns = serializers.ListField(child=serializers.DictField())
    rows = serializers.ListField(child=serializers.ListField())
    row_count = serializers.IntegerField(allow_null=True)
    found = serializers.DictField()
    is_head = serializers.BooleanField()


class DataFileChecked(serializers.Serializer):
    name = serializers.CharField()
    version = serializers.CharField(allow_null=True)
    type = serializers.CharField()
    path = serializers.CharField()
    is_local = serializers.BooleanField()
    description = serializers.CharField()
    tags = serializers.DictField(child=serializers.CharField())
    properties = serializers.DictField(child=serializers.CharField())


def new_version(values: dict[str, Any]) -> NewVersion:
    """A checked body as the service takes it."""
    query = values.get("query")
    schema = values.get("schema")
    return NewVersion(
        name=values["name"],
        type=values["type"],
        path=values["path"],
        folder=values["folder"],
        query=Query(query["datastore"], query["text"]) if query else None,
        version=values["version"],
        description=values["description"],
        tags={key: value or "" for key, value in values["tags"].items()},
        properties={key: value or "" for key, value in values["properties"].items()},
        reading=dict(values.get("reading") or {}),
        schema=None if schema is None else [dict(column) for column in schema],
        mltable=values["mltable"],
    )


def asset(row: DataAsset, latest: str | None) -> dict[str, Any]:
    return {
        "name": row.name,
        "type": row.type,
        "description": row.description,
        "tags": row.tags,
        "latest_version": latest,
        "is_archived": row.is_archived,
        "created_by": _person(row.created_by),
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "url": settings.BASE_URL + row.get_absolute_url(),
    }


def version(row: DataVersion) -> dict[str, Any]:
    """A version with its parts (`queries.with_parts`)."""
    place = str(DatastorePath(row.datastore.name, row.path)) if row.datastore else row.uri
    return {
        "name": row.asset.name,
        "version": row.version,
        "number": row.number,
        "type": row.asset.type,
        "state": row.state,
        "problem": row.problem or None,
        "reference": row.reference,
        "path": place or None,
        "datastore": row.datastore.name if row.datastore else None,
        "size": row.size,
        "file_count": row.file_count,
        "row_count": row.row_count,
        "content_hash": row.content_hash or None,
        "schema": row.schema,
        "reading": row.reading,
        "mltable": row.mltable or None,
        "description": row.description,
        "tags": row.tags,
        "properties": row.properties,
        "run_id": row.run_id or None,
        "is_archived": row.is_archived,
        "created_by": _person(row.created_by),
        "created_at": row.created_at,
        "url": settings.BASE_URL + row.get_absolute_url(),
    }


def item(entry: Item | DataFile) -> dict[str, Any]:
    is_dir = isinstance(entry, Item) and entry.is_dir
    return {"path": entry.path, "is_dir": is_dir, "size": entry.size, "sha256": entry.sha256 or None}


def folder(row: ManagedFolder) -> dict[str, Any]:
    return {
        "datastore": row.datastore.name,
        "path": row.path,
        "uri": str(DatastorePath(row.datastore.name, row.path)),
    }


def use(label: Label, verb: str) -> dict[str, Any]:
    url = settings.BASE_URL + label.url if label.url else None
    return {"kind": label.kind, "text": label.text, "url": url, "verb": verb}


def _person(user: Any) -> dict[str, Any] | None:
    return None if user is None else {"id": user.pk, "name": user.name, "email": user.email}


def looked(found: Looked) -> dict[str, Any]:
    return {
        "format": found.format,
        "columns": found.columns,
        "rows": found.rows,
        "row_count": found.row_count,
        "found": found.found,
        "is_head": found.is_head,
    }


def checked(said: DataFileText) -> dict[str, Any]:
    return {
        "name": said.name,
        "version": said.version or None,
        "type": said.type,
        "path": said.path,
        "is_local": said.is_local,
        "description": said.description,
        "tags": said.tags,
        "properties": said.properties,
    }

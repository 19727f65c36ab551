"""Entries and uploads as JSON, and the shapes of bodies about them."""

from typing import Any

from rest_framework import serializers

from registry.data.datastores.kinds.base import Entry
from registry.data.transfers.queries import Progress
from studio.api.fields import Int64, StrictBoolean, StrictSerializer, Text
from studio.storage import parts


class NewUpload(StrictSerializer):
    path = Text(max_length=1024)
    size = Int64(min_value=0)
    sha256 = Text(max_length=64, required=False, allow_blank=True, default="")
    overwrite = StrictBoolean(required=False, default=False)

    def validate_sha256(self, value: str) -> str:
        if value and (len(value) != 64 or not all(letter in "0123456789abcdefABCDEF" for letter in value)):
            raise serializers.ValidationError("Give the SHA-256 of the file: 64 hexadecimal digits.")
        return value


class CompleteUpload(StrictSerializer):
    sha256 = Text(max_length=64, required=False, allow_blank=True, default="")

    validate_sha256 = NewUpload.validate_sha256


class PartAnswer(serializers.Serializer):
    number = serializers.IntegerField()
    sha256 = serializers.CharField()
    size = serializers.IntegerField()


class UploadAnswer(serializers.Serializer):
    id = serializers.CharField()
    datastore = serializers.CharField()
    path = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    part_bytes = serializers.IntegerField()
    part_count = serializers.IntegerField()
    parts = PartAnswer(many=True)
    state = serializers.CharField()
    problem = serializers.CharField()


class UploadList(serializers.Serializer):
    results = UploadAnswer(many=True)


class EntryAnswer(serializers.Serializer):
    path = serializers.CharField()
    name = serializers.CharField()
    is_dir = serializers.BooleanField()
    size = serializers.IntegerField(allow_null=True)
    modified_at = serializers.DateTimeField(allow_null=True)
    problem = serializers.CharField()  # why it can't be opened, mostly empty


class EntryList(serializers.Serializer):
    results = EntryAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class LinkAnswer(serializers.Serializer):
    url = serializers.CharField()
    expires_at = serializers.DateTimeField()


def upload(progress: Progress) -> dict[str, Any]:
    found = progress.upload
    return {
        "id": found.pk,
        "datastore": found.datastore.name,
        "path": found.path,
        "size": found.size,
        "sha256": found.sha256,
        "part_bytes": found.part_bytes,
        "part_count": progress.count,
        "parts": [part(each) for each in progress.parts],
        "state": found.state,
        "problem": found.problem,
    }


def part(found: parts.Part) -> dict[str, Any]:
    return {"number": found.number, "sha256": found.sha256, "size": found.size}


def entry(found: Entry) -> dict[str, Any]:
    return {
        "path": found.path,
        "name": found.name,
        "is_dir": found.is_dir,
        "size": None if found.is_dir else found.size,
        "modified_at": found.modified_at,
        "problem": found.problem,
    }

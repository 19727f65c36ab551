"""Images and their versions as JSON, and the shapes of bodies about them."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from registry.images import names
from registry.images.models import Image, ImageVersion
from studio.api.fields import StrictSerializer, Text


class Values(serializers.DictField):
    """Tags with values, all of them."""

    child = Text(max_length=names.MAX_VALUE, allow_blank=True)


@extend_schema_field({"oneOf": [{"type": "string"}, {"type": "object", "additionalProperties": True}]})
class EnvironmentField(serializers.Field):
    """A reference such as `sklearn:3`, or a mapping as in a job file."""

    default_error_messages = {"neither": "Give a text such as sklearn:3, or a table as in a job file."}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) or (isinstance(data, str) and len(data) <= 500):
            return data
        self.fail("neither")

    def to_representation(self, value: Any) -> Any:
        return value


class NewImage(StrictSerializer):
    name = Text(max_length=names.MAX_NAME, required=False, allow_blank=True, default="")
    models = serializers.ListField(child=Text(max_length=400), required=False, default=list, max_length=20)
    code = Text(max_length=64, required=False, allow_blank=True, default="")
    scoring_script = Text(max_length=300, required=False, allow_blank=True, default="")
    environment = EnvironmentField(required=False, allow_null=True, default=None)
    files = serializers.DictField(child=Text(max_length=1_000_000, allow_blank=True), required=False, default=dict)
    base = Text(max_length=300, required=False, allow_blank=True, default="")
    type = Text(max_length=10, required=False, default="docker")
    connection = Text(max_length=120, required=False, allow_blank=True, default="")
    description = Text(max_length=names.MAX_DESCRIPTION, required=False, allow_blank=True, default="")
    tags = Values(required=False)


class EditImage(StrictSerializer):
    description = Text(max_length=names.MAX_DESCRIPTION, allow_blank=True)


class EditImageVersion(StrictSerializer):
    description = Text(max_length=names.MAX_DESCRIPTION, required=False, allow_blank=True)
    tags = Values(required=False)


class SetImageTag(StrictSerializer):
    version = Text(max_length=120)


class ImagePerson(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.CharField()


class ImageLayer(serializers.Serializer):
    digest = serializers.CharField()
    size = serializers.IntegerField()
    command = serializers.CharField()


class ImagePackage(serializers.Serializer):
    name = serializers.CharField()
    version = serializers.CharField()
    licence = serializers.CharField()


class ImageModelAnswer(serializers.Serializer):
    model = serializers.CharField()
    version = serializers.IntegerField()


class ImageVersionAnswer(serializers.Serializer):
    image = serializers.CharField()
    version = serializers.IntegerField()
    type = serializers.CharField()
    state = serializers.CharField()
    attempt = serializers.IntegerField()
    problem = serializers.CharField()
    reference = serializers.CharField(help_text="As an engine pulls it; empty until it is built.")
    digest = serializers.CharField()
    size = serializers.IntegerField()
    content_hash = serializers.CharField()
    models = ImageModelAnswer(many=True)
    environment = serializers.CharField(allow_null=True)
    environment_digest = serializers.CharField(allow_null=True)
    code = serializers.CharField(allow_null=True, help_text="The SHA-256 of its zip.")
    scoring_script = serializers.CharField()
    base = serializers.CharField()
    connection = serializers.CharField(allow_null=True)
    aliases = serializers.ListField(child=serializers.CharField(), help_text="The words that lead to it.")
    tags = serializers.DictField(child=serializers.CharField())
    description = serializers.CharField()
    facts = serializers.DictField()
    created_by = ImagePerson(allow_null=True)
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    url = serializers.CharField()


class ImageVersionDetail(ImageVersionAnswer):
    layers = ImageLayer(many=True)
    packages = ImagePackage(many=True)
    used_by = serializers.ListField(child=serializers.CharField(), help_text="A sentence for each use.")


class ImageAnswer(serializers.Serializer):
    name = serializers.CharField()
    description = serializers.CharField()
    versions = serializers.IntegerField()
    last_version = serializers.IntegerField(allow_null=True)
    tags = serializers.DictField(child=serializers.IntegerField(), help_text="Where each word leads.")
    created_by = ImagePerson(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    url = serializers.CharField()


class ImagePage(serializers.Serializer):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class ImageList(ImagePage):
    results = ImageAnswer(many=True)


class ImageVersionList(ImagePage):
    results = ImageVersionAnswer(many=True)


def image(row: Image) -> dict[str, Any]:
    """An image with its parts (`queries.with_parts`)."""
    return {
        "name": row.name,
        "description": row.description,
        "versions": row.version_count,  # type: ignore[attr-defined]
        "last_version": row.last_number or None,
        "tags": {word.name: word.version.number for word in row.words.all()},
        "created_by": _person(row.created_by),
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "url": settings.BASE_URL + row.get_absolute_url(),
    }


def version(row: ImageVersion) -> dict[str, Any]:
    """A version with its parts (`queries.versions_with_parts`)."""
    packed = [each.model_version for each in row.image_models.all()]
    return {
        "image": row.image.name,
        "version": row.number,
        "type": row.type,
        "state": row.state,
        "attempt": row.attempt,
        "problem": row.problem,
        "reference": row.reference,
        "digest": row.digest,
        "size": row.size,
        "content_hash": row.content_hash,
        "models": [{"model": each.model.name, "version": each.number} for each in packed],
        "environment": str(row.environment_version) if row.environment_version else None,
        "environment_digest": row.environment.digest if row.environment else None,
        "code": row.code.sha256 if row.code else None,
        "scoring_script": row.scoring_script,
        "base": row.base,
        "connection": row.connection.name if row.connection else None,
        "aliases": [word.name for word in row.words.all()],
        "tags": row.tags,
        "description": row.description,
        "facts": row.facts,
        "created_by": _person(row.created_by),
        "created_at": row.created_at,
        "ended_at": row.ended_at,
        "url": settings.BASE_URL + row.get_absolute_url(),
    }


def detail(row: ImageVersion, used_by: list[str]) -> dict[str, Any]:
    """A version with its layers and packages, and what uses it."""
    return {**version(row), "layers": row.layers, "packages": row.packages, "used_by": used_by}


def _person(user: Any) -> dict[str, Any] | None:
    return None if user is None else {"id": user.pk, "name": user.name, "email": user.email}

"""Environments as JSON, and the shapes of bodies about them."""

from typing import Any

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from registry.environments.definitions import Definition
from registry.environments.models import Environment, EnvironmentAsset, EnvironmentBuild, EnvironmentVersion
from registry.environments.words import MAX_DESCRIPTION, MAX_VALUE
from studio.api.fields import StrictSerializer, Text

MAX_FILE = 1_000_000
FORMS = [form.value for form in EnvironmentBuild.Form]
DEFINITION = ("image", "conda_file", "requirements", "python", "build", "inference_config", "environment_variables")


@extend_schema_field(OpenApiTypes.ANY)
class PlainJson(serializers.Field):
    """A text, a list or a table as YAML files hold them."""

    default_error_messages = {"neither": "Give a text, a list or a table."}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict | list | str):
            return data
        self.fail("neither")

    def to_representation(self, value: Any) -> Any:
        return value


class Tags(serializers.DictField):
    child = Text(max_length=MAX_VALUE, allow_blank=True, allow_null=True)


class NewEnvironment(StrictSerializer):
    """The fields of Azure's environment file, or its text, with the texts and the folder that it names."""

    text = Text(
        max_length=MAX_FILE, required=False, allow_blank=True, default="", help_text="The file itself, as YAML."
    )
    name = Text(max_length=255, required=False, allow_blank=True, default="")
    version = Text(max_length=60, required=False, allow_blank=True, default="")
    description = Text(max_length=MAX_DESCRIPTION, required=False, allow_blank=True, default="")
    tags = Tags(required=False)
    image = Text(max_length=300, required=False, allow_blank=True)
    conda_file = PlainJson(required=False)
    requirements = PlainJson(required=False)
    python = Text(max_length=10, required=False, allow_blank=True)
    build = serializers.DictField(child=Text(max_length=1000), required=False)
    inference_config = serializers.DictField(required=False)
    environment_variables = serializers.DictField(child=Text(max_length=10_000, allow_blank=True), required=False)
    os_type = serializers.ChoiceField(choices=["linux", "Linux"], required=False)
    files = serializers.DictField(child=Text(max_length=MAX_FILE, allow_blank=True), required=False, default=dict)
    build_context = Text(
        max_length=64,
        required=False,
        allow_blank=True,
        default="",
        help_text="The SHA-256 of the folder of a Dockerfile.",
    )


class EnvironmentText(StrictSerializer):
    text = Text(max_length=MAX_FILE)


class EnvironmentRead(serializers.Serializer):
    name = serializers.CharField()
    version = serializers.CharField()
    files = serializers.ListField(child=serializers.CharField(), help_text="Paths whose texts are sent under `files`.")
    folder = serializers.CharField(help_text="The folder to send to `folders/<sha256>`; empty where none is needed.")


class EditEnvironment(StrictSerializer):
    description = Text(max_length=MAX_DESCRIPTION, required=False, allow_blank=True)
    tags = Tags(required=False)
    is_archived = serializers.BooleanField(required=False)


class AskBuild(StrictSerializer):
    form = serializers.ChoiceField(choices=FORMS, required=False, default="venv")


class NewBuild(AskBuild):
    environment = PlainJson(help_text="A name such as train:3 or sklearn-1.5, or a table as in a job file.")


class EnvironmentPackage(serializers.Serializer):
    name = serializers.CharField()
    version = serializers.CharField()
    licence = serializers.CharField()


class EnvironmentLayer(serializers.Serializer):
    digest = serializers.CharField()
    size = serializers.IntegerField()
    command = serializers.CharField()


class EnvironmentBuildAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    content = serializers.IntegerField()
    form = serializers.ChoiceField(choices=FORMS)
    state = serializers.CharField()
    attempt = serializers.IntegerField()
    problem = serializers.CharField()
    reference = serializers.CharField(help_text="Of the image on its engine.")
    digest = serializers.CharField()
    size = serializers.IntegerField()
    packages = EnvironmentPackage(many=True)
    layers = EnvironmentLayer(many=True)
    job = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class EnvironmentContent(serializers.Serializer):
    id = serializers.IntegerField()
    digest = serializers.CharField()
    kind = serializers.CharField()
    python = serializers.CharField()
    packages = serializers.ListField(child=serializers.CharField())
    note = serializers.CharField()
    image = serializers.CharField()
    build = serializers.DictField(allow_null=True, help_text="The folder of a Dockerfile: context, dockerfile_path.")
    inference_config = serializers.DictField()
    environment_variables = serializers.DictField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    run_count = serializers.IntegerField()
    last_used_at = serializers.DateTimeField(allow_null=True)


class EnvironmentContentDetail(EnvironmentContent):
    used_by = serializers.ListField(child=serializers.CharField())
    versions = serializers.ListField(child=serializers.CharField())
    builds = EnvironmentBuildAnswer(many=True)


class EnvironmentVersionAnswer(serializers.Serializer):
    name = serializers.CharField()
    version = serializers.CharField()
    description = serializers.CharField()
    tags = serializers.DictField(child=serializers.CharField())
    is_archived = serializers.BooleanField()
    content = EnvironmentContent()
    created_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    url = serializers.CharField()


class EnvironmentVersionDetail(EnvironmentVersionAnswer):
    builds = EnvironmentBuildAnswer(many=True)
    used_by = serializers.ListField(child=serializers.CharField(), help_text="A sentence for each use that holds it.")


class EnvironmentAnswer(serializers.Serializer):
    name = serializers.CharField()
    description = serializers.CharField()
    tags = serializers.DictField(child=serializers.CharField())
    versions = serializers.IntegerField()
    latest = serializers.CharField(allow_null=True)
    is_archived = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    url = serializers.CharField()


class CuratedAnswer(serializers.Serializer):
    name = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    python = serializers.CharField()
    packages = serializers.ListField(child=serializers.CharField())


class CuratedList(serializers.Serializer):
    results = CuratedAnswer(many=True)


class EnvironmentPaged(serializers.Serializer):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class EnvironmentList(EnvironmentPaged):
    results = EnvironmentAnswer(many=True)


class EnvironmentVersionList(EnvironmentPaged):
    results = EnvironmentVersionAnswer(many=True)


class EnvironmentContentList(EnvironmentPaged):
    results = EnvironmentContent(many=True)


def content(row: Environment) -> dict[str, Any]:
    """A content, with its counts where they were asked (`queries.counted`)."""
    definition = Definition.from_json(row.definition)
    build = {"context": definition.context, "dockerfile_path": definition.dockerfile} if definition.context else None
    return {
        "id": row.pk,
        "digest": row.digest,
        "kind": row.kind,
        "python": definition.python,
        "packages": list(definition.packages),
        "note": definition.note,
        "image": definition.image,
        "build": build,
        "inference_config": dict(definition.inference),
        "environment_variables": dict(definition.variables),
        "created_at": row.created_at,
        "run_count": getattr(row, "run_total", 0),
        "last_used_at": getattr(row, "last_used_at", None),
    }


def asset(row: EnvironmentAsset, latest: EnvironmentVersion | None) -> dict[str, Any]:
    """A name with `version_total`."""
    return {
        "name": row.name,
        "description": row.description,
        "tags": row.tags,
        "versions": getattr(row, "version_total", 0),
        "latest": latest.version if latest else None,
        "is_archived": row.is_archived,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "url": settings.BASE_URL + row.get_absolute_url(),
    }


def version(row: EnvironmentVersion) -> dict[str, Any]:
    return {
        "name": row.asset.name,
        "version": row.version,
        "description": row.description,
        "tags": row.tags,
        "is_archived": row.is_archived,
        "content": content(row.content),
        "created_by": str(row.created_by) if row.created_by else None,
        "created_at": row.created_at,
        "url": settings.BASE_URL + row.get_absolute_url(),
    }


def build(row: EnvironmentBuild) -> dict[str, Any]:
    return {
        "id": row.pk,
        "content": row.content_id,
        "form": row.form,
        "state": row.state,
        "attempt": row.attempt,
        "problem": row.problem,
        "reference": row.reference,
        "digest": row.digest,
        "size": row.size,
        "packages": row.packages,
        "layers": row.layers,
        "job": row.job_id,
        "created_at": row.created_at,
        "ended_at": row.ended_at,
    }


def definition_of(values: dict[str, Any]) -> Any:
    """What `definitions.parse` reads, of a body's fields."""
    return {name: values[name] for name in DEFINITION if values.get(name)}

"""Components as JSON, and the shapes of bodies about them."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from runs.components import declared, declaring
from runs.components.files import writing
from runs.components.models import Component, ComponentVersion
from studio.api.fields import StrictSerializer, Text

MAX_FILE = 2_000_000


class NewComponent(StrictSerializer):
    """A component file with the texts and the code that it names."""

    text = Text(max_length=MAX_FILE, help_text="The file itself, as YAML.")
    file_name = Text(max_length=1000, required=False, default="component.yml")
    files = serializers.DictField(
        child=Text(max_length=MAX_FILE, allow_blank=True),
        required=False,
        default=dict,
        help_text="Texts by their paths.",
    )
    snapshot = Text(max_length=64, required=False, allow_blank=True, default="", help_text="Of the folder of its code.")
    version = Text(max_length=60, required=False, allow_blank=True, default="")


class ComponentText(StrictSerializer):
    text = Text(max_length=MAX_FILE)
    file_name = Text(max_length=1000, required=False, default="component.yml")
    files = serializers.DictField(child=Text(max_length=MAX_FILE, allow_blank=True), required=False, default=dict)


class EditComponent(StrictSerializer):
    description = Text(max_length=20_000, required=False, allow_blank=True)
    is_archived = serializers.BooleanField(required=False)


class EditComponentVersion(StrictSerializer):
    is_archived = serializers.BooleanField()


class Declaration(serializers.Serializer):
    """What palette, node and panel are drawn from."""

    name = serializers.CharField()
    version = serializers.CharField()
    reference = serializers.CharField(help_text="What a pipeline names it by.")
    label = serializers.CharField()  # type: ignore[assignment]
    category = serializers.CharField()
    description = serializers.CharField()
    inputs = serializers.DictField(child=serializers.DictField())
    outputs = serializers.DictField(child=serializers.DictField())
    parameters = serializers.DictField(child=serializers.DictField())
    is_deterministic = serializers.BooleanField()
    packages = serializers.ListField(child=serializers.CharField())
    keywords = serializers.ListField(child=serializers.CharField())
    source = serializers.ChoiceField(choices=[declaring.STUDIO, declaring.WORKSPACE])  # type: ignore[assignment]
    type = serializers.CharField()
    versions = serializers.ListField(child=serializers.CharField())
    latest = serializers.CharField()


class DeclarationList(serializers.Serializer):
    results = Declaration(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class ComponentAnswer(Declaration):
    """A registered component at its newest version, or one of the studio's own."""

    is_archived = serializers.BooleanField()
    created_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField(allow_null=True)
    url = serializers.CharField()


class ComponentVersionAnswer(Declaration):
    """One version, with what it carries out."""

    is_archived = serializers.BooleanField()
    definition = serializers.DictField()
    text = serializers.CharField(help_text="The file as it was sent.")
    yaml = serializers.CharField(help_text="The definition, written anew.")
    digest = serializers.CharField()
    snapshot = serializers.CharField(help_text="The digest of its code; empty without.")
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField(allow_null=True)
    url = serializers.CharField()


class ComponentNeed(serializers.Serializer):
    role = serializers.CharField()
    path = serializers.CharField()
    kind = serializers.CharField()
    name = serializers.CharField()
    folder = serializers.CharField()
    includes = serializers.ListField(child=serializers.CharField())


class ComponentRead(serializers.Serializer):
    name = serializers.CharField()
    version = serializers.CharField()
    needs = ComponentNeed(many=True)
    problems = serializers.ListField(child=serializers.CharField())
    notes = serializers.ListField(child=serializers.CharField())


def component(row: Component, newest: ComponentVersion | None, versions: list[str]) -> dict[str, Any]:
    """A registered component. One whose versions are all archived or deleted has no ports to tell."""
    found = declared.of_version(newest) if newest is not None else _bare(row)
    return found | {
        "versions": versions,
        "latest": newest.version if newest is not None else "",
        "description": row.description,
        "is_archived": row.is_archived,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "url": _url(row),
    }


def own(declaration: Mapping[str, Any], slug: str) -> dict[str, Any]:
    """One of the studio's own in the same shape."""
    url = f"/w/{slug}/components/atelier/{declaration['name']}/"
    return {**declaration, "is_archived": False, "created_at": None, "updated_at": None, "url": url}


def own_version(declaration: Mapping[str, Any], slug: str) -> dict[str, Any]:
    found = {**own(declaration, slug), "definition": {}, "text": "", "yaml": "", "digest": "", "snapshot": ""}
    found.pop("updated_at")
    return found | {"created_by": ""}


def version(row: ComponentVersion, versions: list[str]) -> dict[str, Any]:
    return declared.of_version(row) | {
        "versions": versions,
        "latest": versions[0] if versions else row.version,
        "is_archived": row.is_archived,
        "definition": row.definition,
        "text": row.text,
        "yaml": writing.component_to_yaml(row.definition),
        "digest": row.digest,
        "snapshot": row.snapshot.digest if row.snapshot is not None else "",
        "created_by": str(row.created_by or ""),
        "created_at": row.created_at,
        "url": row.get_absolute_url(),
    }


def _bare(row: Component) -> dict[str, Any]:
    empty: dict[str, Any] = {"inputs": {}, "outputs": {}, "parameters": {}, "packages": [], "keywords": []}
    words = {
        "name": row.name,
        "version": "",
        "reference": "",
        "label": row.name,
        "category": "",
        "source": declaring.WORKSPACE,
    }
    return {**words, **empty, "type": "command", "is_deterministic": True}


def _url(row: Component) -> str:
    return row.get_absolute_url()

"""The form of a datastore, built from what its kind declares."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from registry.data.datastores.definition import (
    CREDENTIAL,
    MAX_DESCRIPTION,
    MAX_SECRET,
    MAX_TEXT,
    Definition,
    settings_of,
    ways_of,
)
from registry.data.datastores.kinds.declared import CHOICE, FLAG, LONG, NUMBER, Kind, Setting
from registry.data.datastores.models import Datastore
from studio.errors import StudioError
from studio.secrets.widgets import ConcealedInput, ConcealedText

_PLAIN = {"spellcheck": "false", "autocomplete": "off", "autocapitalize": "off"}
MAX_NAME = 100
LEARNED = "learned"  # what a test of the connection found out, in hidden fields of its answer


@dataclass(frozen=True, slots=True)
class Part:
    """The fields of one way in."""

    when: str
    label: str
    fields: list[BoundField]


class SecretField(forms.CharField):
    """A part of one way in. It is only needed where that way is chosen, which the service judges."""

    def __init__(self, part: Setting) -> None:
        widget = ConcealedText() if part.type == LONG else ConcealedInput()
        super().__init__(label=part.label, required=part.required, max_length=MAX_SECRET, strip=False, widget=widget)
        self.widget.is_required = False

    def validate(self, value: str) -> None:
        return


class DatastoreForm(forms.Form):
    """`kind_name` and `engine` (the kind's first choice, where it has one) are settled before the form is shown."""

    name = forms.CharField(
        label="Name",
        max_length=MAX_NAME,
        help_text="What job files call it: azureml://datastores/NAME/paths/… It can't be changed later.",
        widget=forms.TextInput(attrs=_PLAIN),
    )
    description = forms.CharField(label="Description", max_length=MAX_DESCRIPTION, required=False)
    is_read_only = forms.BooleanField(
        label="Read-only",
        required=False,
        help_text="Nothing is written or deleted there, whatever the credential allows.",
    )

    def __init__(
        self,
        kind_name: str,
        kind: Kind,
        data: Mapping[str, Any] | None = None,
        *,
        first: str = "",
        datastore: Datastore | None = None,
    ) -> None:
        super().__init__(data, initial=_initial(datastore))
        self.kind_name, self.kind, self.datastore = kind_name, kind, datastore
        head = kind.settings[0]
        self.chosen = {head.name: first} if head.type == CHOICE else {}
        self.ways = ways_of(kind, self.chosen)
        self.settings = [each for each in settings_of(kind, self.chosen) if each.name not in self.chosen]
        for each in self.settings:
            self.fields[f"option__{each.name}"] = _field(each)
        self._add_credentials()
        if datastore is not None:
            del self.fields["name"]
        if kind_name == Datastore.Kind.SQL:
            del self.fields["is_read_only"]  # it is, always

    def _add_credentials(self) -> None:
        if len(self.ways) > 1:
            self.fields[CREDENTIAL] = forms.ChoiceField(
                label="Credential", choices=[(each.name, each.label) for each in self.ways]
            )
        for way in self.ways:
            for part in way.fields:
                self.fields[f"secret__{way.name}__{part.name}"] = SecretField(part)

    @property
    def has_secrets(self) -> bool:
        return any(way.fields for way in self.ways)

    def option_fields(self) -> list[BoundField]:
        return [self[f"option__{each.name}"] for each in self.settings]

    def credential_parts(self) -> Iterator[Part]:
        for way in self.ways:
            yield Part(way.name, way.label, [self[f"secret__{way.name}__{part.name}"] for part in way.fields])

    def options(self) -> dict[str, Any]:
        """Every setting of the form; an empty one is as usual."""
        found = {each.name: self.cleaned_data[f"option__{each.name}"] for each in self.settings}
        learned = {name: self.data.get(f"{LEARNED}__{name}") for name in found if not found[name]}
        return {**self.chosen, **found, **{name: value for name, value in learned.items() if value}}

    def credential(self) -> dict[str, str] | None:
        """What was typed; None where nothing was and one is kept already."""
        if not self.ways:
            return None
        chosen = str(self.cleaned_data.get(CREDENTIAL, self.ways[0].name))
        way = next(each for each in self.ways if each.name == chosen)
        parts = {part.name: self.cleaned_data[f"secret__{chosen}__{part.name}"] for part in way.fields}
        typed = {name: text for name, text in parts.items() if text}
        if self.datastore is not None and not typed and self.datastore.options.get(CREDENTIAL) == chosen:
            return None
        return {"type": chosen, **typed}

    def definition(self) -> Definition:
        return Definition(self.kind_name, self.options(), self.credential())

    def common(self) -> dict[str, Any]:
        """What is not of the kind."""
        return {name: self.cleaned_data[name] for name in ("description", "is_read_only") if name in self.fields}

    def blame(self, error: StudioError) -> None:
        """Show what was refused at the field where the person can put it right."""
        chosen = self.cleaned_data.get(CREDENTIAL) or (self.ways[0].name if self.ways else "")
        for name, message in error.fields.items():
            places = (name, f"option__{name}", f"secret__{chosen}__{name}")
            found = next((place for place in places if place in self.fields), None)
            self.add_error(found, message if found else f"{name}: {message}")
        if not error.fields:
            self.add_error(None, f"{error.message} {error.hint}".strip())


class FileForm(forms.Form):
    text = forms.CharField(
        label="YAML",
        max_length=200_000,
        strip=False,
        help_text="The file of a datastore: name, type, its place, credentials. It is not kept; the credential is sealed.",
        widget=ConcealedText(rows=8),
    )

    def blame(self, error: StudioError) -> None:
        """Name every field of the file that was refused; what stands in it is not repeated."""
        for name, message in error.fields.items():
            self.add_error("text", message if name == "text" else f"{name}: {message}")
        if not error.fields:
            self.add_error("text", f"{error.message} {error.hint}".strip())


def _field(setting: Setting) -> forms.Field:
    common: dict[str, Any] = {"label": setting.label, "help_text": setting.help, "required": setting.required}
    if setting.type == FLAG:
        return forms.BooleanField(**{**common, "required": False}, initial=setting.default)
    if setting.type == CHOICE:
        return forms.ChoiceField(**common, choices=setting.choices, initial=setting.default)
    if setting.type == NUMBER:
        return forms.IntegerField(**common, initial=setting.default or None, min_value=1, max_value=2**31 - 1)
    attrs = {**_PLAIN, **({"placeholder": setting.example} if setting.example else {})}
    return forms.CharField(**common, max_length=MAX_TEXT, initial=setting.default, widget=forms.TextInput(attrs=attrs))


def _initial(datastore: Datastore | None) -> dict[str, Any]:
    """The values of a datastore's own form: nothing of its credential but the type."""
    if datastore is None:
        return {}
    options = {f"option__{name}": value for name, value in datastore.options.items()}
    return {
        "description": datastore.description,
        "is_read_only": datastore.is_read_only,
        CREDENTIAL: datastore.options.get(CREDENTIAL, ""),
        **options,
    }

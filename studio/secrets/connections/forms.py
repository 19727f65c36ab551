"""The form of a connection, built from its types and kinds of credentials."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from studio.errors import StudioError
from studio.secrets.connections import kinds
from studio.secrets.connections.document import MAX_DESCRIPTION, MAX_NAME, MAX_TARGET, MAX_TEXT
from studio.secrets.models import Connection
from studio.secrets.widgets import ConcealedInput, ConcealedText

_PLAIN = {"spellcheck": "false", "autocomplete": "off", "autocapitalize": "off"}


@dataclass(frozen=True, slots=True)
class Part:
    """The fields that belong to some choices of a select."""

    when: str  # the choices, blanks between
    label: str
    hint: str
    fields: list[BoundField]


class PartField(forms.CharField):
    """A field that some choices need: the form does not know which, `document.read` does."""

    def validate(self, value: Any) -> None:
        return


class ConnectionForm(forms.Form):
    name = forms.CharField(label="Name", max_length=MAX_NAME, widget=forms.TextInput(attrs=_PLAIN))
    type = forms.ChoiceField(label="Type", choices=[(kind.type, kind.label) for kind in kinds.KINDS.values()])
    target = PartField(
        label="Target",
        max_length=MAX_TARGET,
        help_text="The address of the service. Everybody in the workspace sees it.",
        widget=forms.TextInput(attrs=_PLAIN),
    )
    credentials = forms.ChoiceField(
        label="Credential", choices=[(each.kind, each.label) for each in kinds.CREDENTIALS.values()]
    )
    description = forms.CharField(label="Description", max_length=MAX_DESCRIPTION, required=False)

    # What is hidden may not stop the browser from sending the form.
    use_required_attribute = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for kind in kinds.KINDS.values():
            for place in kind.places:
                self.fields[f"place__{place.name}"] = PartField(
                    label=place.label,
                    max_length=2000,
                    required=not place.is_optional,
                    widget=forms.TextInput(attrs=_PLAIN),
                )
        for credential in kinds.CREDENTIALS.values():
            for each in credential.fields:
                self.fields[f"{credential.kind}__{each.name}"] = PartField(
                    label=each.label,
                    max_length=8192 * 4 if each.is_long else 8192,
                    required=not each.is_optional,
                    strip=False,
                    widget=ConcealedText() if each.is_long else ConcealedInput(),
                )

    def place_parts(self) -> Iterator[Part]:
        """What a type has besides its target."""
        for kind in kinds.KINDS.values():
            if kind.places:
                yield Part(kind.type, kind.label, "", [self[f"place__{place.name}"] for place in kind.places])

    def credential_parts(self) -> Iterator[Part]:
        """The parts of each kind of credential."""
        for each in kinds.CREDENTIALS.values():
            yield Part(each.kind, each.label, each.hint, [self[f"{each.kind}__{part.name}"] for part in each.fields])

    def choices_by_type(self) -> dict[str, dict[str, Any]]:
        """What the page needs to know of each type: its credentials and how its target is called."""
        return {
            kind.type: {
                "credentials": list(kind.credentials),
                "target": kind.target if kind.needs_target else f"{kind.target} (optional)",
                "hint": kind.target_hint,
            }
            for kind in kinds.KINDS.values()
        }

    def document(self, connection: Connection | None = None) -> dict[str, Any]:
        """The connection as a file would say it. A credential left empty is left out where one is stored: that one stays."""
        values = self.cleaned_data
        kind = kinds.KINDS[values["type"]]
        credential = kinds.CREDENTIALS[values["credentials"]]
        found: dict[str, Any] = {name: values[name] for name in ("name", "type", "target", "description")}
        kept = (
            {}
            if connection is None
            else {n: v for n, v in connection.metadata.items() if f"place__{n}" not in self.fields}
        )
        found["metadata"] = {**kept, **{place.name: values[f"place__{place.name}"] for place in kind.places}}
        if connection is not None:
            found |= {"name": connection.name, "is_shared": connection.is_shared}
        parts = {part.name: values[f"{credential.kind}__{part.name}"] for part in credential.fields}
        if connection is None or connection.credentials != credential.kind or any(parts.values()):
            found["credentials"] = {"type": credential.kind, **{name: text for name, text in parts.items() if text}}
        return found

    def blame(self, error: StudioError) -> None:
        """Show what was refused at the field where the person can put it right."""
        credential = self.cleaned_data.get("credentials", "")
        for name, message in error.fields.items():
            part = name.removeprefix("credentials.")
            for field in (name, f"{credential}__{part}", f"place__{name}", "credentials" if part != name else ""):
                if field in self.fields:
                    self.add_error(field, message)
                    break
            else:
                self.add_error(None, f"{name}: {message}")
        if not error.fields:
            self.add_error(None, f"{error.message} {error.hint}".strip())


class FileForm(forms.Form):
    text = forms.CharField(
        label="YAML",
        max_length=MAX_TEXT,
        strip=False,
        help_text="The file of a connection: name, type, target, credentials. It is not kept; its credential is sealed.",
        widget=ConcealedText(rows=8),
    )

    def blame(self, error: StudioError) -> None:
        """Name every field of the file that was refused; what stands in it is not repeated."""
        for name, message in error.fields.items():
            self.add_error("text", f"{name}: {message}")
        if not error.fields:
            self.add_error("text", f"{error.message} {error.hint}".strip())


def filled(connection: Connection) -> dict[str, Any]:
    """The initial values of a connection's own form: nothing of its credential but the kind."""
    places = {f"place__{name}": value for name, value in connection.metadata.items()}
    return {
        "name": connection.name,
        "type": connection.type,
        "target": connection.target,
        "credentials": connection.credentials,
        "description": connection.description,
        **places,
    }

"""Forms of pages: what they share."""

from typing import Any

from django import forms

from studio.api.fields import has_control_characters
from studio.errors import StudioError


def blame(form: forms.Form, error: StudioError) -> None:
    """Show what a service refused where the person can put it right: at the field, else above the form."""
    for field, message in error.fields.items():
        form.add_error(field if field in form.fields else None, message)
    if not error.fields:
        form.add_error(None, f"{error.message} {error.hint}".strip())


class NameField(forms.CharField):
    """A text for one line: trimmed, without control characters or direction marks."""

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned and has_control_characters(cleaned):
            raise forms.ValidationError("Control characters and direction marks are not allowed in a name.")
        return cleaned


class TagsField(forms.CharField):
    """`NAME: VALUE`, one a line, as a dictionary."""

    def clean(self, value: object) -> dict[str, str]:
        text = super().clean(value) or ""
        found = {}
        for line in text.splitlines():
            if not line.strip():
                continue
            name, colon, said = line.partition(":")
            if not colon or not name.strip():
                raise forms.ValidationError(f"{line.strip()[:60]!r} is no tag: write NAME: VALUE, one a line.")
            found[name.strip()] = said.strip()
        return found


def tag_lines(tags: dict[str, str]) -> str:
    """Tags as the field shows them."""
    return "\n".join(f"{name}: {value}" for name, value in tags.items())

"""A field for each input of a pipeline, from its declaration: the forms that start one share them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from runs.pipelines.publishing.parameters import LITERALS, Parameter

PREFIX = "input_"
PLACE = "${{"  # what is put in when the run begins is text, whatever the input is
GONE = "The pipeline has no such input: empty the field to leave it out."
PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class InputsForm(forms.Form):
    """One field for each input; an empty field leaves the default.

    `kept` is what was given before. What is not changed stays as it is, and what is no input any more can be taken away.
    """

    def __init__(
        self, *args: Any, parameters: Sequence[Parameter], kept: Mapping[str, Any] | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.kept = dict(kept or {})
        names = {each.name for each in parameters}
        gone = [Parameter(name, "string", None, False, GONE, None, None, ()) for name in self.kept if name not in names]
        self.parameters = [*parameters, *gone]
        for each in self.parameters:
            name = PREFIX + each.name
            given = self.data.get(name) if self.is_bound else self.initial.get(name)
            self.fields[name] = _field(each, given or shown(self.kept.get(each.name)))
            self.initial.setdefault(name, shown(self.kept.get(each.name)))

    @property
    def inputs(self) -> dict[str, Any]:
        """What was filled in, of its type; what is no number stays a text and is refused with a sentence."""
        given = {each: str(self.cleaned_data.get(PREFIX + each.name, "")) for each in self.parameters}
        return {each.name: self._value(each, text) for each, text in given.items() if text != ""}

    @property
    def input_fields(self) -> list[forms.BoundField]:
        return [self[PREFIX + each.name] for each in self.parameters]

    def _value(self, each: Parameter, text: str) -> Any:
        if each.name in self.kept and text == shown(self.kept[each.name]):
            return self.kept[each.name]
        return _typed(each, text)


def shown(value: Any) -> str:
    """A value as its field shows it."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, Mapping) and isinstance(value.get("path"), str):
        return str(value["path"])
    return json.dumps(value, ensure_ascii=False)


def _field(each: Parameter, given: str) -> forms.Field:
    rule = "" if each.choices else each.rule
    words = " ".join(f"{word[0].upper()}{word[1:].rstrip('.')}." for word in (each.description.strip(), rule) if word)
    label, needed = f"{each.name} ({each.type})", each.is_needed
    choices = each.choices or (("true", "false") if each.type == "boolean" else ())
    if choices and PLACE not in given:
        options = [("", _default_of(each)), *((word, word) for word in choices)]
        return forms.ChoiceField(label=label, choices=options, required=needed, help_text=words)
    default = shown(each.default)
    attrs = {**PLAIN, **({"placeholder": default} if default else {})}
    if each.type in ("number", "integer"):
        attrs["inputmode"] = "decimal"
    widget = forms.TextInput(attrs=attrs)
    return forms.CharField(label=label, max_length=10_000, required=needed, help_text=words, widget=widget)


def _default_of(each: Parameter) -> str:
    if each.is_needed:
        return "choose"
    return f"as it is: {shown(each.default)}" if each.default not in (None, "") else "as it is"


def _typed(parameter: Parameter, text: str) -> Any:
    if parameter.type not in LITERALS or parameter.type == "string" or PLACE in text:
        return text
    if parameter.type == "boolean":
        return text == "true"
    try:
        return int(text) if parameter.type == "integer" else float(text)
    except ValueError:
        return text

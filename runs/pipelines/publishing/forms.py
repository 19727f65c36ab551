"""The forms of published pipelines."""

from typing import Any

from django import forms

from runs.pipelines.drafts import names
from runs.pipelines.publishing.parameters import Parameter


class PublishForm(forms.Form):
    """A version of a pipeline, under a name of its own."""

    name = forms.CharField(
        max_length=names.MAX_NAME,
        help_text="Letters, digits, '.', '-' and '_'. A name that is there already gets another version.",
    )
    description = forms.CharField(max_length=names.MAX_DESCRIPTION, required=False)


class CallForm(forms.Form):
    """One field for each input, beside the experiment; an empty field leaves the default."""

    experiment = forms.CharField(max_length=500, required=False)

    def __init__(self, *args: Any, parameters: list[Parameter], **options: Any) -> None:
        super().__init__(*args, **options)
        self.parameters = parameters
        for each in parameters:
            self.fields[f"input_{each.name}"] = _field(each)

    @property
    def inputs(self) -> dict[str, Any]:
        """What was filled in, of its type; what is no number stays a text and is refused with a sentence."""
        given = {each: self.cleaned_data.get(f"input_{each.name}", "") for each in self.parameters}
        return {each.name: _typed(each, str(value)) for each, value in given.items() if value != ""}


def _field(each: Parameter) -> forms.Field:
    words = ". ".join(word for word in (each.description.rstrip("."), each.rule) if word)
    shown = {"placeholder": str(each.default)} if each.default not in (None, "") else {}
    label, needed = f"{each.name} ({each.type})", each.is_needed
    choices = each.choices or (("true", "false") if each.type == "boolean" else ())
    if choices:
        options = [("", "as it is" if not needed else "choose"), *((word, word) for word in choices)]
        return forms.ChoiceField(label=label, choices=options, required=needed, help_text=words)
    widget = forms.TextInput(attrs={**shown, "autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(label=label, max_length=10_000, required=needed, help_text=words, widget=widget)


def _typed(parameter: Parameter, text: str) -> Any:
    if parameter.type == "boolean":
        return text == "true"
    if parameter.type not in ("integer", "number"):
        return text
    try:
        return int(text) if parameter.type == "integer" else float(text)
    except ValueError:
        return text

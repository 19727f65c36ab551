"""Fields for what is never shown again: what was typed does not come back, not even with a form that was refused."""

from typing import Any

from django import forms

_ATTRS = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off", "class": "mono concealed"}


class ConcealedText(forms.Textarea):
    """Several lines, such as a key file."""

    def __init__(self, rows: int = 3) -> None:
        super().__init__(attrs={**_ATTRS, "rows": rows})

    def format_value(self, value: Any) -> str:
        return ""


class ConcealedInput(forms.PasswordInput):
    """One line. A browser is not to offer to keep it: it is no password of this site."""

    def __init__(self) -> None:
        super().__init__(attrs={**_ATTRS, "autocomplete": "new-password"}, render_value=False)

"""Shapes of what people type about their accounts."""

from django import forms

from studio.accounts.models import ApiToken
from studio.web.forms import NameField

LONGEST_PASSWORD = 256  # hashing megabytes is work for nothing


class SignInForm(forms.Form):
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label="Password",
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ProfileForm(forms.Form):
    name = NameField(
        label="Name",
        max_length=120,
        required=False,
        help_text="How others see you; without one they see your e-mail address.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    theme = forms.ChoiceField(
        label="Theme", choices=[("system", "As the system"), ("light", "Light"), ("dark", "Dark")]
    )
    density = forms.ChoiceField(
        label="Row height",
        choices=[("compact", "Compact, 28 px"), ("default", "Default, 32 px"), ("comfortable", "Comfortable, 40 px")],
    )


class PasswordForm(forms.Form):
    old = forms.CharField(
        label="Current password",
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label="New password",
        max_length=LONGEST_PASSWORD,
        strip=False,
        help_text="At least 12 characters; three or four words that do not belong together are good.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: object, has_password: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not has_password:
            del self.fields["old"]


class TokenForm(forms.Form):
    name = NameField(label="Name", max_length=80, help_text="What it is for, for example: laptop, nightly training.")
    scope = forms.ChoiceField(
        label="Scope",
        choices=[
            (ApiToken.Scope.WRITE, "Write: all that you may do"),
            (ApiToken.Scope.READ, "Read: look, change nothing"),
        ],
    )
    expires_in_days = forms.TypedChoiceField(
        label="Expires",
        coerce=int,
        empty_value=None,
        required=False,
        choices=[("30", "In 30 days"), ("90", "In 90 days"), ("365", "In a year"), ("", "Never")],
        initial="90",
    )

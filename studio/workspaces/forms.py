"""Shapes of what people type about workspaces and members."""

from django import forms
from django.core.validators import RegexValidator

from studio.access.models import Role
from studio.accounts.forms import LONGEST_PASSWORD
from studio.web.forms import NameField

SLUG = r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?"
SLUG_RULE = "Use lower-case letters, digits and dashes, at most 60, no dash at the ends."
ROLES = [
    (Role.READER, "Reader: sees everything, changes nothing"),
    (Role.CONTRIBUTOR, "Contributor: starts, stops and edits runs"),
    (Role.OWNER, "Owner: also manages members and settings"),
]


class WorkspaceForm(forms.Form):
    name = NameField(label="Name", max_length=120)
    slug = forms.CharField(
        label="Address",
        max_length=60,
        help_text=f"Part of every link: /w/address/. {SLUG_RULE} It can't be changed later.",
        validators=[RegexValidator(rf"^{SLUG}\Z", SLUG_RULE)],
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    description = forms.CharField(
        label="Description", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class SettingsForm(forms.Form):
    name = NameField(label="Name", max_length=120)
    description = forms.CharField(
        label="Description",
        max_length=4000,
        required=False,
        help_text="What this workspace is for.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class InvitationForm(forms.Form):
    email = forms.EmailField(label="E-mail address", max_length=254)
    role = forms.ChoiceField(label="Role", choices=ROLES, initial=Role.CONTRIBUTOR)


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        label="Role", choices=[(Role.READER, "Reader"), (Role.CONTRIBUTOR, "Contributor"), (Role.OWNER, "Owner")]
    )


class NewPersonForm(forms.Form):
    name = NameField(
        label="Your name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True})
    )
    password = forms.CharField(
        label="Password",
        max_length=LONGEST_PASSWORD,
        strip=False,
        help_text="At least 12 characters; three or four words that do not belong together are good.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

"""What an administrator types about a rule."""

from django import forms


class RuleForm(forms.Form):
    prefix = forms.CharField(  # type: ignore[assignment]  # the form gets the field, not the attribute
        label="Addresses that begin with", max_length=500,
        help_text="Such as https://host/folder/ or wasbs://container@account.blob.core.windows.net/.",
        widget=forms.TextInput(attrs={"spellcheck": "false"}),
    )  # fmt: skip
    datastore = forms.CharField(
        label="Are read from the datastore", max_length=120, initial="default",
        help_text="Its name; each workspace looks in its own datastore of this name.",
    )  # fmt: skip
    path = forms.CharField(label="Below the folder", max_length=1024, required=False)
    note = forms.CharField(label="Note", max_length=500, required=False)

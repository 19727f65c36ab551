"""What a password must be."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from studio.accounts.models import User
from studio.errors import Invalid


def require_good_password(*, password: str, user: User, field: str) -> None:
    """Raise Invalid, naming `field`, when a password is short, common, or too like the person's name."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        message = " ".join(error.messages)
        raise Invalid("weak_password", message, fields={field: message}) from None

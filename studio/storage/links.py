"""Links that open one thing for a while without signing in: signed by this installation, for one person and purpose."""

from typing import Any

from django.core import signing

LONGEST = 4096


def sign(purpose: str, values: dict[str, Any]) -> str:
    """The text of a link: `values` can be read in it, not changed."""
    return signing.dumps(values, salt=f"studio.links.{purpose}")


def read(purpose: str, text: str, *, seconds: int) -> dict[str, Any] | None:
    """What was signed for this purpose, or None when the text is not ours or older than `seconds`."""
    if len(text) > LONGEST:
        return None
    try:
        values = signing.loads(text, salt=f"studio.links.{purpose}", max_age=seconds)
    except (signing.BadSignature, ValueError):
        return None
    return values if isinstance(values, dict) else None

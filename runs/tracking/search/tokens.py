"""Where a page ended, as a token that only the same question takes. Signed: what comes back is what was given out."""

import datetime
import hashlib
from collections.abc import Sequence
from typing import Any

from django.core import signing

from studio.errors import Invalid

SALT = "runs.search"
LONGEST = 20_000


def write(question: str, stage: int, values: Sequence[Any]) -> str:
    """A token for the page after the row with these values."""
    plain = [_plain(value) for value in values]
    return signing.dumps([_digest(question), stage, plain], salt=SALT, compress=True)


def read(question: str, token: str) -> tuple[int, list[Any]]:
    """The stage and values in a token. Raises Invalid for one of another question."""
    try:
        if len(token) > LONGEST:
            raise signing.BadSignature("too long")
        digest, stage, plain = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise bad() from None
    if digest != _digest(question):
        raise bad()
    return stage, [_value(value) for value in plain]


def _digest(question: str) -> str:
    return hashlib.blake2b(question.encode(), digest_size=9).hexdigest()


def _plain(value: Any) -> Any:
    return {"at": value.isoformat()} if isinstance(value, datetime.datetime) else value


def _value(value: Any) -> Any:
    return datetime.datetime.fromisoformat(value["at"]) if isinstance(value, dict) else value


def bad() -> Invalid:
    """What a token that is not this question's is answered."""
    message = "Invalid page token: this list with this filter and order did not give it out."
    return Invalid("bad_cursor", message, hint="Start again without a token.", fields={"page_token": message})

"""Every error the package raises.

AtelierError
 ├─ UsageError            a call was made wrongly (also a ValueError)
 ├─ ConfigurationError    no server address, no token, an unreadable configuration file
 ├─ SnapshotError         a folder cannot be packed or an archive cannot be unpacked
 ├─ UnsafeName            a name from the server would leave the folder it is written to
 ├─ RunFailed             a run that was waited for did not complete
 ├─ WaitTimeout           a run did not end in time (also a TimeoutError)
 └─ ServerError           the server did not do what was asked
     ├─ Unreachable       no answer, or an answer that says "later" (408, 425, 429, 5xx)
     └─ Refused           the server understood and said no (4xx)
         ├─ InvalidRequest   400, 411, 413, 415, 422 and others
         │   ├─ JobFileError    the job file is wrong; says where by file, line and column
         │   └─ SearchError     a filter or order can't be read; says where
         ├─ Unauthorized     401
         ├─ Denied           403
         ├─ NotFound         404, 410
         └─ Conflict         409
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class AtelierError(Exception):
    """The base of every error of this package; `str(error)` is a sentence a person can act on."""


class UsageError(AtelierError, ValueError):
    """A call was made wrongly."""


class ConfigurationError(AtelierError):
    """The address, the token or a configuration file is missing or unreadable."""


class SnapshotError(AtelierError):
    """A folder cannot be packed, or an archive cannot be unpacked."""


class UnsafeName(AtelierError):
    """A name from the server would have been written outside the chosen folder."""


class RunFailed(AtelierError):
    """A run that was waited for ended as failed or canceled."""


class WaitTimeout(AtelierError, TimeoutError):
    """A run did not end within the given time."""


class ServerError(AtelierError):
    """The server did not do what was asked."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        code: str = "",
        hint: str = "",
        errors: Sequence[Mapping[str, Any]] = (),
        request_id: str = "",
        body: Mapping[str, Any] | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.hint = hint
        self.errors = tuple(errors)
        self.request_id = request_id
        self.body: Mapping[str, Any] = body or {}
        self.retry_after = retry_after

    def __str__(self) -> str:
        fields = [f"{item['field']}: {item.get('message', '')}" for item in self._others() if item.get("field")]
        return " ".join(part for part in (self.message, *fields, self.hint) if part)

    def _others(self) -> Sequence[Mapping[str, Any]]:
        """The fields' sentences, without the first where the message says it already."""
        first = str(self.errors[0].get("message", "")) if self.errors else ""
        return self.errors[1:] if first and first in self.message else self.errors


class Unreachable(ServerError):
    """No answer, or an answer that asks to come back later."""


class Refused(ServerError):
    """The server understood the request and said no."""


class InvalidRequest(Refused):
    """The request was malformed, too large or out of range."""


class JobFileError(InvalidRequest):
    """The job file is wrong; nothing was created."""

    def __str__(self) -> str:
        return "\n".join(self.places()) or super().__str__()

    def places(self) -> list[str]:
        """One `file:line:column: message` line for each mistake."""
        return [str(item["message"]) for item in self.errors if item.get("message")]


class SearchError(InvalidRequest):
    """A filter or an order can't be read: `length` characters of `text` from `position` on are wrong."""

    text = ""

    @property
    def position(self) -> int:
        return _whole(self.body.get("position"))

    @property
    def length(self) -> int:
        return max(1, _whole(self.body.get("length")))

    @property
    def suggestion(self) -> str:
        return str(self.body.get("suggestion") or "")

    def __str__(self) -> str:
        sentence = " ".join(part for part in (self.message, self.hint) if part)
        return f"{sentence}\n{self.caret()}" if self.text else sentence

    def caret(self) -> str:
        """The text around the mistake, with carets below it."""
        start = max(0, self.position - SHOWN)
        shown = self.text[start : self.position + self.length + SHOWN].replace("\n", " ").replace("\t", " ")
        indent = self.position - start
        return f"    {shown}\n    {' ' * indent}{'^' * max(1, min(self.length, len(shown) - indent))}"


def _whole(value: object) -> int:
    return value if isinstance(value, int) and value >= 0 else 0


class Unauthorized(Refused):
    """The token is missing, wrong or expired."""


class Denied(Refused):
    """The token's owner lacks the permission."""


class NotFound(Refused):
    """There is no such thing, or it is not visible to the token's owner."""


class Conflict(Refused):
    """The state of the thing does not allow the change."""


SHOWN = 60  # characters on either side of a mistake
REFUSALS: Mapping[int, type[Refused]] = {401: Unauthorized, 403: Denied, 404: NotFound, 410: NotFound, 409: Conflict}
# 507: the disk is full, which someone will mend.
LATER = frozenset({408, 425, 429, 500, 502, 503, 504, 507})

"""Errors with a code, one clear sentence and a way out.

    StudioError
    ├── Invalid       400   malformed, ill-typed or out of range; `fields` names each part
    ├── Denied        403   visible, but the role lacks the permission
    ├── NotFound      404
    ├── Conflict      409   the state changed meanwhile, a stale lease, a name taken
    ├── Gone          410
    ├── TooLarge      413
    ├── Unprocessable 422   a known idempotency key with another body
    ├── Throttled     429   `retry_after` in seconds
    ├── Unavailable   503   something the studio needs is away
    ├── TooSlow       504   the work was stopped after the time that one request has
    └── NoSpace       507

Services raise them, pages and the API turn them into answers; nothing below a view knows HTTP beyond the number here.
Every code is documented in docs/errors.md.
"""

from collections.abc import Mapping


class StudioError(Exception):
    status = 500

    def __init__(
        self,
        code: str,
        message: str,
        *,
        hint: str = "",
        fields: Mapping[str, str] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.fields = dict(fields or {})
        self.retry_after = retry_after


class Invalid(StudioError):
    status = 400


class Denied(StudioError):
    status = 403


class NotFound(StudioError):
    status = 404


class Conflict(StudioError):
    status = 409


class Gone(StudioError):
    status = 410


class TooLarge(StudioError):
    status = 413


class Unprocessable(StudioError):
    status = 422


class Throttled(StudioError):
    status = 429


class Unavailable(StudioError):
    status = 503


class TooSlow(StudioError):
    status = 504


class NoSpace(StudioError):
    status = 507

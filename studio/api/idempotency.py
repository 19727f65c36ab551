"""`Idempotency-Key`: a repeated creating request finds the first one's answer instead of creating again.

The key belongs to the caller and is kept for 24 hours with a hash of the request. The answer is stored in the same
transaction as what the request created, so either both are there or neither.
"""

import functools
import hashlib
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from studio.accounts.models import User
from studio.api.models import IdempotencyKey
from studio.api.renderers import dumps
from studio.errors import Conflict, Invalid, Unprocessable

KEPT = timedelta(hours=24)
ABANDONED = timedelta(seconds=120)  # longer than any request may take: its process died
WAIT_SECONDS = 10.0
LONGEST = 100

Handler = Callable[..., Response]


def idempotent(handler: Handler) -> Handler:
    """Decorate a creating method of an API view; without the header it runs as it is.

    The method must do all its writing in the database: it runs in one transaction with the stored answer.
    """

    @functools.wraps(handler)
    def answer(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return handler(self, request, *args, **kwargs)
        _require_plain(key)
        work = functools.partial(handler, self, request, *args, **kwargs)
        return _once(user=request.user, key=key, body_hash=_hash(request), work=work)

    return answer


def forget_old_keys() -> int:
    """Drop the answers that are older than a day."""
    return IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]


def _once(*, user: User, key: str, body_hash: str, work: Callable[[], Response]) -> Response:
    deadline = time.monotonic() + WAIT_SECONDS
    while not _claim(user, key, body_hash):
        stored = IdempotencyKey.objects.filter(user=user, key=key).first()
        if stored is None:
            continue  # the first request failed meanwhile: this one takes its place
        if stored.body_hash != body_hash:
            raise Unprocessable(
                "idempotency_key_reused",
                "This Idempotency-Key came before with another request.",
                hint="Use a new key for a new request.",
            )
        if stored.status:
            return Response(stored.answer, status=stored.status, headers={"Idempotency-Replayed": "true"})
        if time.monotonic() > deadline:
            raise Conflict(
                "request_in_progress",
                "The first request with this Idempotency-Key is still at work.",
                hint="Try again in a moment.",
                retry_after=2,
            )
        time.sleep(0.05)
    return _work_and_keep(user, key, work)


def _claim(user: User, key: str, body_hash: str) -> bool:
    """Whether the key is now ours to work on: it is new, older than a day, or its first request died."""
    now = timezone.now()
    rows = IdempotencyKey.objects.filter(user=user, key=key)
    rows.filter(created_at__lt=now - KEPT).delete()
    rows.filter(status=0, created_at__lt=now - ABANDONED).delete()
    try:
        with transaction.atomic():
            IdempotencyKey.objects.create(user=user, key=key, body_hash=body_hash)
    except IntegrityError:
        return False
    return True


def _work_and_keep(user: User, key: str, work: Callable[[], Response]) -> Response:
    rows = IdempotencyKey.objects.filter(user=user, key=key)
    try:
        with transaction.atomic():
            response = work()
            rows.update(status=response.status_code, answer=orjson.loads(dumps(response.data)))
    except BaseException:  # whatever stopped it, nothing was created: the key is free again
        rows.filter(status=0).delete()
        raise
    return response


def _hash(request: Request) -> str:
    body = orjson.dumps(request.data, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return hashlib.sha256(b"\n".join([str(request.method).encode(), request.path.encode(), body])).hexdigest()


def _require_plain(key: str) -> None:
    if not (0 < len(key) <= LONGEST and key.isascii() and key.isprintable()):
        raise Invalid("bad_idempotency_key", f"Idempotency-Key must be 1 to {LONGEST} printable ASCII characters.")

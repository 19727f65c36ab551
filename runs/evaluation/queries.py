"""Reading evaluation datasets."""

import base64
import binascii

from django.db.models import Q

from runs.evaluation.models import EvaluationDataset, EvaluationRecord
from studio.errors import Invalid


def records(dataset: EvaluationDataset, *, limit: int, token: str = "") -> tuple[list[EvaluationRecord], str]:
    """One page of records, the oldest first, and the token of the next one."""
    rows = dataset.records.order_by("created_ms", "id")
    if token:
        created_ms, pk = _after(token)
        rows = rows.filter(Q(created_ms__gt=created_ms) | Q(created_ms=created_ms, id__gt=pk))
    found = list(rows[: limit + 1])
    if len(found) <= limit:
        return found, ""
    last = found[limit - 1]
    return found[:limit], base64.urlsafe_b64encode(f"{last.created_ms}:{last.pk}".encode()).decode()


def count(dataset: EvaluationDataset) -> int:
    return dataset.records.count()


def _after(token: str) -> tuple[int, str]:
    try:
        decoded = base64.b64decode(token[:200].encode("ascii"), altchars=b"-_", validate=True).decode("ascii")
        created_ms, _, pk = decoded.partition(":")
        return int(created_ms[:18]), pk
    except (ValueError, binascii.Error):
        message = "This page token is not one this list gave out."
        raise Invalid("bad_cursor", message, fields={"page_token": message}) from None

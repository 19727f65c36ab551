"""Times as MLflow sends them: milliseconds since the epoch."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def from_ms(value: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=value)


def to_ms(moment: datetime) -> int:
    return (moment - _EPOCH) // _MILLISECOND

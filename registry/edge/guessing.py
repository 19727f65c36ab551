"""Wrong codes are counted per address and process: a code has 58 bits, so this only keeps a sweep from being a load."""

import threading
import time

from studio.errors import Throttled

WINDOW = 60.0
MOST = 10
REMEMBERED = 10_000

_wrong: dict[str, list[float]] = {}
_lock = threading.Lock()


def check(address: str) -> None:
    """Raise Throttled when this address gave too many wrong codes within a minute."""
    with _lock:
        if len(_recent(address)) >= MOST:
            raise Throttled(
                "code_throttled",
                "Too many wrong codes came from this address.",
                hint="Wait a minute and try again.",
                retry_after=int(WINDOW),
            )


def note(address: str) -> None:
    """Count one wrong code."""
    with _lock:
        if len(_wrong) > REMEMBERED:
            _wrong.clear()
        _wrong[address] = [*_recent(address), time.monotonic()]


def forget() -> None:
    """Count from nothing again."""
    with _lock:
        _wrong.clear()


def _recent(address: str) -> list[float]:
    since = time.monotonic() - WINDOW
    return [at for at in _wrong.get(address, ()) if at > since]

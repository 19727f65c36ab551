"""What a build says: lines for people, in the job's log."""

import time
from collections.abc import Iterable


class Teller:
    """Writes lines at once. What must not be seen is replaced, whoever printed it."""

    def __init__(self) -> None:
        self._hidden: list[str] = []
        self._began = time.monotonic()

    def hide(self, values: Iterable[str]) -> None:
        """Never show these: passwords and what they are written as."""
        self._hidden = sorted({*self._hidden, *(value for value in values if len(value) >= 4)}, key=len, reverse=True)

    def clean(self, text: str) -> str:
        for value in self._hidden:
            text = text.replace(value, "***")
        return text

    def say(self, text: str = "", *, indent: int = 0) -> None:
        for line in text.splitlines() or [""]:
            print(" " * indent + self.clean(line.rstrip()), flush=True)

    @property
    def took(self) -> str:
        return seconds(time.monotonic() - self._began)


def size(count: float) -> str:
    """1,234,567 bytes as "1.2 MB"."""
    for unit in ("bytes", "KB", "MB"):
        if count < 1000:
            return f"{count:,.0f} {unit}" if unit in {"bytes", "KB"} or count >= 100 else f"{count:,.1f} {unit}"
        count /= 1000
    return f"{count:,.1f} GB"


def seconds(count: float) -> str:
    """75.3 as "1 min 15 s"."""
    if count < 60:
        return f"{count:.1f} s"
    minutes, rest = divmod(round(count), 60)
    return f"{minutes} min {rest} s"

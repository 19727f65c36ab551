"""Durations as people write them."""

import re

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_PATTERN = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd]?)")


def parse_seconds(text: str) -> int:
    """Seconds of `90`, `30s`, `15m`, `2h`, `7d` or `1h 30m`. Raises ValueError with a sentence."""
    parts = _PATTERN.findall(text.strip().lower())
    if not parts or _PATTERN.sub("", text.strip().lower()).strip():
        raise ValueError("Write a duration such as 30s, 15m, 2h or 7d.")
    return round(sum(float(amount) * _UNITS[unit or "s"] for amount, unit in parts))


def as_text(seconds: int) -> str:
    """The shortest of those forms."""
    for unit in ("d", "h", "m"):
        if seconds and seconds % _UNITS[unit] == 0:
            return f"{seconds // _UNITS[unit]}{unit}"
    return f"{seconds}s"

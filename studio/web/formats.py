"""How times, sizes and numbers read to a person: the one place that decides."""

import math
from datetime import datetime, timedelta

from django.utils import timezone

DASH = "–"
SIZE_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")
BINARY_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


def duration(value: timedelta | float | None) -> str:
    """`47s`, `4m 12s`, `1h 04m`, `2d 3h`; below a second `320ms`; a dash for none."""
    if value is None:
        return DASH
    seconds = value.total_seconds() if isinstance(value, timedelta) else float(value)
    if not math.isfinite(seconds) or seconds < 0:
        return DASH
    if 0 < seconds < 1:
        return f"{max(1, round(seconds * 1000))}ms"
    whole = int(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02d}s"
    if whole < 86400:
        return f"{whole // 3600}h {whole % 3600 // 60:02d}m"
    return f"{whole // 86400}d {whole % 86400 // 3600}h"


def relative_time(moment: datetime | None, *, now: datetime | None = None) -> str:
    """`just now`, `3 min ago`, `in 2 h`, `5 days ago`; older than a week the date; a dash for none."""
    if moment is None:
        return DASH
    now = now or timezone.now()
    seconds = (now - moment).total_seconds()
    ahead, distance = seconds < 0, abs(seconds)
    if distance < 45:
        return "in a moment" if ahead and distance > 5 else "just now"
    if distance >= 7 * 86400:
        return date(moment, now=now)
    if distance < 3570:
        text = f"{max(1, round(distance / 60))} min"
    elif distance < 86400:
        text = f"{max(1, round(distance / 3600))} h"
    else:
        days = int(distance // 86400)
        text = f"{days} day" if days == 1 else f"{days} days"
    return f"in {text}" if ahead else f"{text} ago"


def date(moment: datetime, *, now: datetime | None = None) -> str:
    """`12 Mar`, with the year when it isn't this one."""
    local = timezone.localtime(moment)
    this_year = timezone.localtime(now or timezone.now()).year
    return f"{local.day} {local:%b}" if local.year == this_year else f"{local.day} {local:%b %Y}"


def absolute_time(moment: datetime | None) -> str:
    """The moment to the second, with the zone's name."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return f"{local.day} {local:%b %Y, %H:%M:%S %Z}"


def _scaled(value: float, *, step: int, units: tuple[str, ...]) -> str:
    amount, unit = float(value), 0
    # 999.95 would print as 1000.0: go on to the next unit before rounding gets there.
    while abs(amount) >= step - step / 2000 and unit < len(units) - 1:
        amount, unit = amount / step, unit + 1
    if unit == 0:
        return f"{int(amount)} {units[0]}"
    return f"{amount:.{0 if abs(amount) >= 100 else 1}f} {units[unit]}"


def size(value: float | None) -> str:
    """`0 B`, `1.5 MB`, `48.2 GB`: powers of ten; a dash for none."""
    return DASH if value is None else _scaled(value, step=1000, units=SIZE_UNITS)


def binary_size(value: float | None) -> str:
    """`1.4 GiB`: powers of two, for memory."""
    return DASH if value is None else _scaled(value, step=1024, units=BINARY_UNITS)


def number(value: float | None, *, digits: int = 4) -> str:
    """Four significant digits, whole numbers in full with groups of three; `NaN`, `Infinity` by name; a dash for none."""
    if value is None:
        return DASH
    if isinstance(value, int) or (math.isfinite(value) and value == int(value) and abs(value) < 1e15):
        return f"{int(value):,}"
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if 1e-4 <= abs(value) < 10**digits:
        decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
        text = f"{value:,.{decimals}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if abs(value) < 1e15 and abs(value) >= 1:
        return f"{value:,.0f}"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"


def full_number(value: float | None) -> str:
    """Every digit, for a title or a copy."""
    return "" if value is None else repr(value)


def percent(value: float | None) -> str:
    """A share between 0 and 1 as `42 %`; a dash for none."""
    return DASH if value is None or not math.isfinite(value) else f"{value * 100:.0f} %"


def middle_cut(text: str, *, length: int = 24) -> str:
    """A long name with its middle left out, so that both ends can be told apart."""
    if len(text) <= length:
        return text
    head = (length - 1) // 2
    return f"{text[:head]}…{text[len(text) - (length - 1 - head) :]}"


def sparkline(values: list[float | None], *, width: int = 100, height: int = 28) -> str:
    """The `d` of an SVG path through the values; a gap where one isn't finite."""
    finite = [value for value in values if value is not None and math.isfinite(value)]
    if len(finite) < 2:
        return ""
    low, high = min(finite), max(finite)
    spread = (high - low) or 1.0
    parts, pen_up = [], True
    for index, value in enumerate(values):
        if value is None or not math.isfinite(value):
            pen_up = True
            continue
        x = index * width / (len(values) - 1)
        y = height - 2 - (value - low) / spread * (height - 4)
        parts.append(f"{'M' if pen_up else 'L'}{x:.1f} {y:.1f}")
        pen_up = False
    return "".join(parts)

"""Azure's machine sizes as limits of an instance: existing deployment files name one, and it means CPUs and memory here too."""

import re
from dataclasses import dataclass

GIB = 1024**3
DEFAULT = "Standard_DS2_v2"
_OLD = {1: 3.5, 2: 7.0, 3: 14.0, 4: 28.0, 5: 56.0}  # Standard_DS<n>_v2: 2 ** (n - 1) CPUs
_SERIES = re.compile(r"standard_(?P<family>[a-z]{1,2})(?P<count>\d{1,3})(?P<rest>[a-z]*)(?:_v(?P<version>\d))?")
_GIB_A_CPU = {"b": 4.0, "d": 4.0, "e": 8.0, "f": 2.0, "l": 8.0, "m": 16.0}


@dataclass(frozen=True, slots=True)
class Size:
    """What an instance may take; zero: no limit is known."""

    cpu: float
    memory: int  # bytes
    gpu: int = 0


def size_of(name: str) -> Size | None:
    """What a machine of this name has; None for a name that is none of Azure's."""
    found = _SERIES.match(name.strip().lower())
    if found is None:
        return None
    family, count = found["family"], int(found["count"])
    if family in ("ds", "d") and found["version"] == "2" and count in _OLD:
        return Size(float(2 ** (count - 1)), int(_OLD[count] * GIB))
    if family in ("nc", "nd", "nv"):
        return Size(float(count), 0, gpu=max(1, count // 6))
    each = _GIB_A_CPU.get(family[0], 0.0)
    return Size(float(count), int(count * each * GIB))

"""How a job names secrets: `${{secrets.token}}` in the value of an environment variable."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

REFERENCE = re.compile(r"\$\{\{\s*secrets\s*\.\s*([A-Za-z0-9][A-Za-z0-9_.-]{0,119})\s*\}\}")


def names(texts: Iterable[object]) -> list[str]:
    """The secrets that texts name, each once, in order."""
    return list(dict.fromkeys(found for text in texts for found in REFERENCE.findall(str(text))))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with every value in its place. A name without a value raises KeyError."""
    return REFERENCE.sub(lambda match: values[match[1]], text)

"""Tabs of a page, as `templates/ui/tabs.html` shows them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tab:
    """One of a page's tabs; `count` is the number behind its label, None for no number."""

    label: str
    icon: str
    url: str
    is_current: bool
    count: int | None = None

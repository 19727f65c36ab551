"""Who wants to know of new versions that can be read. Features above register; they hear in the same transaction."""

from collections.abc import Callable

from registry.data.assets.models import DataVersion

Listener = Callable[[DataVersion], None]
_listeners: list[Listener] = []


def register(listener: Listener) -> None:
    """Called by a feature's AppConfig when the studio starts."""
    _listeners.append(listener)


def tell(version: DataVersion) -> None:
    """The version is ready."""
    for listener in _listeners:
        listener(version)

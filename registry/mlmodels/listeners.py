"""Who wants to know of new versions of models. Features above register; they hear in the same transaction."""

from collections.abc import Callable

from registry.mlmodels.models import ModelVersion

Listener = Callable[[ModelVersion], None]
_listeners: list[Listener] = []


def register(listener: Listener) -> None:
    """Called by a feature's AppConfig when the studio starts."""
    _listeners.append(listener)


def tell(version: ModelVersion) -> None:
    """The version was registered."""
    for listener in _listeners:
        listener(version)

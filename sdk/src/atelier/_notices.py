"""What the package says while a script runs: one sentence, once."""

from __future__ import annotations

import threading

_said: set[str] = set()
_guard = threading.Lock()


def warn_once(topic: str, sentence: str) -> None:
    """Logs a warning the first time a topic comes up."""
    with _guard:
        if topic in _said:
            return
        _said.add(topic)
    # Logging, not warnings: under `-W error` a warning would raise into the training code.
    import logging

    logging.getLogger("atelier").warning("atelier: %s", sentence)


def renew_lock() -> None:
    """Called in a forked child: a thread of the parent may have held the lock."""
    global _guard
    _guard = threading.Lock()


def forget(topic: str = "") -> None:
    """Lets a topic (or all) be said again."""
    with _guard:
        _said.difference_update({topic} if topic else set(_said))

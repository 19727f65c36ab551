"""The loop that keeps the children alive and ends them in order. One thread, no polling: it sleeps until a child says
something, a child ends, a start falls due or a signal comes."""

import os
import selectors
import signal
import time
from collections.abc import Callable, Iterable
from types import FrameType

from studio.supervisor.children import Child

Say = Callable[[str], None]


class StopAsked(Exception):
    """Ctrl-C, SIGTERM or a closed terminal."""


class Watch:
    """Children in the order in which they start; they end in the reverse order."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self.children: list[Child] = []
        self.stop_count = 0
        self.selector = selectors.DefaultSelector()
        self.wake_read, self.wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self.selector.register(self.wake_read, selectors.EVENT_READ)

    def take_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)  # wakes the selector through the descriptor below
        signal.set_wakeup_fd(self.wake_write, warn_on_full_buffer=False)

    def add(self, child: Child) -> Child:
        self.children.append(child)
        self._start(child)
        return child

    @property
    def is_stopping(self) -> bool:
        return self.stop_count > 0

    def run_until(self, reached: Callable[[], bool], *, timeout: float, every: float = 0.05) -> bool:
        """Keep the children alive until `reached()` or the time is over. Raises StopAsked."""
        ends_at = time.monotonic() + timeout
        while time.monotonic() < ends_at:
            if self.is_stopping:
                raise StopAsked
            if reached():
                return True
            self._turn(every)
        return False

    def run(self) -> None:
        """Keep the children alive until somebody asks to stop."""
        while not self.is_stopping:
            self._turn(None)

    def end(self, children: Iterable[Child]) -> None:
        """End these children together: ask, wait for the longest grace, kill. A second Ctrl-C does not wait."""
        waiting = list(children)
        for child in waiting:
            child.ask_to_end()
        asked = self.stop_count
        ends_at = time.monotonic() + max((child.grace for child in waiting), default=0.0)
        while any(child.is_running for child in waiting) and time.monotonic() < ends_at and self.stop_count == asked:
            self._wait(min(0.2, ends_at - time.monotonic()))
        for child in waiting:
            self._bury(child)

    def end_all(self) -> None:
        for child in reversed(self.children):
            self.end([child])

    def pause(self, seconds: float) -> None:
        """Keep the others running for a moment while stopping."""
        self._wait(seconds)

    def _turn(self, longest: float | None) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.process and child.process.poll() is not None:
                self._forget_output(child)
                how = child.died()
                self.say(f"{child.name} ended ({how}); starting it again in {child.due_at - now:.1f} s")  # type: ignore[operator]
            elif child.due_at is not None and child.due_at <= now:
                self._start(child)
        due = [child.due_at - now for child in self.children if child.due_at is not None]
        limits = [limit for limit in (longest, *due) if limit is not None]
        self._wait(max(0.0, min(limits)) if limits else None)

    def _wait(self, seconds: float | None) -> None:
        for key, _ in self.selector.select(seconds):
            if key.data is None:
                _drain(self.wake_read)
            elif not key.data.read_output():
                self.selector.unregister(key.fileobj)

    def _start(self, child: Child) -> None:
        child.start()
        if child.output is not None:
            self.selector.register(child.output, selectors.EVENT_READ, child)

    def _forget_output(self, child: Child) -> None:
        """Take the last words of a child that ended, and close its pipe."""
        if child.output is None:
            return
        child.read_output()
        if child.output in self.selector.get_map():
            self.selector.unregister(child.output)
        child.output.close()

    def _bury(self, child: Child) -> None:
        child.kill()
        if child.process:
            child.process.wait()
        self._forget_output(child)
        child.process = None
        child.log.close()

    def _on_stop(self, number: int, frame: FrameType | None) -> None:
        self.stop_count += 1


def _drain(descriptor: int) -> None:
    try:
        while os.read(descriptor, 4096):
            pass
    except BlockingIOError:
        pass

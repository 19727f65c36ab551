"""The loop that keeps children alive and ends them in order."""

import os
import sys
import time
from pathlib import Path

import pytest

from studio.supervisor.children import Child
from studio.supervisor.watch import StopAsked, Watch


class Setting:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.watch = Watch(self.said.append)

    def add(self, name: str, code: str, **options) -> Child:
        command = [sys.executable, "-c", code]
        return self.watch.add(Child(name, command, dict(os.environ), self.folder, self.folder, **options))

    def until(self, reached, timeout: float = 5) -> bool:
        return self.watch.run_until(reached, timeout=timeout, every=0.01)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()


@pytest.fixture
def setting(tmp_path: Path):
    made = Setting(tmp_path)
    yield made
    for child in made.watch.children:
        child.grace = 0
    made.watch.end_all()


def test_a_child_that_dies_is_started_again_and_said_so(setting: Setting) -> None:
    setting.add("web", "print('up')")
    assert setting.until(lambda: setting.log("web").count("up") >= 2)
    assert setting.said[0].startswith("web ended (exit code 0); starting it again in 0.2 s")


def test_the_last_words_of_a_child_are_kept(setting: Setting) -> None:
    setting.add("web", "print('x' * 100_000 + 'end')")
    assert setting.until(lambda: "end" in setting.log("web"))


def test_asking_to_stop_interrupts_waiting(setting: Setting) -> None:
    setting.watch.stop_count = 1
    with pytest.raises(StopAsked):
        setting.until(lambda: False)


def test_children_end_in_reverse_order(setting: Setting, tmp_path: Path) -> None:
    code = (
        "import signal, sys, time\n"
        "def end(*_):\n"
        "    open('order', 'a').write(sys.argv[0] and NAME + ' '); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end); print('up', flush=True); time.sleep(60)"
    )
    for name in ("redis", "web", "worker"):
        setting.add(name, f"NAME = {name!r}\n{code}")
    assert setting.until(lambda: all("up" in setting.log(name) for name in ("redis", "web", "worker")))
    setting.watch.end_all()
    assert (tmp_path / "order").read_text().split() == ["worker", "web", "redis"]


def test_a_child_that_ignores_the_request_is_killed_after_its_grace(setting: Setting) -> None:
    child = setting.add(
        "deaf",
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
        grace=0.2,
    )
    assert setting.until(lambda: "up" in setting.log("deaf"))
    began = time.monotonic()
    setting.watch.end_all()
    assert time.monotonic() - began < 3
    assert child.process is None


def test_a_second_request_to_stop_does_not_wait(setting: Setting) -> None:
    setting.add(
        "deaf",
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
        grace=30,
    )
    assert setting.until(lambda: "up" in setting.log("deaf"))
    hurry = Hurry(setting.watch)
    began = time.monotonic()
    hurry.end_all()
    assert time.monotonic() - began < 3


class Hurry:
    """A watch that hears a second Ctrl-C in its first wait."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.wait = watch._wait
        watch._wait = self._press  # type: ignore[method-assign]

    def _press(self, seconds: float | None) -> None:
        self.watch.stop_count += 1
        self.wait(0.01)

    def end_all(self) -> None:
        self.watch.end_all()


def test_a_child_in_its_pause_is_not_started_again_when_stopping(setting: Setting) -> None:
    child = setting.add("web", "pass")
    assert setting.until(lambda: child.process is None)
    setting.watch.end_all()
    assert child.due_at is None

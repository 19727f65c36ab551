"""One child: its output, its death, its back-off, its end."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from studio.supervisor import children
from studio.supervisor.children import Child, how_ended


@pytest.fixture
def child(tmp_path: Path):
    made: list[Child] = []

    def make(code: str, **options) -> Child:
        one = Child("fake", [sys.executable, "-c", code], dict(os.environ), tmp_path, tmp_path, **options)
        made.append(one)
        return one

    yield make
    for one in made:
        one.kill()
        if one.process:
            one.process.wait()


def read_to_end(child: Child) -> None:
    while child.read_output():
        time.sleep(0.005)


def test_what_a_child_says_is_in_its_log(child, tmp_path: Path) -> None:
    one = child("import sys; print('out', flush=True); print('err', file=sys.stderr)")
    one.start()
    read_to_end(one)
    assert (tmp_path / "fake.log").read_text() == "out\nerr\n"


def test_each_early_death_doubles_the_pause(child) -> None:
    one = child("raise SystemExit(3)")
    pauses = []
    for _ in range(3):
        one.start()
        before = time.monotonic()
        assert one.died() == "exit code 3"
        pauses.append(one.due_at - before)
    assert pauses == pytest.approx([0.2, 0.4, 0.8], abs=0.15)


def test_the_pause_has_a_longest(child) -> None:
    one = child("pass", pause=children.LONGEST_PAUSE)
    one.start()
    one.died()
    assert one.pause == children.LONGEST_PAUSE


def test_a_child_that_was_stable_starts_again_at_once(child) -> None:
    one = child("pass", pause=20.0)
    one.start()
    one.started_at -= children.STABLE_AFTER
    one.died()
    assert one.due_at - time.monotonic() <= children.FIRST_PAUSE


def test_a_signal_is_named() -> None:
    assert how_ended(-9) == "signal SIGKILL"
    assert how_ended(1) == "exit code 1"


def test_killing_a_child_ends_what_it_started(child) -> None:
    one = child("import subprocess; p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True); p.wait()")
    one.start()
    os.set_blocking(one.output.fileno(), True)
    grandchild = int(one.output.readline())
    one.kill()
    one.process.wait()
    assert_gone(grandchild)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child to its parent's life")
def test_a_child_dies_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import os, sys, time; from pathlib import Path; from studio.supervisor.children import Child;"
        f"c = Child('fake', ['sleep', '60'], dict(os.environ), Path({str(tmp_path)!r}), Path('/')); c.start();"
        "print(c.pid, flush=True); time.sleep(60)"
    )
    import subprocess

    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as supervisor:
        pid = int(supervisor.stdout.readline())
        supervisor.send_signal(signal.SIGKILL)
    assert_gone(pid)


def assert_gone(pid: int) -> None:
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().split()[2]
        except OSError:
            return
        if state == "Z":
            return
        time.sleep(0.02)
    raise AssertionError(f"process {pid} lives")

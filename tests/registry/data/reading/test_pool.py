"""Processes that die, hang or are all busy cost one answer and nothing else."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.data.reading.child.limits import Limits
from registry.data.reading.pool import Pool
from registry.data.reading.tables import SourceFile, Table
from studio.errors import TooSlow, Unavailable

ENDLESS = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b"


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[Pool]:
    made = Pool(1, Limits(256, 1024, 100, 1, 60), tmp_path / "reading")
    yield made
    made.close()


def ask(pool: Pool, folder: Path, sql: str, seconds: float = 10) -> object:
    path = folder / "a.csv"
    path.write_text("a\n1\n")
    table = Table("delimited", (SourceFile("a.csv", path, 4),))
    with pool.asked({"what": "ask", "sql": sql, "limit": 10, "table": table.as_dict()}, seconds=seconds) as told:
        return told["answer"]["rows"]


def test_a_process_killed_in_the_middle_answers_503_and_the_next_question_works(pool: Pool, tmp_path: Path) -> None:
    assert ask(pool, tmp_path, "SELECT 1") == [[1]]
    victim = pool.idle[0].running
    threading.Timer(0.15, lambda: os.kill(victim.pid, signal.SIGKILL)).start()
    with pytest.raises(Unavailable) as caught:
        ask(pool, tmp_path, ENDLESS)
    assert caught.value.code == "reader_lost"
    assert ask(pool, tmp_path, "SELECT a FROM data") == [[1]]
    assert len(list((tmp_path / "reading").iterdir())) == 1


def test_an_endless_query_is_stopped_and_its_process_replaced(pool: Pool, tmp_path: Path) -> None:
    ask(pool, tmp_path, "SELECT 1")
    process = pool.idle[0].running
    with pytest.raises(TooSlow):
        ask(pool, tmp_path, ENDLESS, seconds=0.2)
    assert process.poll() is not None
    assert ask(pool, tmp_path, "SELECT 2") == [[2]]


def test_a_refused_question_keeps_its_process(pool: Pool, tmp_path: Path) -> None:
    ask(pool, tmp_path, "SELECT 1")
    before = pool.idle[0].running.pid
    with pytest.raises(KeyError):
        ask(pool, tmp_path, "selec")
    assert pool.idle[0].running.pid == before


def test_when_all_are_busy_one_sentence_says_so(pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.data.reading.pool.WAIT_SECONDS", 0.05)
    with pool._place(), pytest.raises(Unavailable) as caught:
        ask(pool, tmp_path, "SELECT 1")
    assert caught.value.code == "readers_busy"
    assert ask(pool, tmp_path, "SELECT 1") == [[1]]


def test_a_process_that_was_woken_answers_the_next_question(pool: Pool, tmp_path: Path) -> None:
    pool.wake()
    pool.wake()
    assert ask(pool, tmp_path, "SELECT 1") == [[1]]
    assert len(list((tmp_path / "reading").iterdir())) == 1
    before = pool.idle[0].running.pid
    pool.wake()
    assert pool.waking is None
    assert pool.idle[0].running.pid == before


def test_a_process_ends_with_its_parent_also_in_the_middle_of_a_query(pool: Pool, tmp_path: Path) -> None:
    ask(pool, tmp_path, "SELECT 1")
    process = pool.idle[0]
    assert process.running.stdin is not None
    path = tmp_path / "a.csv"
    table = Table("delimited", (SourceFile("a.csv", path, 4),)).as_dict()
    import json

    question = json.dumps({"what": "ask", "sql": ENDLESS, "limit": 1, "table": table})
    process.running.stdin.write(question.encode() + b"\n")
    process.running.stdin.close()  # what the end of the parent does
    until = time.monotonic() + 5
    while process.running.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    assert process.running.poll() == 0
    assert not process.folder.exists()


def test_the_studio_s_environment_stays_outside(pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATELIER_SECRET_KEY", "not for you")
    ask(pool, tmp_path, "SELECT 1")
    environment = Path(f"/proc/{pool.idle[0].running.pid}/environ").read_text()
    assert "ATELIER" not in environment
    assert "DATABASE" not in environment

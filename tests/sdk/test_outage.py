"""The server goes away, misbehaves or was never there: nothing raises, nothing is lost, nothing is stored twice."""

import itertools
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import atelier
import pytest
from atelier import _journal, _sender, _sync

from tests.sdk import twin_server

SDK = str(Path(atelier.__file__).parents[1])


def test_ten_thousand_points_logged_while_the_server_is_down_arrive_once(online: twin_server.Twin, spool: Path) -> None:
    with atelier.start_run() as run:
        run.log({"loss": 0.0}, step=0)
        online.stop()
        started = time.perf_counter()
        for step in range(1, 10_001):
            run.log({"loss": float(step)}, step=step)
        assert time.perf_counter() - started < 1.0
        online.start()
    stored = online.run(run.id)
    assert sorted(step for step, _ in stored.points("loss")) == list(range(10_001))
    assert stored.data["state"] == "completed"
    assert list(spool.iterdir()) == []


def test_a_run_can_start_while_the_server_is_down(online: twin_server.Twin, caplog: pytest.LogCaptureFixture) -> None:
    online.stop()
    with atelier.start_run(experiment="vision/digits", params={"lr": 1}) as run:
        run.log({"loss": 1.0})
        online.start()
    stored = online.run(run.id)
    assert stored.data["experiment"] == "vision/digits"
    assert stored.points("loss") == [(0, 1.0)]
    assert stored.data["state"] == "completed"
    assert "does not answer" in caplog.text


def test_a_silent_server_is_left_after_the_wait_and_sync_sends_the_rest(
    online: twin_server.Twin, spool: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    script = (
        "import atelier\n"
        "with atelier.start_run(experiment='x') as run:\n"
        "    print(run.id)\n"
        "    for step in range(3000): run.log({'loss': step}, step=step)\n"
        "    run.log_text('kept', 'kept.txt')\n"
    )
    online.stop()
    patched = "import atelier._sender as s; s.EXIT_SECONDS = 0.5\n" + script
    done = _python(patched)
    assert done.returncode == 0, done.stderr
    run_id = done.stdout.strip()
    assert "atelier sync" in done.stderr
    online.start()
    report = atelier.sync()
    assert report.is_complete and report.files == 1
    stored = online.run(run_id)
    assert [step for step, _ in stored.points("loss")] == list(range(3000))
    assert stored.artifacts == {"kept.txt": b"kept"}
    assert (stored.data["state"], stored.duplicates) == ("completed", 0)
    assert list(spool.iterdir()) == []
    assert atelier.sync().journals == 0


def test_lost_answers_store_nothing_twice(online: twin_server.Twin) -> None:
    counter = itertools.count()

    def lose_every_third(method: str, path: str) -> Any:
        return "drop after" if method != "GET" and next(counter) % 3 == 0 else None

    with online.misbehaving(lose_every_third), atelier.start_run() as run:
        for step in range(6_000):
            run.log({"loss": float(step)}, step=step)
    stored = online.run(run.id)
    assert [step for step, _ in stored.points("loss")] == list(range(6_000))
    assert stored.duplicates > 0
    assert len(online.state.runs) == 1


def test_retry_after_is_honoured(online: twin_server.Twin) -> None:
    times: list[float] = []

    def busy_once(method: str, path: str) -> Any:
        if path.endswith("/ingest"):
            times.append(time.monotonic())
            if len(times) == 1:
                return 503, {"Retry-After": "1"}, {"detail": "Later."}
        return None

    with online.misbehaving(busy_once), atelier.start_run() as run:
        run.log({"loss": 1.0})
        assert twin_server.until(lambda: len(times) >= 2)
    assert times[1] - times[0] >= 1.0
    assert online.run(run.id).points("loss") == [(0, 1.0)]


@pytest.mark.parametrize("status", [200, 404, 403, 302])
def test_the_answer_of_a_proxy_is_not_taken_for_the_servers(online: twin_server.Twin, status: int) -> None:
    seen: list[str] = []

    def proxy(method: str, path: str) -> Any:
        if path.endswith("/ingest") and len(seen) < 2:
            seen.append(path)
            return status, {}, b"<html>sign in</html>"
        return None

    with online.misbehaving(proxy), atelier.start_run() as run:
        run.log({"loss": 1.0})
    assert len(seen) == 2
    assert online.run(run.id).points("loss") == [(0, 1.0)]


def test_a_batch_the_server_refuses_holds_up_nothing(
    online: twin_server.Twin, caplog: pytest.LogCaptureFixture
) -> None:
    refused = iter([True])

    def refuse_first(method: str, path: str) -> Any:
        if path.endswith("/ingest") and next(refused, False):
            return 400, {}, {"detail": "The batch is not valid.", "code": "invalid"}
        return None

    with online.misbehaving(refuse_first), atelier.start_run() as run:
        run.log({"loss": 1.0})
        run.flush()
        assert twin_server.until(lambda: "The batch is not valid" in caplog.text)
        run.log({"loss": 2.0})
    assert online.run(run.id).points("loss") == [(1, 2.0)]
    assert online.run(run.id).data["state"] == "completed"


def test_strict_mode_raises_what_the_server_refused(online: twin_server.Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATELIER_STRICT", "1")

    def refuse(method: str, path: str) -> Any:
        return (400, {}, {"detail": "The batch is not valid."}) if path.endswith("/ingest") else None

    run = atelier.start_run()
    with online.misbehaving(refuse):
        run.log({"loss": 1.0})
        with pytest.raises(atelier.InvalidRequest, match="not valid"):
            run.finish()


def test_children_that_end_during_an_outage_do_not_wait_for_its_end(online: twin_server.Twin, spool: Path) -> None:
    with atelier.start_run() as parent:
        online.stop()
        started = time.monotonic()
        child = parent.child("one")
        child.log({"loss": 1.0})
        child.finish()
        assert time.monotonic() - started < 8.0
        online.start()
        assert twin_server.until(lambda: child.id in online.state.runs)
    assert twin_server.until(lambda: online.run(child.id).data["state"] == "completed")
    assert online.run(child.id).points("loss") == [(0, 1.0)]
    assert twin_server.until(lambda: list(spool.iterdir()) == [])


def test_strict_mode_says_that_the_server_is_away(
    online: twin_server.Twin, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATELIER_STRICT", "1")
    monkeypatch.setattr(_sender, "EXIT_SECONDS", 0.3)
    run = atelier.start_run()
    online.stop()
    run.log({"loss": 1.0})
    with pytest.raises(atelier.Unreachable, match="atelier sync"):
        run.finish()
    with pytest.raises(atelier.Unreachable):
        atelier.start_run()
    online.start()
    assert twin_server.until(lambda: online.run(run.id).data["state"] == "completed")
    assert online.run(run.id).points("loss") == [(0, 1.0)]


def test_a_folder_that_cannot_be_written_is_replaced(
    online: twin_server.Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ATELIER_DIR", str(tmp_path / "file" / "journals"))
    with atelier.start_run() as run:
        run.log({"loss": 1.0})
    assert online.run(run.id).points("loss") == [(0, 1.0)]
    assert "cannot be written" in caplog.text


def test_a_process_killed_without_warning_leaves_a_journal_that_sync_sends(
    online: twin_server.Twin, spool: Path
) -> None:
    script = (
        "import atelier, os, time\n"
        "run = atelier.start_run()\n"
        "for step in range(1500): run.log({'loss': step}, step=step)\n"
        "run.flush()\n"
        "print(run.id, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    refuse_all = lambda method, path: (503, {}, {}) if path.endswith("/ingest") else None
    with online.misbehaving(refuse_all):
        run_id = _python(script).stdout.strip()
    assert online.run(run_id).points("loss") == []
    report = atelier.sync(spool)
    assert report.is_complete
    stored = online.run(run_id)
    assert [step for step, _ in stored.points("loss")] == list(range(1500))
    assert stored.data["state"] == "failed"
    assert "without finishing" in stored.data["message"]


def test_sync_leaves_the_journal_of_a_living_process_alone(online: twin_server.Twin, spool: Path) -> None:
    with atelier.start_run() as run:
        done = _python("import atelier; report = atelier.sync(); print(len(report.busy), report.journals)")
        assert done.stdout.split() == ["1", "0"]
        run.log({"loss": 1.0})
    assert online.run(run.id).points("loss") == [(0, 1.0)]


def test_sync_says_what_stays_when_the_server_is_away(
    online: twin_server.Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_sync, "PAUSES", (0.01,))
    with atelier.start_run(mode="offline") as run:
        run.log({"loss": 1.0})
    online.stop()
    report = atelier.sync()
    assert [path.name.split(".")[0] for path in report.left] == [run.id]
    assert "does not answer" in report.problems[0]
    online.start()
    assert atelier.sync().is_complete
    assert online.run(run.id).data["state"] == "completed"


def test_offline_mode_needs_no_server_at_all(spool: Path) -> None:
    with atelier.start_run(experiment="x", mode="offline", console=True) as run:
        run.log({"loss": 1.0})
        print("kept")
    folders = list(_journal.journals(spool, run.id))
    assert len(folders) == 1
    assert (folders[0] / "console.log").read_text() == "kept\n"


def test_a_server_back_after_a_minute_is_used_within_five_seconds() -> None:
    ceilings = [min(_sender.NEAR_LIMIT, _sender.FIRST_PAUSE * 2.0**failures) for failures in range(1, 30)]
    assert ceilings[0] <= 1.0
    assert max(ceilings) <= 4.0


def test_an_artifact_upload_holds_up_neither_points_nor_heartbeats(
    online: twin_server.Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "big.bin").write_bytes(os.urandom(2 << 20))
    with atelier.start_run() as run:
        run.log({"loss": 1.0})
        run.log_artifact(tmp_path / "big.bin")
        assert twin_server.until(lambda: "big.bin" in online.run(run.id).artifacts)
    assert len(online.run(run.id).artifacts["big.bin"]) == 2 << 20


def _python(code: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "PYTHONPATH": SDK, **environment}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env=env, check=False
    )

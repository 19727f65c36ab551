"""Jobs under faults, with real processes: what is killed, what stays away, what comes too late."""

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import psutil
import pytest
from django.db import connection
from django.utils import timezone

from compute.backends import local
from compute.jobs import dispatching, services, tasks
from compute.jobs.models import FINAL_STATES, Job, JobState
from studio.errors import Conflict
from tests.compute.conftest import Bench
from tests.factories.compute import make_job, make_target
from tests.people import People

# A grandchild that ignores TERM, one in a session of its own, an orphan in another, and a parent that waits.
STUBBORN = """
trap '' TERM
python -c "
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
code = 'import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)'
child = subprocess.Popen([sys.executable, '-c', code])
lone = subprocess.Popen([sys.executable, '-c', code], start_new_session=True)
orphan = subprocess.run('setsid sleep 600 >/dev/null 2>&1 & echo $!', shell=True, capture_output=True, text=True)
print('pids', os.getpid(), child.pid, lone.pid, orphan.stdout.strip(), flush=True)
time.sleep(600)
"
echo unreachable
"""


def test_F05_killing_the_script_fails_the_job_with_the_signal_and_keeps_the_log(bench: Bench) -> None:
    command = 'exec python -uc "import itertools,time\nfor n in itertools.count(): print(n); time.sleep(0.01)"'
    job = bench.wait(bench.submit(command), lambda job: bench.log(job).count("\n") > 20)
    os.kill(job.process["pgid"] if job.process.get("pgid") else _command_of(job), signal.SIGKILL)
    job = bench.wait(job, seconds=10)
    assert (job.state, job.signal, job.reason, job.exit_code) == (JobState.FAILED, "SIGKILL", "signal", 137)
    lines = bench.log(job).splitlines()
    assert lines == [str(number) for number in range(len(lines))]


def test_killing_the_runner_is_lost_contact_then_failed_and_nothing_of_it_is_left(bench: Bench, settings: Any) -> None:
    settings.LOST_GRACE_SECONDS = 1
    job = bench.wait(bench.submit(STUBBORN), lambda job: "pids" in bench.log(job))
    pids = _pids(bench.log(job))
    os.kill(job.backend_ref["pid"], signal.SIGKILL)
    job = bench.wait(job, lambda job: job.is_lost)
    assert job.state == JobState.RUNNING
    job = bench.wait(job, seconds=15)
    assert (job.state, job.reason) == (JobState.FAILED, "runner_lost")
    assert job.lost_contact_at is None
    assert _none_lives(pids)


def test_F06_a_cancel_ends_grandchildren_that_ignore_it(bench: Bench) -> None:
    job = bench.wait(bench.submit(STUBBORN), lambda job: "pids" in bench.log(job))
    pids = _pids(bench.log(job))
    services.request_stop(actor=bench.actor, job=job)
    tasks.enforce_cancel(job.pk)
    job = bench.wait(job, seconds=15)
    assert (job.state, job.reason) == (JobState.CANCELED, "user")
    assert _none_lives(pids)


def test_a_runner_that_does_not_obey_is_killed_with_its_command(bench: Bench, monkeypatch: Any) -> None:
    monkeypatch.setattr("compute.jobs.reconciling.REPORT_SECONDS", 0.5)
    job = bench.wait(bench.submit(STUBBORN), lambda job: "pids" in bench.log(job))
    pids = [*_pids(bench.log(job)), job.backend_ref["pid"]]
    os.kill(job.backend_ref["pid"], signal.SIGSTOP)
    services.request_stop(actor=bench.actor, job=job)
    job = bench.wait(job, seconds=15)
    assert job.state == JobState.CANCELED
    assert _none_lives(pids)


def test_F03_a_frozen_runner_is_only_flagged_and_heals(bench: Bench) -> None:
    job = bench.wait(bench.submit("sleep 3; echo end"), lambda job: job.heartbeat_at and job.state == JobState.RUNNING)
    os.kill(job.backend_ref["pid"], signal.SIGSTOP)
    job = bench.wait(job, lambda job: job.is_lost)
    os.kill(job.backend_ref["pid"], signal.SIGCONT)
    job = bench.wait(job, lambda job: not job.is_lost)
    job = bench.wait(job)
    assert (job.state, bench.log(job)) == (JobState.COMPLETED, "end\n")


def test_F04_a_claimed_job_nobody_launched_is_launched_by_the_reconciler(bench: Bench, monkeypatch: Any) -> None:
    monkeypatch.setattr("compute.jobs.reconciling.RELAUNCH_SECONDS", 0.2)
    job = bench.queue("echo late")
    assert dispatching.claim(bench.target.pk) == [job.pk]
    job = bench.wait(job)
    assert (job.state, job.attempt, bench.log(job)) == (JobState.COMPLETED, 1, "late\n")


def test_F40_a_runner_that_never_reports_is_started_once_more_then_failed(bench: Bench, settings: Any) -> None:
    settings.START_TIMEOUT_SECONDS = 1
    settings.RUNNER_URL = "http://127.0.0.1:9"
    job = bench.wait(bench.submit("echo never"), seconds=15)
    assert (job.state, job.reason, job.attempt) == (JobState.FAILED, "start_timeout", 2)
    assert _none_lives([job.backend_ref["pid"]])


def test_F22_every_task_three_times_is_one_execution(bench: Bench) -> None:
    job = bench.queue("echo once")
    for _ in range(3):
        tasks.dispatch(bench.target.pk)
        tasks.launch(job.pk)
        tasks.reconcile()
    job = bench.wait(job)
    assert (job.attempt, bench.log(job)) == (1, "once\n")


def test_the_web_away_for_a_while_costs_nothing(bench: Bench, settings: Any) -> None:
    with Gate(settings.RUNNER_URL) as gate:
        settings.RUNNER_URL = gate.url
        script = "for i in $(seq 200); do echo line $i; sleep 0.01; done"
        job = bench.wait(bench.submit(script), lambda job: "line 5\n" in bench.log(job))
        gate.close_for(2.5)
        job = bench.wait(job, seconds=40)
    assert job.state == JobState.COMPLETED
    assert bench.log(job) == "".join(f"line {number}\n" for number in range(1, 201))


def test_F34_the_job_goes_on_when_its_worker_is_gone(bench: Bench) -> None:
    """The runner is nobody's child here: what launched it may go."""
    job = bench.wait(bench.submit("sleep 0.5; echo on"), lambda job: job.state == JobState.RUNNING)
    runner = psutil.Process(job.backend_ref["pid"])
    assert runner.ppid() != os.getpid()
    assert os.getsid(runner.pid) != os.getsid(0)
    assert bench.log(bench.wait(job)) == "on\n"


def test_a_late_report_of_an_old_attempt_is_refused(bench: Bench) -> None:
    job = bench.wait(bench.submit("sleep 0.2"), lambda job: job.state == JobState.RUNNING)
    with pytest.raises(Conflict) as refused:
        services.heartbeat(job=job, attempt=job.attempt - 1)
    assert refused.value.code == "stale_attempt"
    bench.wait(job)


@pytest.mark.django_db(transaction=True)
def test_F41_a_cancel_that_races_with_the_end_leaves_exactly_one_final_state(people: People) -> None:
    for _ in range(100):
        job = make_job(people.workspace, state=JobState.RUNNING, attempt=1)
        _end_in_three_ways(job.pk, people)
        job.refresh_from_db()
        ends = [event for event in job.events.all() if event.to_state in FINAL_STATES]
        assert job.is_finished
        assert [event.to_state for event in ends] == [job.state]


@pytest.mark.django_db(transaction=True)
def test_dispatchers_at_once_never_exceed_the_slots(people: People) -> None:
    for _ in range(10):
        target = make_target(slots=2)
        for _ in range(5):
            make_job(
                people.workspace,
                target=target,
                state=JobState.QUEUED,
                queued_at=timezone.now(),
                created_by=people.ben,
            )
        _race(*[partial(dispatching.claim, target.pk)] * 6)
        assert Job.objects.filter(target=target, state=JobState.PREPARING).count() == 2


def _end_in_three_ways(pk: int, people: People) -> None:
    _race(
        lambda: services.finish(job=Job.objects.get(pk=pk), attempt=1, exit_code=0, reason="exit"),
        lambda: services.request_stop(actor=people.ben, job=Job.objects.get(pk=pk)),
        lambda: services.finish(
            job=Job.objects.get(pk=pk), attempt=1, exit_code=None, reason="user", message="stopped"
        ),
    )


class Gate:
    """A small TCP door in front of the studio that can be shut for a while."""

    def __init__(self, upstream: str) -> None:
        parts = urlsplit(upstream)
        self._upstream = (parts.hostname, parts.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._shut_until = 0.0
        self._pairs: list[tuple[Any, Any]] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._listener.close()
        self._cut()

    def close_for(self, seconds: float) -> None:
        """Cut every connection and refuse new ones."""
        self._shut_until = time.monotonic() + seconds
        self._cut()

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if time.monotonic() < self._shut_until:
                near.close()
                continue
            far = socket.create_connection(self._upstream)
            with self._lock:
                self._pairs.append((near, far))
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: Any, sink: Any) -> None:
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass
        finally:
            for end in (source, sink):
                end.close()

    def _cut(self) -> None:
        with self._lock:
            for pair in self._pairs:
                for end in pair:
                    try:
                        end.shutdown(socket.SHUT_RDWR)
                    except OSError:
                        continue
            self._pairs.clear()


def _race(*calls: Callable[[], Any]) -> None:
    """All at once; a refusal is an answer."""
    barrier = threading.Barrier(len(calls))
    surprises: list[BaseException] = []

    def run(call: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            call()
        except Conflict:
            pass
        except BaseException as error:  # noqa: BLE001  a thread's error must reach the test
            surprises.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not surprises, surprises


def _command_of(job: Job) -> int:
    folder = local.folder_of(job.pk, job.attempt)
    return int(json.loads((Path(folder) / "process.json").read_text())["pid"])


def _pids(log: str) -> list[int]:
    return [int(word) for word in log.split("pids ")[1].split("\n")[0].split()]


def _none_lives(pids: list[int]) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        left = [pid for pid in pids if psutil.pid_exists(pid) and _status(pid) != psutil.STATUS_ZOMBIE]
        if not left:
            return True
        time.sleep(0.05)
    return False


def _status(pid: int) -> str:
    try:
        return psutil.Process(pid).status()
    except psutil.NoSuchProcess:
        return psutil.STATUS_ZOMBIE


def test_what_a_killed_runner_had_not_sent_is_in_the_log(bench: Bench, settings: Any) -> None:
    with Gate(settings.RUNNER_URL) as gate:
        settings.RUNNER_URL = gate.url
        job = bench.wait(
            bench.submit("echo sent; sleep 0.5; echo kept; sleep 60"), lambda job: "sent" in bench.log(job)
        )
        gate.close_for(60)
        _wait_for(lambda: "kept" in (local.folder_of(job.pk, job.attempt) / "log.txt").read_text())
        os.kill(job.backend_ref["pid"], signal.SIGKILL)
        job = bench.wait(job)
    assert (job.state, job.reason) == (JobState.FAILED, "runner_lost")
    assert bench.log(job) == "sent\nkept\n"


def test_a_runner_that_is_stopped_while_the_studio_is_away_leaves_a_note(bench: Bench, settings: Any) -> None:
    with Gate(settings.RUNNER_URL) as gate:
        settings.RUNNER_URL = gate.url
        job = bench.wait(bench.submit("sleep 60"), lambda job: job.state == JobState.RUNNING)
        gate.close_for(60)
        runner = psutil.Process(job.backend_ref["pid"])
        runner.terminate()
        _wait_for(lambda: not runner.is_running() or runner.status() == psutil.STATUS_ZOMBIE, seconds=40)
        job = bench.wait(job)
    assert (job.state, job.reason) == (JobState.FAILED, "studio_stopped")


def _wait_for(reached: Callable[[], object], *, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.02)

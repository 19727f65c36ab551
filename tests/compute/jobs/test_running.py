"""A job from its submission to its end, with a real runner and a real server."""

import signal
import time
from pathlib import Path

import psutil

from compute.backends import local
from compute.jobs import services, tasks
from compute.jobs.models import JobState
from tests.compute.conftest import Bench


def test_a_job_runs_to_the_end_with_its_log(bench: Bench) -> None:
    job = bench.wait(bench.submit("echo hello; echo oops >&2"))
    assert (job.state, job.exit_code, job.reason) == (JobState.COMPLETED, 0, "exit")
    assert bench.log(job) == "hello\noops\n"
    states = list(job.events.values_list("to_state", flat=True))
    assert states == ["queued", "preparing", "running", "finalizing", "completed"]
    assert job.started_at <= job.ended_at


def test_a_failing_command_fails_with_its_exit_code(bench: Bench) -> None:
    job = bench.wait(bench.submit("echo before; exit 3"))
    assert (job.state, job.exit_code, job.signal, job.reason) == (JobState.FAILED, 3, "", "exit")
    assert job.message == "The command ended with exit code 3."


def test_a_failing_command_says_why_in_its_own_sentence(bench: Bench) -> None:
    job = bench.wait(bench.submit('echo "No column <b>price</b>." > "$ATELIER_PROBLEM_FILE"; exit 3'))
    assert (job.state, job.exit_code, job.reason) == (JobState.FAILED, 3, "client")
    assert job.message == "No column <b>price</b>."


def test_a_killed_command_fails_and_names_the_signal(bench: Bench) -> None:
    job = bench.wait(bench.submit("kill -9 $$"))
    assert (job.state, job.exit_code, job.signal, job.reason) == (JobState.FAILED, 137, "SIGKILL", "signal")


def test_a_full_disk_is_named(bench: Bench) -> None:
    job = bench.wait(bench.submit("echo 'OSError: [Errno 28] No space left on device' >&2; exit 1"))
    assert (job.state, job.reason) == (JobState.FAILED, "disk_full")


def test_the_command_sees_its_run_and_none_of_the_server(bench: Bench, monkeypatch: object) -> None:
    job = bench.wait(bench.submit("env; python -c 'import atelier, sys; print(sys.executable)'"))
    log = bench.log(job)
    assert f"ATELIER_JOB_ID={job.pk}\n" in log
    assert "ATELIER_WORKSPACE=vision\n" in log
    assert f"MLFLOW_TRACKING_URI={job.spec.get('url', '') or ''}" in log
    assert "ATELIER_TOKEN=***\n" in log  # there, and hidden in the log
    assert f"atj_{job.pk}_" not in log
    assert "PYTHONUNBUFFERED=1\n" in log
    for secret in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "ADMIN_TOKEN", "DJANGO_SETTINGS_MODULE"):
        assert secret not in log


def test_a_job_that_is_asked_to_stop_is_canceled(bench: Bench) -> None:
    job = bench.wait(bench.submit("echo up; sleep 60"), lambda job: bench.log(job) == "up\n")
    services.request_stop(actor=bench.actor, job=job)
    began = time.monotonic()
    job = bench.wait(job)
    assert (job.state, job.reason) == (JobState.CANCELED, "user")
    assert time.monotonic() - began < 5
    assert list(job.events.values_list("reason", flat=True))[-1] == "user"


def test_the_time_limit_ends_the_command(bench: Bench) -> None:
    job = bench.wait(bench.submit("sleep 60", timeout_seconds=0.5))
    assert (job.state, job.reason) == (JobState.FAILED, "time_limit")


def test_a_queued_job_starts_when_a_slot_is_free(bench: Bench) -> None:
    first = [bench.submit("sleep 0.5") for _ in range(2)]
    third = bench.submit("echo third")
    assert third.state == JobState.QUEUED
    assert [bench.wait(job).state for job in (*first, third)] == [JobState.COMPLETED] * 3
    assert third.started_at >= min(job.ended_at for job in first)


def test_nothing_is_left_on_the_disk_of_a_job_that_has_ended(bench: Bench) -> None:
    job = bench.wait(bench.submit("echo done > outputs/file.txt"))
    runner = job.backend_ref
    deadline = time.monotonic() + 5
    while psutil.pid_exists(runner["pid"]) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(runner["directory"]).exists()


def test_a_submit_that_is_repeated_finds_the_first_runner(bench: Bench) -> None:
    job = bench.submit("sleep 1; echo once")
    ref = job.backend_ref
    type(job).objects.filter(pk=job.pk).update(backend_ref=None)
    for _ in range(3):
        tasks.launch(job.pk)
    job.refresh_from_db()
    assert job.backend_ref == ref
    assert bench.log(bench.wait(job)) == "once\n"


def test_what_the_studio_stops_says_so(bench: Bench) -> None:
    job = bench.wait(bench.submit("sleep 60"), lambda job: job.state == JobState.RUNNING)
    psutil.Process(job.backend_ref["pid"]).send_signal(signal.SIGTERM)
    job = bench.wait(job)
    assert (job.state, job.reason) == (JobState.FAILED, "studio_stopped")


def test_a_python_that_is_not_there_becomes_the_nearest(bench: Bench) -> None:
    job = bench.wait(
        bench.submit("python -c 'import atelier; print(1 + 1)'", environment={"kind": "python", "python": "3.99"}),
        seconds=60,
    )
    log = bench.log(job)
    assert job.state == JobState.COMPLETED, log
    assert "[atelier] Python 3.99 is not installed here: Python 3." in log
    assert log.endswith("2\n")


def test_an_environment_that_cannot_be_built_fails_with_its_last_lines(bench: Bench) -> None:
    environment = {"kind": "requirements", "packages": ["./there-is-no-such-folder"]}
    job = bench.wait(bench.submit("echo never", environment=environment), seconds=60)
    assert (job.state, job.reason) == (JobState.FAILED, "environment")
    assert "there-is-no-such-folder" in job.message
    assert "never" not in bench.log(job).splitlines()


def test_a_folder_belongs_to_its_owner_only(bench: Bench) -> None:
    job = bench.wait(bench.submit("sleep 0.3"), lambda job: job.state == JobState.RUNNING)
    folder = local.folder_of(job.pk, job.attempt)
    assert folder.stat().st_mode & 0o077 == 0
    assert not (folder / "handover.json").exists()
    bench.wait(job)


def test_an_environment_is_built_once_and_has_the_client(bench: Bench) -> None:
    environment = {"kind": "requirements", "packages": ["certifi", "httpx"], "digest": "of-this-test"}
    first = bench.wait(
        bench.submit("python -c 'import atelier, httpx; print(42)'", environment=environment), seconds=90
    )
    assert first.state == JobState.COMPLETED, bench.log(first)
    assert "[build] " in bench.log(first)
    second = bench.wait(bench.submit("python -c 'import sys; print(sys.prefix)'", environment=environment))
    assert bench.log(second).endswith("environments/of-this-test\n")
    assert "Building" not in bench.log(second)


def test_what_a_command_leaves_behind_ends_with_it(bench: Bench) -> None:
    script = "setsid sleep 600 & echo pid $!; echo done"
    job = bench.wait(bench.submit(script))
    assert job.state == JobState.COMPLETED
    pid = int(bench.log(job).split("pid ")[1].split()[0])
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE

"""The SDK inside a job, in forked workers, and in scripts without a `with` block."""

import os
import subprocess
import sys
from pathlib import Path

import atelier
import pytest

from tests.sdk import twin_server

SDK = str(Path(atelier.__file__).parents[1])
RUN = "k3v9x2m7qabc"


@pytest.fixture
def job(online: twin_server.Twin, monkeypatch: pytest.MonkeyPatch) -> twin_server.TwinRun:
    """The environment that the runner gives to a script."""
    run = twin_server.TwinRun({"id": RUN, "state": "running", "job": {"id": f"job-{RUN}", "attempt": 2}})
    online.state.runs[RUN] = run
    for name, value in {"RUN_ID": RUN, "JOB_ID": f"job-{RUN}", "ATTEMPT": "2", "EXPERIMENT": "vision/digits"}.items():
        monkeypatch.setenv(f"ATELIER_{name}", value)
    monkeypatch.delenv("ATELIER_CONSOLE")
    return run


def script(code: str) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "PYTHONPATH": SDK}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=env, check=False)


def test_start_run_takes_up_the_jobs_run_and_leaves_its_end_to_the_runner(
    online: twin_server.Twin, job: twin_server.TwinRun
) -> None:
    with atelier.start_run(experiment="ignored", params={"lr": 1}, tags={"a": "b"}, name="fast") as run:
        run.log({"loss": 1.0})
        print("the runner records this")
    assert run.id == RUN
    assert job.points("loss") == [(0, 1.0)]
    assert job.merged("params") == {"lr": 1}
    assert job.merged("tags") == {"a": "b"}
    assert (job.data["state"], job.data["name"]) == ("running", "fast")
    assert (job.log, job.heartbeats) == (b"", [])
    assert [path for _, path in online.state.requests if path in ("/runs/start", f"/runs/{RUN}/finish")] == []


def test_a_run_started_within_the_jobs_run_becomes_its_child(
    online: twin_server.Twin, job: twin_server.TwinRun
) -> None:
    with atelier.start_run(), atelier.start_run(name="lr 0.1") as child:
        child.log({"loss": 1.0})
    stored = online.run(child.id)
    assert stored.data["parent"] == RUN
    assert stored.data["state"] == "completed"
    assert stored.points("loss") == [(0, 1.0)]
    assert stored.log == b""


def test_logging_without_start_run_finds_the_jobs_run(online: twin_server.Twin, job: twin_server.TwinRun) -> None:
    done = script("import atelier\nfor step in range(5): atelier.log({'loss': step}, step=step)\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert [step for step, _ in job.points("loss")] == [0, 1, 2, 3, 4]


def test_two_processes_of_a_job_log_beside_each_other(online: twin_server.Twin, job: twin_server.TwinRun) -> None:
    done = script(
        "import atelier, subprocess, sys, os\n"
        "if len(sys.argv) == 1:\n"
        "    subprocess.run([sys.executable, '-c', 'import atelier; atelier.log({\"rank1\": 1.0})'], check=True)\n"
        "atelier.log({'rank0': 1.0})\n"
    )
    assert done.returncode == 0
    assert job.points("rank0") and job.points("rank1")
    assert len({writer for writer, _ in job.batches}) == 2


def test_a_dead_server_neither_stops_nor_slows_a_job(
    online: twin_server.Twin, job: twin_server.TwinRun, spool: Path
) -> None:
    online.stop()
    done = script(
        "import atelier._sender as s; s.EXIT_SECONDS = 0.3\n"
        "import atelier\n"
        "run = atelier.start_run()\n"
        "for step in range(2000): run.log({'loss': step}, step=step)\n"
    )
    assert done.returncode == 0
    online.start()
    report = atelier.sync(spool, url=online.url, token=twin_server.TOKEN, workspace=twin_server.WORKSPACE)
    assert report.is_complete
    assert [step for step, _ in job.points("loss")] == list(range(2000))
    assert job.data["state"] == "running"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_forked_workers_log_for_themselves(online: twin_server.Twin, spool: Path) -> None:
    done = script(
        "import atelier, multiprocessing\n"
        "context = multiprocessing.get_context('fork')\n"
        "def work(rank): atelier.log({f'rank{rank}': float(rank)}, step=0)\n"
        "with atelier.start_run() as run:\n"
        "    run.log({'main': 0.0})\n"
        "    workers = [context.Process(target=work, args=(rank,)) for rank in range(3)]\n"
        "    [worker.start() for worker in workers]\n"
        "    [worker.join() for worker in workers]\n"
        "    run.log({'main': 1.0})\n"
        "print(run.id)\n"
    )
    assert done.returncode == 0, done.stderr
    stored = online.run(done.stdout.strip())
    assert [stored.points(f"rank{rank}") for rank in range(3)] == [[(0, 0.0)], [(0, 1.0)], [(0, 2.0)]]
    assert stored.points("main") == [(0, 0.0), (1, 1.0)]
    assert stored.data["state"] == "completed"
    assert list(spool.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_what_a_killed_worker_has_left_is_sent_before_the_end(online: twin_server.Twin, spool: Path) -> None:
    done = script(
        "import atelier, os\n"
        "with atelier.start_run() as run:\n"
        "    run.log({'main': 0.0})\n"
        "    worker = os.fork()\n"
        "    if worker == 0:\n"
        "        run.log({'worker': 1.0})\n"
        "        run.flush()\n"
        "        os.kill(os.getpid(), 9)\n"
        "    os.waitpid(worker, 0)\n"
        "print(run.id)\n"
    )
    assert done.returncode == 0, done.stderr
    stored = online.run(done.stdout.strip())
    assert stored.points("worker") == [(0, 1.0)]
    assert stored.data["state"] == "completed"
    assert list(spool.iterdir()) == []


@pytest.mark.parametrize(
    ("ending", "state", "exit_code"),
    [("", "completed", 0), ("raise ValueError('bad data')", "failed", 1)],
)
def test_a_script_without_a_block_is_ended_at_exit(
    online: twin_server.Twin, ending: str, state: str, exit_code: int
) -> None:
    script(f"import atelier\nrun = atelier.start_run()\nrun.log({{'loss': 1.0}})\n{ending}\n")
    (stored,) = online.state.runs.values()
    assert (stored.data["state"], stored.data["exit_code"]) == (state, exit_code)
    assert stored.points("loss") == [(0, 1.0)]
    if ending:
        assert "bad data" in stored.data["message"]


def test_the_traceback_of_a_crash_is_in_the_log_of_the_run(online: twin_server.Twin, job: twin_server.TwinRun) -> None:
    env = {"ATELIER_RUN_ID": "", "ATELIER_JOB_ID": ""}
    code = "import atelier\nrun = atelier.start_run()\nprint('one')\nraise ValueError('bad data')\n"
    command = [sys.executable, "-c", code]
    environment = {**os.environ, "PYTHONPATH": SDK, **env}
    subprocess.run(command, capture_output=True, timeout=60, env=environment, check=False)
    stored = next(run for run_id, run in online.state.runs.items() if run_id != RUN)
    text = stored.log.decode()
    assert text.startswith("one\n")
    assert "ValueError: bad data" in text

"""Jobs in containers: they do what jobs on this machine do, and can do nothing beyond."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import docker
import pytest

from compute.backends import docker as backends
from compute.backends.base import BackendUnavailable
from compute.backends.docker import DockerBackend
from compute.engines import presence
from compute.jobs import handlers, queries, services, tasks
from compute.jobs.models import Job, JobState
from tests.compute.conftest import Bench
from tests.compute.docker_bench import standing_door
from tests.docker_engine import OwnEngine
from tests.factories.compute import make_target

pytestmark = pytest.mark.real

# What a job might try. Each answers a word: "no" is what is hoped for.
HOSTILE = r"""
import ctypes, json, os, socket, subprocess
found = {}
def tried(name, what):
    try:
        found[name] = what() or "no"
    except (OSError, subprocess.SubprocessError) as error:
        found[name] = "no"
def reached(host, port):
    socket.create_connection((host, port), timeout=1).close()
    return "reached"
def wrote(path):
    with open(path, "w") as stream: stream.write("x")
    return "wrote"
libc = ctypes.CDLL(None, use_errno=True)
def called(result): return "no" if result < 0 else "did"
tried("metadata", lambda: reached("169.254.169.254", 80))
tried("gateway", lambda: reached("172.17.0.1", 22))
tried("names", lambda: socket.gethostbyname("example.com"))
for path in ("/x", "/etc/passwd", "/usr/x", "/run/atelier/x", "/atelier/sdk/atelier/__init__.py", "/sys/x", "/proc/sysrq-trigger"):
    tried("write " + path, lambda: wrote(path))
tried("unlink the door", lambda: os.unlink("/run/atelier/studio.sock") or "did")
tried("mount", lambda: called(libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)))
tried("setuid", lambda: os.setuid(0) or "did")
tried("chown", lambda: os.chown("/atelier/job", 0, 0) or "did")
tried("mknod", lambda: os.mknod("/atelier/job/disk", 0o60666, os.makedev(8, 0)) or "did")
tried("unshare", lambda: called(libc.unshare(0x10000000)))
tried("kexec", lambda: called(libc.syscall(246, 0, 0, 0, 0)))
tried("bpf", lambda: called(libc.syscall(321, 0, 0, 0)))
tried("raw socket", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1) and "did")
tried("execute in /tmp", lambda: (open("/tmp/x.sh", "w").write("#!/bin/sh\n"), os.chmod("/tmp/x.sh", 0o755), subprocess.check_call(["/tmp/x.sh"])) and "did")
found["sockets"] = [p for p in ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock") if os.path.exists(p)]
status = dict(line.split(":\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\t" in line)
found["capabilities"] = [status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")]
found["no_new_privileges"], found["seccomp"] = status["NoNewPrivs"], status["Seccomp"]
found["ids"] = [os.getuid(), os.getgid(), os.getgroups()]
found["devices"] = sorted(name for name in os.listdir("/dev") if name.startswith(("sd", "vd", "mem", "kmsg", "loop", "fuse")))
found["others"] = [pid for pid in os.listdir("/proc") if pid.isdigit() and os.stat("/proc/" + pid).st_uid != os.getuid()]
found["interfaces"] = sorted(os.listdir("/sys/class/net"))
found["setuid files"] = [os.path.join(d, f) for d, _, fs in os.walk("/usr") for f in fs if not os.path.islink(os.path.join(d, f)) and os.stat(os.path.join(d, f)).st_mode & 0o6000]
print("FOUND " + json.dumps(found))
"""
FORKS = r"""
import os, time
children = 0
try:
    while children < 5000:
        if os.fork() == 0:
            time.sleep(30); os._exit(0)
        children += 1
except OSError:
    print("STOPPED at", children, flush=True)
os.killpg(0, 9) if False else None
os._exit(0)
"""


@pytest.fixture
def in_docker(
    bench: Bench, docker_engine: "docker.DockerClient", base_image: str, settings: Any, tmp_path: Path
) -> Iterator[Bench]:
    """The bench with a Docker target whose containers have no network."""
    settings.DATA_DIR = tmp_path
    bench.target = make_target(bench.workspace, name="containers", kind="docker", slots=2)
    with standing_door(tmp_path, settings.RUNNER_URL):
        yield bench
        _end_all(bench)


def _end_all(bench: Bench) -> None:
    for job in Job.objects.filter(target=bench.target).exclude(backend_ref__isnull=True):
        with suppress(BackendUnavailable):  # an engine of the test's own has taken them along
            DockerBackend().stop(job.backend_ref, grace=timedelta(0))


def _configure(bench: Bench, **settings: Any) -> None:
    bench.target.settings = settings
    bench.target.save(update_fields=["settings"])


def test_a_job_runs_to_the_end_with_its_log(in_docker: Bench) -> None:
    job = in_docker.wait(
        in_docker.submit("echo hello; id -u; python -c 'import atelier, httpx; print(atelier.__version__)'"), seconds=60
    )
    assert (job.state, job.exit_code, job.reason) == (JobState.COMPLETED, 0, "exit"), in_docker.log(job)
    assert in_docker.log(job) == "hello\n10001\n0.1.0\n"
    assert list(job.events.values_list("to_state", flat=True)) == [
        "queued",
        "preparing",
        "running",
        "finalizing",
        "completed",
    ]


def test_a_failing_command_and_a_stopped_one_are_told_as_anywhere(in_docker: Bench) -> None:
    failing, stopped = in_docker.submit("exit 3"), in_docker.submit("echo up; sleep 60")
    job = in_docker.wait(failing, seconds=60)
    assert (job.state, job.exit_code, job.reason) == (JobState.FAILED, 3, "exit")
    job = in_docker.wait(stopped, lambda job: in_docker.log(job) == "up\n", seconds=60)
    services.request_stop(actor=in_docker.actor, job=job)
    job = in_docker.wait(job, seconds=30)
    assert (job.state, job.reason) == (JobState.CANCELED, "user")


def test_a_job_can_do_nothing_beyond_its_container(in_docker: Bench) -> None:
    # Under the rules of a job, and as the whole of one: what it prints is what it found.
    job = in_docker.wait(in_docker.submit(f"cat > try.py <<'EOF'\n{HOSTILE}\nEOF\npython try.py"), seconds=60)
    log = in_docker.log(job)
    line = next((line for line in log.splitlines() if line.startswith("FOUND ")), "")
    assert line, log
    found = json.loads(line.removeprefix("FOUND "))
    assert {name: said for name, said in found.items() if isinstance(said, str) and said != "no"} == {
        "no_new_privileges": "1",
        "seccomp": "2",
    }
    assert found["capabilities"] == ["0000000000000000"] * 5
    assert found["ids"] == [10001, 10001, [10001]]
    assert found["interfaces"] == ["lo"]
    assert found["sockets"] == found["devices"] == found["others"] == found["setuid files"] == []


def test_a_fork_bomb_ends_at_the_limit(in_docker: Bench) -> None:
    _configure(in_docker, pids=64)
    job = in_docker.wait(in_docker.submit(f"cat > forks.py <<'EOF'\n{FORKS}\nEOF\npython forks.py"), seconds=60)
    count = int(in_docker.log(job).partition("STOPPED at ")[2].split()[0])
    assert 8 < count < 64


def test_a_job_that_takes_too_much_memory_is_killed_and_the_reason_said(in_docker: Bench) -> None:
    _configure(in_docker, memory="128m")
    job = in_docker.wait(
        in_docker.submit("python -c 'x = bytearray(10 * 2**30)'; python -c 'x = b\"1\" * (2 * 2**30)'"), seconds=60
    )
    assert (job.state, job.reason) == (JobState.FAILED, "oom"), in_docker.log(job)


def test_a_runner_that_is_killed_leaves_its_log_and_nothing_else(
    in_docker: Bench, docker_engine: "docker.DockerClient"
) -> None:
    job = in_docker.wait(
        in_docker.submit("echo written; sleep 60"), lambda job: job.state == JobState.RUNNING, seconds=60
    )
    name = job.backend_ref["container"]
    in_docker.wait(job, lambda job: in_docker.log(job) == "written\n")
    docker_engine.containers.get(name).kill()
    job = in_docker.wait(job, seconds=30)
    assert (job.state, job.reason) == (JobState.FAILED, "runner_lost")
    assert in_docker.log(job) == "written\n"
    assert not docker_engine.containers.list(all=True, filters={"name": name})


def test_a_worker_that_dies_while_starting_finds_its_container_again(in_docker: Bench) -> None:
    job = in_docker.submit("sleep 1; echo once")
    ref = job.backend_ref
    Job.objects.filter(pk=job.pk).update(backend_ref=None)
    (backends.folder_of(job.pk, job.attempt) / backends.MARK).unlink()
    tasks.launch(job.pk)
    job.refresh_from_db()
    assert job.backend_ref == ref
    assert in_docker.log(in_docker.wait(job, seconds=60)) == "once\n"


class Waiting:
    """An image that is made while the job waits."""

    def __init__(self) -> None:
        self.wanted: list[int] = []
        self.image_is = handlers.Image(waits="Its environment's image is being built.")

    def image(self, job: Job) -> handlers.Image:
        return self.image_is

    def want_image(self, job: Job) -> None:
        self.wanted.append(job.pk)


@pytest.fixture
def images() -> Iterator[Waiting]:
    waiting = Waiting()
    handlers.register_images("probe", waiting)
    yield waiting
    handlers._IMAGES.pop("probe")


def test_a_job_waits_for_its_image_and_says_so(in_docker: Bench, images: Waiting, base_image: str) -> None:
    job = in_docker.submit("echo built")
    assert (job.state, images.wanted) == (JobState.QUEUED, [job.pk])
    assert queries.why_waiting(job) == "Its environment's image is being built."
    images.image_is = handlers.Image(base_image)
    assert in_docker.log(in_docker.wait(job, seconds=60)) == "built\n"


def test_a_job_whose_image_cannot_be_made_fails_with_the_reason(in_docker: Bench, images: Waiting) -> None:
    images.image_is = handlers.Image(problem="Its environment's image could not be built: no such package.")
    job = in_docker.submit("echo never")
    assert (job.state, job.reason) == (JobState.FAILED, "environment")
    assert job.message == "Its environment's image could not be built: no such package."


def test_while_the_engine_is_away_jobs_wait_and_go_on_when_it_is_back(in_docker: Bench, own_engine: OwnEngine) -> None:
    from compute.engines import base_image as bases

    bases.ensure(own_engine.client(), rules=bases.Rules())
    in_docker.target.settings = {"address": own_engine.address}
    in_docker.target.save(update_fields=["settings"])
    own_engine.stop()
    job = in_docker.submit("echo back")  # nobody has looked yet: it is tried, and that try does not count
    assert job.state == JobState.QUEUED
    assert presence.state_of(own_engine.address).is_down
    for _ in range(3):
        in_docker.step()
    job.refresh_from_db()
    attempts = job.attempt
    assert (job.state, attempts) == (JobState.QUEUED, 1)
    assert queries.why_waiting(job).startswith("The Docker engine of this machine does not answer")
    own_engine.start()
    tasks.look_at_places()
    job = in_docker.wait(job, seconds=60)
    assert (job.state, in_docker.log(job)) == (JobState.COMPLETED, "back\n")

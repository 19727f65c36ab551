"""`manage.py up`: checks, prepares, starts everything at once, says when it is ready, and ends it all in order."""

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from compute.building import registry_server
from studio import redis_socket
from studio.settings import env
from studio.supervisor import gateway, preflight, prepare, processes, readiness, redis_server, runners
from studio.supervisor.children import Child
from studio.supervisor.locks import DataDirLock
from studio.supervisor.preflight import StartError
from studio.supervisor.watch import StopAsked, Watch

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN = 60.0
REDIS_WITHIN = 30.0  # it loads its data first
DEATHS_AT_START = 3
RUNNER_GRACE = 5.0  # beyond the grace a command gets: reporting its end


@dataclass(frozen=True, slots=True)
class Options:
    host: str
    port: int
    data_dir: Path
    workers: int
    link: bool
    job_grace: float  # seconds that running jobs get when the studio stops
    gateway_port: int = 0  # 0: the next free one after the studio's


def main(arguments: list[str]) -> int:
    """Run the studio until somebody stops it. Answers the exit code: 2 when it can't start, with the reason said."""
    try:
        options = parse(arguments)
    except ImproperlyConfigured as error:
        print(error, file=sys.stderr, flush=True)
        return 2
    studio = Studio(options)
    studio.watch.take_signals()
    code = 0
    try:
        studio.start()
        studio.watch.run()
    except StartError as error:
        print(error, file=sys.stderr, flush=True)
        code = 2
    except StopAsked:
        pass
    studio.stop()
    return code


def parse(arguments: list[str]) -> Options:
    parser = argparse.ArgumentParser(prog="manage.py up", description="Start the studio and keep it running.")
    parser.add_argument("--host", default=env.text("ATELIER_HOST", "127.0.0.1"), help="address to listen on")
    parser.add_argument("--port", type=_port, default=env.text("ATELIER_PORT", "8000"), help="port to listen on")
    parser.add_argument(
        "--gateway-port",
        type=_port,
        default=env.text("ATELIER_GATEWAY_PORT") or None,
        help="port of the gateway in front of endpoints; the next one by default",
    )
    parser.add_argument(
        "--data-dir", default=env.text("ATELIER_DATA_DIR") or str(ROOT / "var"), help="where data lives"
    )
    parser.add_argument("--workers", type=_count, default=1, help="number of Celery worker processes")
    parser.add_argument("--link", action="store_true", help="print a new one-time sign-in link for the administrator")
    given = parser.parse_args(arguments)
    data_dir = Path(given.data_dir).expanduser().resolve()
    grace = env.number("ATELIER_CANCEL_GRACE_SECONDS", 10) + RUNNER_GRACE
    return Options(given.host, given.port, data_dir, given.workers, given.link, grace, given.gateway_port or 0)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: give a number from 1 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of workers: give 1 to 64")
    return int(text)


class Studio:
    """One installation's processes, from the first check to the last one's end."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.data_dir = options.data_dir
        self.watch = Watch(say)
        self.lock = DataDirLock(options.data_dir)
        self.environment: dict[str, str] = {}
        self.began_at = time.monotonic()
        self.redis: Child | None = None
        self.gateway_port = 0

    def start(self) -> None:
        """Everything up, and said so. Raises StartError or StopAsked."""
        self.check()
        options = self.options
        self.environment = processes.environment(self.data_dir, options.host, options.port, self.gateway_port)
        # For commands beside the studio, `sign-in-link` above all.
        (self.data_dir / "run" / "address").write_text(self.environment["ATELIER_BASE_URL"])
        (self.data_dir / "run" / "gateway-address").write_text(self.environment["ATELIER_GATEWAY_ADDRESS"])
        self.start_redis()
        told = self.prepare()
        try:
            self.start_processes()
            self.wait_until_ready()
            # Not before: on a small machine it would take the processor from those who are waited for.
            self.spawn("beat", processes.beat(self.data_dir))
            self.start_registry()
        except (StartError, StopAsked):
            if told:  # nobody has seen the link: the next start makes another
                prepare.forget(self.data_dir)
            raise
        self.tell(told)

    def check(self) -> None:
        preflight.prepare_data_dir(self.data_dir)
        self.lock.acquire()
        preflight.check_port(self.options.host, self.options.port)
        self.gateway_port = gateway.choose_port(self.options.host, self.options.port, self.options.gateway_port)
        preflight.raise_file_limit()

    def start_redis(self) -> None:
        given = env.text("REDIS_URL")
        if given:
            redis_server.check_given(given)
            return
        self.redis = self.spawn("redis", redis_server.command(self.data_dir))
        path = redis_socket.socket_path(self.data_dir)
        if not self.watch.run_until(lambda: redis_server.answers(path), timeout=REDIS_WITHIN, every=0.02):
            raise StartError(f"The studio's Redis did not come up:\n{self.redis.log.tail(5)}")

    def prepare(self) -> dict[str, str]:
        """Migrate, collect and set up when something changed. Answers what the person should be told."""
        ready = prepare.is_prepared(ROOT, self.data_dir, env.text("DATABASE_URL"))
        if ready and not self.options.link:
            return {}
        if not ready:
            say(f"Preparing the data in {self.data_dir}")
        arguments = ["--link"] if self.options.link else []
        return prepare.prepare(ROOT, self.data_dir, [*processes.prepare(ROOT), *arguments], self.environment)

    def start_processes(self) -> None:
        if self.watch.is_stopping:
            raise StopAsked
        options = self.options
        proxies = ",".join(env.words("ATELIER_TRUSTED_PROXIES", []))
        given = gateway.write_settings(self.data_dir, options.host, self.gateway_port, self.environment["REDIS_URL"])
        self.spawn("gateway", gateway.command(given), grace=12)
        self.spawn("web", processes.web(options.host, options.port, proxies), grace=8)
        for number in range(1, options.workers + 1):
            self.spawn(f"worker-{number}", processes.worker(number), grace=10)

    def start_registry(self) -> None:
        """The studio's own image registry, where its program is installed; nothing waits for it."""
        command = registry_server.command(
            self.data_dir,
            wanted=env.flag("ATELIER_REGISTRY", True),
            engine=env.text("ATELIER_DOCKER_HOST") or env.text("DOCKER_HOST") or registry_server.LOCAL,
        )
        if command is not None:
            self.spawn("registry", command)

    def spawn(self, name: str, command: list[str], grace: float = 5) -> Child:
        child = Child(name, command, self.environment, self.data_dir / "logs", ROOT, grace=grace)
        return self.watch.add(child)

    def wait_until_ready(self) -> None:
        last = readiness.Answer()

        def is_ready() -> bool:
            nonlocal last
            self.give_up_on_the_broken()
            last = readiness.ask(self.options.host, self.options.port)
            return last.status == 200 and gateway.answers(self.options.host, self.gateway_port)

        if self.watch.run_until(is_ready, timeout=READY_WITHIN, every=0.05):
            return
        missing = (
            ", ".join(f"{name} ({detail})" for name, detail in last.failing.items()) or "the web server or the gateway"
        )
        raise StartError(
            f"The studio is not ready after {READY_WITHIN:.0f} s, missing: {missing}. See {self.data_dir}/logs."
        )

    def give_up_on_the_broken(self) -> None:
        """A process that never lives long enough will not get ready either. Raises StartError with its last words."""
        for child in self.watch.children:
            if child.deaths >= DEATHS_AT_START:
                raise StartError(f"The process {child.name} does not start, see {child.log.path}:\n{child.log.tail(4)}")

    def tell(self, told: dict[str, str]) -> None:
        took = time.monotonic() - self.began_at
        say(f"Atelier is ready at {self.environment['ATELIER_BASE_URL']} ({took:.1f} s)")
        say(f"Endpoints answer at {env.text('ATELIER_GATEWAY_URL') or self.environment['ATELIER_GATEWAY_ADDRESS']}")
        if told.get("link"):
            say(f"Sign in once with this link: {told['link']}")
        say("Stop it with Ctrl-C.")

    def stop(self) -> None:
        """Workers first, so that no queued job takes the place of one that ends; then the jobs, while the web process
        still takes their reports; then the rest in reverse order."""
        if self.watch.children:
            say("Stopping")
            first = [child for child in self.watch.children if child.name not in {"web", "redis", "gateway"}]
            self.watch.end(first)
            self.stop_runners()
        self.watch.end_all()
        self.lock.release()

    def stop_runners(self) -> None:
        seen = self.watch.stop_count
        count = runners.end_all(
            self.data_dir,
            grace=self.options.job_grace,
            wait=self.watch.pause,
            hurry=lambda: self.watch.stop_count > seen,
        )
        if count:
            say(f"Ended {count} running job{'s' if count > 1 else ''}")


def say(line: str) -> None:
    try:
        print(line, flush=True)
    except OSError:  # whoever read our output went away; the studio goes on
        pass

"""One job from hand-over to its last report."""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
import threading
import time
import traceback
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from atelier import _journal, _locks, _problem_file
from atelier.runner import (
    client as http,
)
from atelier.runner import (
    environment,
    exits,
    inputs,
    logs,
    metering,
    outputs,
    process,
    reporting,
    system,
    variables,
)
from atelier.runner.cache import Cache
from atelier.runner.data import Data
from atelier.runner.door import Door
from atelier.runner.failures import JobFailure, Stopped
from atelier.runner.masking import Masks

# The studio may be away for long; what a job has done is worth waiting a day for.
GIVE_UP_SECONDS = 24 * 3600.0
# When the studio itself stops there is little time, and perhaps nobody left to listen.
STOPPED_SECONDS = 5.0
ABANDON_GRACE_SECONDS = 2.0
MESSAGES = {
    "user": "Stopped by a person.",
    "time_limit": "The time limit was reached.",
    "studio_stopped": "The studio was stopped, and this job with it.",
}


def run(folder: Path) -> int:
    """Runs the job that was handed over in `folder`. A job that was begun there before is left alone."""
    lock = _locks.FileLock(folder / "runner.lock")
    handover = _take_over(folder) if lock.acquire() else None
    if handover is None:
        return 0
    if os.getpid() != os.getpgrp():
        # Out of the group of whoever started us: what is sent to that group is not meant for the job.
        os.setsid()
    session = Session(folder, handover)
    process.on_signals(
        {
            signal.SIGTERM: lambda: session.stop("studio_stopped"),
            signal.SIGINT: lambda: session.stop("studio_stopped"),
            signal.SIGUSR1: session.hurry,
            signal.SIGHUP: lambda: None,
        }
    )
    return session.run()


class Session:
    """The state that the threads of one runner share."""

    def __init__(self, folder: Path, handover: dict[str, Any]) -> None:
        self.folder = folder
        self.journal, self.problem = folder / "journal", folder / "problem.txt"
        self.token = str(handover["token"])
        self.job, self.attempt = int(handover["job_id"]), int(handover["attempt"])
        self.cache = Path(str(handover["environments"]))
        self.data_cache = Cache(Path(str(handover["data"])), int(handover["data_bytes"]))
        self.url = _way_in(handover)
        # In a container the image is the environment.
        self.is_in_image = handover.get("interpreter") == "image"
        self.client = http.Client(url=self.url, token=self.token, workspace=str(handover["workspace"]))
        self.spec: dict[str, Any] = {}
        self.spool = logs.Spool(folder / "log.txt")
        # Whoever reads the log could ask for the job's secrets with its token while it lives.
        self.spool.masks = Masks([self.token])
        self.command: process.Command | None = None
        self.reason = ""  # why the job was told to stop
        self.is_gone = False  # nobody waits for reports any more
        self._stop_lock = threading.Lock()
        self._stopping = threading.Event()
        self._stopped_at = 0.0
        self._ending: threading.Thread | None = None
        self._began = time.monotonic()
        self.heartbeat: reporting.Heartbeat | None = None

    def run(self) -> int:
        """Carries the job out; 0 when its end was reported or is nobody's business any more."""
        try:
            self.spec = http.persist(lambda: self.client.get(f"jobs/{self.job}/spec"), until=self.gives_up)
        except (http.Refused, http.Unreachable) as error:
            print(f"the job could not be fetched: {error}", file=sys.stderr)
            if isinstance(error, http.Refused) and error.is_final:
                inputs.clear(self.folder)
            return 1
        self.spec["url"] = self.url  # the studio may know itself by an address that does not lead there from here
        self._start_threads()
        end = self._carry_out()
        return self._report(replace(end, message=self.spool.masks.text(end.message)))

    def stop(self, reason: str) -> None:
        """Ends the command, politely first. Never waits; the first reason counts."""
        # Signal handlers and threads both come here: a handler must not wait for a lock its own thread holds.
        if not self._stop_lock.acquire(blocking=False):
            return
        self.reason = reason
        self._stopped_at = time.monotonic()
        self._stopping.set()
        self._end_command()

    def gone(self) -> None:
        """The studio has no use for this attempt: end quietly."""
        self.is_gone = True
        self.stop("gone")

    def hurry(self) -> None:
        """Report now: there is news."""
        if self.heartbeat is not None:
            self.heartbeat.now()

    def is_stopping(self) -> bool:
        return self._stopping.is_set()

    def gives_up(self) -> bool:
        """Whether trying to reach the studio has gone on long enough."""
        if self.is_gone:
            return True
        if self.reason == "studio_stopped":
            return time.monotonic() - self._stopped_at > STOPPED_SECONDS + self._grace()
        return time.monotonic() - self._began > GIVE_UP_SECONDS

    def _start_threads(self) -> None:
        begins = int(self.spec.get("log_offset") or 0)
        # For whoever has to send the rest of the log when this runner no longer can.
        (self.folder / "log.json").write_text(json.dumps({"offset": begins}))
        calls = {"on_cancel": lambda: self.stop("user"), "on_gone": self.gone}
        self.sender = logs.Sender(
            self.spool,
            self.client,
            job=self.job,
            attempt=self.attempt,
            base=begins,
            **calls,
        )
        self.states = reporting.States(self.client, job=self.job, attempt=self.attempt, until=self.gives_up, **calls)
        self.heartbeat = reporting.Heartbeat(
            self.client,
            job=self.job,
            attempt=self.attempt,
            every=float(self.spec.get("heartbeat_seconds") or 15),
            **calls,
        )
        for thread in (self.heartbeat, self.sender, self.states):
            thread.start()

    def _carry_out(self) -> exits.Exit:
        try:
            code = self._run_command(*self._prepare())
        except Stopped:
            return exits.Exit(reason=self.reason, message=MESSAGES.get(self.reason, ""))
        except JobFailure as error:
            self.spool.note(str(error))
            if self.is_stopping():
                return exits.Exit(reason=self.reason, message=MESSAGES.get(self.reason, ""))
            return exits.Exit(reason=error.reason, message=str(error))
        except http.Unreachable as error:
            return exits.Exit(reason=self.reason or "input", message=MESSAGES.get(self.reason, str(error)))
        except Exception as error:  # noqa: BLE001  whatever goes wrong here, the job must get an end
            traceback.print_exc()
            reason = "disk_full" if getattr(error, "errno", 0) in {errno.ENOSPC, errno.EDQUOT} else "backend"
            return exits.Exit(reason=reason, message=f"The runner could not go on: {error}")
        return self._exit_of(code)

    def _prepare(self) -> tuple[str, dict[str, str]]:
        """Everything before the command: the command with its places, and its environment."""
        spec = self.spec
        persist = partial(http.persist, until=lambda: self.is_stopping() or self.gives_up())
        # First: without one of them nothing is begun.
        secrets = persist(lambda: variables.fetch_secrets(self.client, spec))
        self.spool.masks = Masks([self.token, *secrets.values()])
        code = self.folder / "code"
        persist(lambda: inputs.fetch_code(self.client, str(spec.get("snapshot") or ""), code))
        interpreter = self._interpreter()
        data = Data(self.client, self.job, self.data_cache, self.is_stopping)
        fetched = persist(
            lambda: inputs.fetch_inputs(self.client, spec.get("inputs") or {}, self.folder / "inputs", data)
        )
        made = inputs.make_outputs(spec.get("outputs") or {}, self.folder / "outputs")
        places = inputs.Places(fetched, made)
        self.journal.mkdir(exist_ok=True)
        found = variables.command_environment(
            spec,
            token=self.token,
            interpreter=interpreter.variables,
            places=places,
            journal=self.journal,
            problem=self.problem,
            secrets=secrets,
        )
        return inputs.resolve(str(spec.get("command") or ""), places), found

    def _interpreter(self) -> environment.Interpreter:
        if self.is_in_image:
            return environment.of_image()
        definition = self.spec.get("environment") or {}
        return environment.prepare(definition, cache=self.cache, spool=self.spool, stopped=self.is_stopping)

    def _run_command(self, text: str, found: dict[str, str]) -> int:
        if self.is_stopping():
            raise Stopped
        self._memory = exits.MemoryWatch()
        code = self.folder / "code"
        (code / "outputs").mkdir(exist_ok=True)
        try:
            command = process.Command(text, directory=code, environment=found, spool=self.spool)
        except (OSError, ValueError) as error:
            raise JobFailure("exit", f"The command could not be started: {error}") from error
        self.states.report("running")
        self.command = command
        if self.is_stopping():
            self._end_command()
        return self._accompany(command)

    def _accompany(self, command: process.Command) -> int:
        """Waits for the command, with the clock, the samples and the heartbeat beside it."""
        process.note_process(self.folder / "process.json", command.pid)
        if self.heartbeat is not None:
            self.heartbeat.pgid = command.pid
        meter, sampler = self._measure(command)
        limit = self.spec.get("timeout_seconds")
        clock = threading.Timer(float(limit), self.stop, ["time_limit"]) if limit else None
        if clock is not None:
            clock.daemon = True
            clock.start()
        code = command.wait()
        assert code is not None
        if clock is not None:
            clock.cancel()
        if self._ending is not None:
            self._ending.join()
        command.collect()
        sampler.close()
        if meter is not None:
            meter.close()
        return code

    def _measure(self, command: process.Command) -> tuple[metering.Meter | None, system.Sampler]:
        meter = None
        run_id = str(self.spec.get("run_id") or "")
        if run_id:
            # A second attempt counts its samples from 0 again: it must be another writer.
            writer = "system" if self.attempt == 1 else f"system-{self.attempt}"
            head = _journal.Head(
                run_id, writer, str(self.spec["url"]), str(self.spec["workspace"]), str(self.job), self.attempt
            )
            meter = metering.Meter(self.client, self.journal, head)
            meter.start()
        sampler = system.Sampler(command.pid, meter.add if meter is not None else lambda values, time_ms: None)
        sampler.start()
        return meter, sampler

    def _exit_of(self, code: int) -> exits.Exit:
        told = _problem_file.told(self.problem)
        found = exits.explain(code, spool=self.spool, memory=self._memory, told=told)
        # A command that ended well just before the stop reached it has ended well.
        if not self.reason or found.exit_code == 0:
            return found
        return exits.Exit(found.exit_code, found.signal, self.reason, MESSAGES.get(self.reason, ""))

    def _report(self, end: exits.Exit) -> int:
        """Sends all that is left, then the end."""
        try:
            if self.command is not None and not self.is_gone:
                self.states.report("finalizing")
                end = self._send_results(end)
            self.states.close()
            is_complete = self._drain_log()
            if self.is_gone:
                inputs.clear(self.folder)
                return 0
            self._leave_note(end)
            body = {"attempt": self.attempt, **end.as_json()}
            http.persist(lambda: self.client.post(f"jobs/{self.job}/finish", body), until=self.gives_up)
        except http.Refused as error:
            print(f"the studio takes no more reports: {error}", file=sys.stderr)
            is_complete = True
        except http.Unreachable as error:
            print(f"the end was not reported: {error}", file=sys.stderr)
            return 1
        finally:
            if self.heartbeat is not None:
                self.heartbeat.close()
        if is_complete:
            inputs.clear(self.folder)
        return 0

    def _send_results(self, end: exits.Exit) -> exits.Exit:
        """Sends what the job has made; the end, which is a failure where data it was asked for could not be stored."""
        run_id = str(self.spec.get("run_id") or "")
        if not run_id:
            return end
        self._send_journals()
        uploads = outputs.Uploads(self.client, self.spool, run_id=run_id, until=self.gives_up)
        named, folder = self.spec.get("outputs") or {}, self.folder / "outputs"
        try:
            left, problem = named, ""
            if end.exit_code == 0:
                stored = outputs.DataOutputs(self.client, self.spool, self.job, self.attempt, until=self.gives_up)
                left, problem = stored.send_all(named, folder)
            outputs.send_all(uploads, code=self.folder / "code", named=left, folder=folder)
        except http.Unreachable as error:
            self.spool.note(f"Not every output was uploaded: {error}")
            problem = str(error) if outputs.has_data(named) else ""
        if problem and end.exit_code == 0:
            return replace(end, reason="output", message=problem)
        return end

    def _send_journals(self) -> None:
        """What the script's SDK, or the samples, have not delivered."""
        tries = 0
        while next(_journal.journals(self.journal), None) is not None and not self.gives_up():
            from atelier import _sync

            # Whether the studio is there at all is asked first: only a refusal of a studio that is there counts.
            http.persist(self._beat, until=self.gives_up)
            report = _sync.sync(
                self.journal,
                url=str(self.spec["url"]),
                token=self.token,
                workspace=str(self.spec["workspace"]),
            )
            tries += 1
            if not report.is_complete and tries >= 3:
                self.spool.note("Some records of the script were not taken: " + "; ".join(report.problems[:5]))
                return

    def _beat(self) -> None:
        self.client.post(f"jobs/{self.job}/heartbeat", {"attempt": self.attempt, "pid": os.getpid()})

    def _drain_log(self) -> bool:
        while not self.sender.close(1.0):
            if self.gives_up() or not self.sender.is_alive():
                return self.sender.is_drained
        return True

    def _leave_note(self, end: exits.Exit) -> None:
        """For whoever looks after this runner is gone without having reported."""
        fresh = self.folder / "finish.json.new"
        fresh.write_text(json.dumps(end.as_json()))
        fresh.replace(self.folder / "finish.json")

    def _end_command(self) -> None:
        command = self.command
        if command is None or self._ending is not None:
            return
        grace = ABANDON_GRACE_SECONDS if self.is_gone else self._grace()
        self._ending = threading.Thread(target=lambda: command.end(grace=grace), name="ending", daemon=True)
        self._ending.start()

    def _grace(self) -> float:
        return float(self.spec.get("grace_seconds") or 10)


def _way_in(handover: dict[str, Any]) -> str:
    """The studio's address as it is reached from here."""
    if not handover.get("door"):
        return str(handover["url"])
    door = Door(str(handover["door"]))
    door.start()
    return door.url


def _take_over(folder: Path) -> dict[str, Any] | None:
    """What was handed over, once: the file with the token goes away."""
    path = folder / "handover.json"
    try:
        os.close(os.open(folder / "begun", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    finally:
        path.unlink(missing_ok=True)
    return found if isinstance(found, dict) else None

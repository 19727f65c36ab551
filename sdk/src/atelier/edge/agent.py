"""The agent's loop: tell the studio how things are, hear what shall be, bring it about; without the studio, keep it so."""

from __future__ import annotations

import json
import secrets
import signal
import threading
import time
from types import FrameType
from typing import Any, Callable

from atelier import _client, _errors
from atelier.edge import machine
from atelier.edge.engine import Engine, EngineAway
from atelier.edge.fetching import Fetcher
from atelier.edge.folder import Folder
from atelier.edge.reconciling import READY_SECONDS, Reconciler
from atelier.edge.remembering import Diary, Memory, now

SOON = 1.0
REPORT_SECONDS = 10.0
AWAY_SECONDS = 60.0
FETCH_SECONDS = 3600.0
ROUNDS = 600

Say = Callable[[str], None]


class Agent:
    """One device's agent over one folder."""

    def __init__(self, folder: Folder, *, say: Say = print, ready_seconds: float = READY_SECONDS) -> None:
        self._folder, self._say = folder, say
        identity = folder.identity
        self._client = _client.Client(url=identity["url"], token=identity["token"])
        self._engine = Engine(identity["id"])
        self._desired = folder.desired
        memory = folder.memory
        self._diary = Diary(list(memory.get("events") or []))
        self._every = float(self._desired.get("report_seconds") or REPORT_SECONDS)
        self._next_report = 0.0
        self._last_said: Any = None
        self._is_away, self._is_revoked, self._engine_problem, self._engine_version = False, False, "", ""
        self._over = threading.Event()
        self._kept = ""
        self._reconciler = Reconciler(
            self._engine, Fetcher(self._client, self._engine, folder), self._diary,
            {name: Memory.from_json(value) for name, value in (memory.get("modules") or {}).items()},
            dict(memory.get("images") or {}), ready_seconds=ready_seconds,
        )  # fmt: skip

    def run(self) -> None:
        """Work until a signal says stop. The modules go on then; the next agent finds them again."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self._diary.note("AgentStarted", "", f"Version {machine.AGENT}.")
        while not self._over.is_set():
            self.step()
            self._over.wait(min(SOON if self._reconciler.is_restless else self._every, self._every))

    def settle(self) -> None:
        """Step until nothing is on its way any more, then report once more."""
        for _ in range(ROUNDS):
            self.step(always_report=True)
            if not self._reconciler.is_restless or self._is_revoked:
                break
            time.sleep(SOON / 2)
        self.step(always_report=True)

    def step(self, *, always_report: bool = False) -> None:
        """One look at everything."""
        self._look()
        is_due = always_report or time.monotonic() >= self._next_report or self._modules() != self._last_said
        if is_due and self._talk():
            self._look()
        self._keep()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._over.set()

    def _look(self) -> None:
        try:
            if not self._engine_version:
                self._engine_version = self._engine.version()
            self._reconciler.look(self._desired["modules"])
        except EngineAway as error:
            self._engine_version = ""
            if not self._engine_problem:
                self._diary.note("EngineAway", "", str(error))
                self._say(str(error))
            self._engine_problem = str(error)
            return
        if self._engine_problem:
            self._engine_problem = ""
            self._diary.note("EngineBack")
            self._say("The Docker engine answers again.")

    def _talk(self) -> bool:
        """Report, and fetch what shall run when that is news; whether it was."""
        try:
            answer = self._report()
            if self._is_away or self._is_revoked:
                self._say("The studio answers again.")
            self._is_away = self._is_revoked = False
            self._every = float(answer["report_seconds"])
            self._next_report = time.monotonic() + self._every
            if answer["revision"] == self._desired["revision"]:
                return False
            return self._fetch_desired()
        except _errors.Conflict:
            # It is about a revision the studio does not wait for: hear first, then tell.
            return self._heard()
        except _errors.ServerError as error:
            self._lost(error)
            return False

    def _heard(self) -> bool:
        try:
            return self._fetch_desired()
        except _errors.ServerError as error:
            self._lost(error)
            return False

    def _report(self) -> dict[str, Any]:
        events = list(self._diary.events)
        modules = self._modules()
        body = {
            "revision": self._desired["revision"],
            "facts": machine.facts(self._engine_version),
            "modules": modules,
            "telemetry": {**machine.figures(), "modules": self._figures()},
            "events": events,
        }
        answer: dict[str, Any] = self._client.post("/edge/report", body, once=True)
        self._diary.told(len(events))
        self._last_said = modules
        return answer

    def _fetch_desired(self) -> bool:
        found = self._client.get("/edge/desired")
        if found == self._desired:
            return False
        self._desired = found
        self._folder.keep_desired(found)
        self._say(f"Revision {found['revision']}: {len(found['modules'])} modules.")
        return True

    def _lost(self, error: _errors.ServerError) -> None:
        """The studio is away, or lets this device in no more: what runs goes on."""
        is_revoked = isinstance(error, (_errors.Unauthorized, _errors.Denied))
        if is_revoked and not self._is_revoked:
            self._say("The studio does not know this device any more. Enrol it anew; its modules go on until then.")
        elif not is_revoked and not self._is_away:
            self._say(f"{error} The modules go on without it.")
        self._is_away, self._is_revoked = not is_revoked, is_revoked
        pause = AWAY_SECONDS if is_revoked else self._every
        self._next_report = time.monotonic() + pause
        self._last_said = self._modules()

    def _modules(self) -> dict[str, dict[str, Any]]:
        return self._reconciler.report(self._desired["modules"])

    def _figures(self) -> dict[str, dict[str, float]]:
        try:
            return {
                name: self._engine.figures(seen) for name, seen in self._engine.containers().items() if seen.is_running
            }
        except _errors.AtelierError:
            return {}

    def _keep(self) -> None:
        """Write down what changed since it was written last."""
        memory = {
            "modules": {name: one.to_json() for name, one in self._reconciler.memories.items()},
            "images": self._reconciler.images,
            "events": self._diary.events,
        }
        status = {
            "studio": "revoked" if self._is_revoked else "away" if self._is_away else "online",
            "engine": self._engine_problem or self._engine_version,
            "revision": self._desired["revision"],
            "modules": self._modules(),
        }
        text = json.dumps([memory, status], sort_keys=True)
        if text != self._kept:
            self._folder.keep_memory(memory)
            self._folder.keep_status({**status, "at": now()})
            self._kept = text


def enrol(folder: Folder, *, url: str, code: str) -> dict[str, Any]:
    """Exchange a code for a token of this device's own, which is kept in the folder."""
    client = _client.Client(url=url, token="")
    answer = client.post("/edge/enroll", {"code": code, "facts": machine.facts("")}, once=True)
    # The containers are labelled with an id of this folder's own: enrolled anew it finds them again.
    own = folder.known_id or secrets.token_hex(12)
    identity = {"id": own, "url": client.url, **{name: answer[name] for name in ("token", "device", "workspace")}}
    folder.keep_identity(identity)
    folder.keep_desired({"revision": 0, "modules": []})
    return identity


def leave(folder: Folder) -> int:
    """Stop and remove this device's modules and forget who it is; how many there were."""
    engine = Engine(folder.identity["id"])
    found = engine.containers()
    for seen in found.values():
        engine.stop(seen)
    folder.forget()
    return len(found)

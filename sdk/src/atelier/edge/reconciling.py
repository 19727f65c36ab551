"""Bringing about what the device shall run: one look at one module at a time, each doing at most one thing."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from atelier import _errors
from atelier.edge.engine import Engine, EngineRefused, Seen
from atelier.edge.fetching import Fetcher
from atelier.edge.remembering import Diary, Memory
from atelier.edge.specs import Spec

READY_SECONDS = 90.0
BAD_LOOKS = 3
FETCH_PAUSE = 30.0
FEW_EXITS = 3


class Reconciler:
    """Keeps the containers as they shall be. All it needs to know is in `memories`, which its owner keeps on disk."""

    def __init__(
        self, engine: Engine, fetcher: Fetcher, diary: Diary, memories: dict[str, Memory], images: dict[str, Any],
        *, ready_seconds: float = READY_SECONDS,
    ) -> None:  # fmt: skip
        self._engine, self._fetcher, self._diary = engine, fetcher, diary
        self.memories, self.images = memories, images
        self._ready_seconds = ready_seconds
        self._fetch_after: dict[int, float] = {}

    def look(self, modules: list[Mapping[str, Any]]) -> None:
        """One step of every module. Raises EngineAway."""
        self._take_fetched()
        seen = self._engine.containers()
        for said in modules:
            self._module(said, seen.pop(str(said["name"]), None))
        for one in seen.values():
            self._engine.stop(one)
            self._diary.note("Removed", one.module)
        for name in set(self.memories) - {str(said["name"]) for said in modules}:
            del self.memories[name]
        self._forget_images(modules)

    @property
    def is_restless(self) -> bool:
        """Whether something is on its way, so that the next look should be soon."""
        on_its_way = self._fetcher.is_busy or self._fetcher.fetched or self._fetcher.problems
        states = {one.state for one in self.memories.values()}
        return bool(on_its_way) or bool(states & {"starting", "waiting", "fetching"})

    def report(self, modules: list[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """The modules as the studio is told of them."""
        return {str(said["name"]): self._told(said) for said in modules if str(said["name"]) in self.memories}

    def _told(self, said: Mapping[str, Any]) -> dict[str, Any]:
        memory, wanted = self.memories[str(said["name"])], Spec.of(said)
        good = memory.good_spec()
        runs = good if memory.state == "rolled_back" and good else wanted
        return {
            "state": memory.state or "waiting",
            "image": runs.image,
            "version": runs.version,
            "generation": wanted.generation,
            "since": memory.since,
            "restarts": memory.restarts,
            "problem": memory.problem,
        }

    def _module(self, said: Mapping[str, Any], seen: Seen | None) -> None:
        wanted = Spec.of(said)
        memory = self.memories.setdefault(wanted.name, Memory())
        if said.get("is_stopped"):
            self._stopped(memory, wanted, seen)
            return
        if memory.given_up and memory.given_up != wanted.key:
            memory.given_up, memory.problem = "", ""
        target = self._target(memory, wanted)
        if target is None:
            memory.be("failed")
            return
        try:
            self._step(memory, wanted, target, seen)
        except EngineRefused as error:
            self._refused(memory, wanted, target, str(error))

    def _target(self, memory: Memory, wanted: Spec) -> Spec | None:
        """What shall run: the wanted one, or what was good before one that was given up."""
        if memory.given_up != wanted.key:
            return wanted
        return memory.good_spec()

    def _step(self, memory: Memory, wanted: Spec, target: Spec, seen: Seen | None) -> None:
        image_id = self._image(memory, target)
        if not image_id:
            # What ran until now goes on until the new image is here.
            return
        if seen is not None and seen.key != target.key:
            self._engine.stop(seen)
            self._diary.note("Stopped", target.name, f"To make room for {target.image}.")
            seen = None
        if seen is None:
            self._start(memory, target, image_id)
        elif seen.is_running:
            self._probe(memory, wanted, target, seen)
        else:
            self._ended(memory, wanted, target, seen)

    def _image(self, memory: Memory, target: Spec) -> str:
        """The id of the image when the engine has it; else it is being fetched."""
        known = self.images.get(str(target.version))
        if known and self._engine.has_image(known["id"]):
            return str(known["id"])
        if problem := self._fetcher.problems.pop(target.version, ""):
            self._fetch_after[target.version] = time.monotonic() + FETCH_PAUSE
            memory.problem = problem
            self._diary.note("Failed", target.name, problem)
        if time.monotonic() < self._fetch_after.get(target.version, 0):
            return ""
        if self._fetcher.begin(target):
            self._diary.note("Fetching", target.name, target.image)
        if memory.state not in ("running", "unhealthy"):
            memory.be("fetching")
        return ""

    def _take_fetched(self) -> None:
        for version, (image_id, name) in list(self._fetcher.fetched.items()):
            self.images[str(version)] = {"id": image_id, "name": name}
            del self._fetcher.fetched[version]

    def _start(self, memory: Memory, target: Spec, image_id: str) -> None:
        if memory.tried_key == target.key and time.time() < memory.not_before:
            memory.be("waiting")
            return
        again = memory.tried_key == target.key
        memory.begin(target.key)
        self._engine.start(target, image_id)
        memory.restarts += 1 if again else 0
        memory.be("starting")
        self._diary.note("Started", target.name, target.image)

    def _probe(self, memory: Memory, wanted: Spec, target: Spec, seen: Seen) -> None:
        if self._engine.is_ready(seen, target.ready_path):
            self._ready(memory, wanted, target)
            return
        if memory.ready_key != target.key:
            if time.time() - memory.started_at < self._ready_seconds:
                memory.be("starting")
                return
            why = self._why(seen, f"{target.image} did not get ready within {self._ready_seconds:.0f} seconds.")
            self._give_up_or_again(memory, wanted, target, seen, why)
            return
        memory.bad_looks += 1
        if memory.be("unhealthy"):
            self._diary.note("Unhealthy", target.name, f"{target.ready_path} does not answer well.")
        if memory.bad_looks >= BAD_LOOKS:
            self._restart(memory, target, seen, "It was not healthy any more.")

    def _ready(self, memory: Memory, wanted: Spec, target: Spec) -> None:
        is_first = memory.ready_key != target.key
        memory.ready_key, memory.bad_looks, memory.is_over = target.key, 0, False
        memory.good = target.to_json()
        if memory.be("running" if target.key == wanted.key else "rolled_back") or is_first:
            self._diary.note("Ready", target.name, target.image)
        if target.key == wanted.key:
            memory.problem = ""

    def _ended(self, memory: Memory, wanted: Spec, target: Spec, seen: Seen) -> None:
        """A container that does not run any more: started again as its rule says, with growing pauses."""
        if memory.is_over:
            return
        why = self._why(seen, f"{target.image} ended with exit code {seen.exit}.")
        is_new = memory.ready_key != target.key
        if is_new and memory.fails + 1 >= FEW_EXITS and memory.good_spec() is not None and target.key == wanted.key:
            self._give_up(memory, wanted, seen, why)
            return
        if target.restart == "never" or (target.restart == "on-failure" and seen.exit == 0):
            memory.is_over = True
            memory.be("failed" if seen.exit else "stopped")
            memory.problem = why if seen.exit else ""
            self._diary.note("Exited", target.name, why)
            return
        self._restart(memory, target, seen, why)

    def _restart(self, memory: Memory, target: Spec, seen: Seen, why: str) -> None:
        """Take it away; the next look starts it anew, once its pause is over."""
        self._engine.stop(seen)
        memory.fail()
        memory.problem = why
        memory.be("waiting")
        self._diary.note("Exited", target.name, why)

    def _give_up_or_again(self, memory: Memory, wanted: Spec, target: Spec, seen: Seen, why: str) -> None:
        if target.key == wanted.key and memory.good_spec() is not None:
            self._give_up(memory, wanted, seen, why)
        else:
            self._restart(memory, target, seen, why)

    def _give_up(self, memory: Memory, wanted: Spec, seen: Seen | None, why: str) -> None:
        """Back to what was good before; what failed is not tried again until something else is asked for."""
        good = memory.good_spec()
        if seen is not None:
            self._engine.stop(seen)
        memory.given_up, memory.problem = wanted.key, why
        memory.not_before = 0.0
        if good is not None:
            memory.be("starting")
            self._diary.note("RolledBack", wanted.name, f"To {good.image}. {why}")

    def _refused(self, memory: Memory, wanted: Spec, target: Spec, why: str) -> None:
        """The engine would not do it: tried again later; a new version gives way to what was good."""
        memory.fail()
        if memory.problem != why:
            self._diary.note("Failed", target.name, why)
        memory.problem = why
        good = memory.good_spec()
        if target.key == wanted.key and good is not None and good.key != wanted.key and memory.fails >= FEW_EXITS:
            self._give_up(memory, wanted, None, why)
            return
        memory.be("waiting")

    def _stopped(self, memory: Memory, wanted: Spec, seen: Seen | None) -> None:
        if seen is not None:
            self._engine.stop(seen)
            self._diary.note("Stopped", wanted.name)
        memory.given_up, memory.problem, memory.tried_key, memory.is_over = "", "", "", False
        memory.be("stopped")

    def _why(self, seen: Seen, words: str) -> str:
        said = self._engine.last_words(seen)
        return f"{words} It said last: {said}" if said else words

    def _forget_images(self, modules: list[Mapping[str, Any]]) -> None:
        """Let go of images that nothing here runs or would go back to."""
        used = {str(said["image"]["version"]) for said in modules}
        used |= {str(one.good["version"]) for one in self.memories.values() if one.good}
        for version in set(self.images) - used:
            try:
                self._engine.remove_image(self.images[version]["name"])
            except _errors.AtelierError:
                continue
            del self.images[version]

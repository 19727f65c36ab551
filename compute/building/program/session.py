"""One build from its plan to its answer."""

import contextlib
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from atelier import _locks
from atelier.runner import client as http

from compute.building.plans import Plan, Stage
from compute.building.program import pushing, reading, telling
from compute.building.program.engine import Engine, gone
from compute.building.program.failing import Canceled, EngineGone, Problem
from compute.building.program.files import Files
from compute.building.program.making import Maker
from compute.building.program.marks import Mark, remove_leavings
from compute.building.program.telling import Teller
from compute.engines import opening

GIVE_UP_SECONDS = 600.0
LOCK_PAUSE = 0.5
ENGINE_PAUSE = 2.0


class Session:
    """What is known while one plan is carried out."""

    def __init__(self, *, url: str, token: str, workspace: str, job: int, attempt: int, folder: Path) -> None:
        self.teller = Teller()
        self.teller.hide([token])
        self.client = http.Client(url=url, token=token, workspace=workspace)
        self.job, self.attempt, self.folder = job, attempt, folder
        self.plan: Plan | None = None
        self.engine: Engine | None = None
        self.mark: Mark | None = None
        self.is_answered = False

    def run(self) -> int:
        """0 when the image is there and the studio knows it; 1 when it could not be made and the studio knows why."""
        try:
            told = self._ask(lambda: self.client.get(f"jobs/{self.job}/build"))
            self._answer({"image": self._made(told)})
        except Problem as error:
            return self._failed(str(error))
        except http.Refused as error:
            self.teller.say(f"The studio has no use for this build any more: {error}")
            self._remove(keep_final=False)
            return 1
        except http.Unreachable as error:
            return self._failed(f"The studio did not answer for {GIVE_UP_SECONDS:g} s: {error}")
        self.is_answered = True
        self._remove(keep_final=True)
        self.teller.say(f"Done in {self.teller.took}")
        return 0

    def _made(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """The finished image's description. While the engine is away it waits, then goes on with what is there."""
        while True:
            try:
                self._prepare(told)
                return self._carry_out(told)
            except opening.FAILED as error:
                lost = gone(error)
                if not isinstance(lost, EngineGone):
                    raise lost from error
                self.teller.say(str(lost))
            except EngineGone as error:
                self.teller.say(str(error))
            self._await_engine(str(told["machine"]["engine"]))

    def _await_engine(self, address: str) -> None:
        """Until it answers; the job's own clock and whoever cancels it end the wait."""
        self.teller.say("Waiting until the Docker engine is back")
        while True:
            time.sleep(ENGINE_PAUSE)
            with contextlib.suppress(opening.EngineAway):
                opening.client(address).close()
                return

    def canceled(self) -> None:
        """Leave nothing behind."""
        self.teller.say("Canceled: removing what was begun")
        self._remove(keep_final=self.is_answered)

    def _prepare(self, told: Mapping[str, Any]) -> None:
        machine, credentials = told["machine"], told["credentials"]
        self.plan = Plan.from_json(told["plan"])
        self.teller.hide(value for name, value in (credentials or {}).items() if name != "username")
        self.teller.hide(urlsplit(stage.index).password or "" for stage in self.plan.stages)
        self.mark = Mark(str(machine["studio"]), self.job, self.attempt)
        self.engine = Engine(machine, self.mark, self.teller)
        version = self.engine.client.version().get("Version")
        self.teller.say(f"Build {self.job} on Docker {version}, for {self.plan.platform}")
        for attempt in range(1, self.attempt + 1):
            count = remove_leavings(self.engine.client, Mark(self.mark.studio, self.job, attempt))
            if count:
                self.teller.say(f"Removed {count} things that were left from before")

    def _carry_out(self, told: Mapping[str, Any]) -> dict[str, Any]:
        assert self.plan is not None and self.engine is not None
        files = Files(self.client, self.job, self.folder / "files", self._ask)
        maker = Maker(self.engine, self.plan, files, self.folder)
        stages = []
        for number, stage in enumerate(self.plan.stages, start=1):
            stages.append(self._make(maker, stage, number, Path(told["machine"]["locks"])))
        last = self.engine.find(self.plan.last.tag)
        if last is None:
            raise Problem(f"The image {self.plan.last.tag} went away while it was built.")
        reference, digest = self.plan.last.tag, str(last.id)
        if self.plan.push is not None:
            reference = self.plan.push.reference
            digest = pushing.push(self.engine, last, reference, told["credentials"])
        return self._described(maker, last, reference, digest, stages)

    def _make(self, maker: Maker, stage: Stage, number: int, locks: Path) -> dict[str, Any]:
        assert self.plan is not None and self.engine is not None
        self.teller.say(f"Stage {number} of {len(self.plan.stages)}: {stage.name}")
        began = time.monotonic()
        with self._alone(locks, stage):
            image, reused = maker.make(stage, number)
        took = time.monotonic() - began
        size = int(image.attrs["Size"]) if image is not None else 0
        if image is not None and not reused:
            self.teller.say(f"Made {stage.tag}, {telling.size(size)}, in {telling.seconds(took)}", indent=2)
        return {"name": stage.name, "tag": stage.tag, "reused": reused, "seconds": round(took, 3), "size": size}

    @contextlib.contextmanager
    def _alone(self, locks: Path, stage: Stage) -> Iterator[None]:
        """One build of a stage at a time: the others wait and find it made."""
        locks.mkdir(parents=True, exist_ok=True)
        assert self.plan is not None
        lock = _locks.FileLock(locks / f"{self.plan.hashes()[stage.name]}.lock")
        waits = False
        while not lock.acquire():
            if not waits:
                self.teller.say("Another build is making this: waiting for it", indent=2)
                waits = True
            time.sleep(LOCK_PAUSE)
        try:
            yield
        finally:
            lock.release()

    def _described(
        self, maker: Maker, image: Any, reference: str, digest: str, stages: list[dict[str, Any]]
    ) -> dict[str, Any]:
        assert self.engine is not None
        self.teller.say("Reading what is in it")
        python, packages = reading.packages_of(self.engine, image.id)
        facts = {
            "architecture": str(image.attrs.get("Architecture") or ""),
            "system": str(image.attrs.get("Os") or ""),
            "python": python,
            "base": maker.base,
            "scripts": maker.facts,
        }
        size = int(image.attrs["Size"])
        layers = reading.layers_of(self.engine, image)
        self.teller.say(f"{len(packages)} packages, {len(layers)} layers, {telling.size(size)}", indent=2)
        return {
            "reference": reference,
            "digest": digest,
            "image_id": str(image.id),
            "size": size,
            "layers": layers,
            "packages": packages,
            "stages": stages,
            "sbom": reading.sbom_of(reference, digest, packages),
            "facts": facts,
        }

    def _answer(self, body: dict[str, Any]) -> None:
        self._ask(lambda: self.client.post(f"jobs/{self.job}/build/result", {"attempt": self.attempt, **body}))

    def _failed(self, why: str) -> int:
        why = self.teller.clean(why)
        self.teller.say(why)
        self._remove(keep_final=False)
        try:
            self._answer({"problem": why[:20_000]})
        except (http.Refused, http.Unreachable) as error:
            self.teller.say(f"The studio could not be told: {error}")
        return 1

    def _ask(self, step: Any) -> Any:
        """Try again while the studio is away, for ten minutes."""
        ends_at = time.monotonic() + GIVE_UP_SECONDS
        return http.persist(step, until=lambda: time.monotonic() > ends_at)

    def _remove(self, *, keep_final: bool) -> None:
        """What this attempt made and nobody needs. A whole stage below the last one is kept: the next build finds it."""
        if self.engine is None or self.mark is None or self.plan is None:
            return
        final = [] if keep_final else [self.plan.last.tag, *([self.plan.push.reference] if self.plan.push else [])]
        try:
            remove_leavings(self.engine.client, self.mark, untag=final)
        except (*opening.FAILED, Canceled) as error:
            self.teller.say(f"Not everything could be removed, the studio will look again: {error}")

"""The Docker engine, as a build uses it: building one context, running one container, and what both say."""

import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from docker.errors import APIError, ImageNotFound
from requests import RequestException

from compute.building.program.failing import EngineGone, Problem
from compute.building.program.marks import Mark
from compute.building.program.telling import Teller
from compute.engines import hardening, opening

LAST_LINES = 12
# A step may be silent for as long as the whole build may take; the job's own clock ends it.
QUIET_SECONDS = 24 * 3600
# A step that ended by itself; 137 and 143 are also what an engine does to its containers when it is stopped.
_OWN_FAULT = re.compile(
    r"non-zero code: (?!137\b|143\b)\d+|dockerfile parse error|COPY failed|ADD failed", re.IGNORECASE
)
LEAVING_SECONDS = 4.0
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_STEP = re.compile(r"Step (\d+/\d+) : (.*)", re.DOTALL)
_NOISE = re.compile(r"( ---> .*|Removing intermediate container .*|Successfully (built|tagged) .*|)\s*\Z")


class Engine:
    """One engine and what this build may take of it."""

    def __init__(self, machine: Mapping[str, Any], mark: Mark, teller: Teller) -> None:
        self.machine, self.mark, self.teller = machine, mark, teller
        try:
            self.client = opening.client(str(machine["engine"]), seconds=QUIET_SECONDS)
        except opening.EngineAway as error:
            raise EngineGone(str(error)) from error

    def find(self, reference: str) -> Any | None:
        """The image, when the engine has it."""
        try:
            return self.client.images.get(reference)
        except ImageNotFound:
            return None

    def build(self, context: Path, *, tag: str, network: str, dockerfile: str = "Dockerfile") -> Any:
        """Build a context's tar as `tag` and answer the image. Raises Problem with the engine's last words."""
        said: list[str] = []
        try:
            with context.open("rb") as stream:
                for event in self._events(stream, tag, network, dockerfile):
                    if event.get("error"):
                        raise self._failed(str(event["error"]), said)
                    self._hear(event, said)
            return self.client.images.get(tag)
        except opening.FAILED as error:
            raise gone(error) from error

    def run(self, image: str, command: list[str], *, seconds: float, memory_mb: int) -> tuple[int, str]:
        """The exit code and the output of one command in a container without a network. It is removed again."""
        limits = hardening.limits(memory=memory_mb * 1024 * 1024, network="none", labels=self.mark.of_containers)
        try:
            container = self.client.containers.create(image, command[1:], entrypoint=command[:1], **limits)
            try:
                container.start()
                code = wait(container, seconds)
                return code, clean(container.logs().decode("utf-8", "replace"))
            finally:
                container.remove(force=True, v=True)
        except opening.FAILED as error:
            raise gone(error) from error

    def _failed(self, error: str, said: list[str]) -> Problem:
        """Why a step failed: for its own sake, or because the engine is being stopped and ends what it runs."""
        if not _OWN_FAULT.search(error):
            ends_at = time.monotonic() + LEAVING_SECONDS
            while time.monotonic() < ends_at:
                try:
                    opening.client(str(self.machine["engine"])).close()
                except opening.EngineAway as away:
                    return EngineGone(str(away))
                time.sleep(0.5)
        return Problem(_failure(error, said))

    def _events(self, stream: Any, tag: str, network: str, dockerfile: str) -> Iterator[dict[str, Any]]:
        memory = int(self.machine["memory_mb"]) * 1024 * 1024
        limits: dict[str, Any] = {"memory": memory, "memswap": memory}
        cpus = int(float(self.machine.get("cpus") or 0))
        if cpus:
            limits["cpusetcpus"] = f"0-{cpus - 1}"
        events: Iterator[dict[str, Any]] = self.client.api.build(
            fileobj=stream,
            custom_context=True,
            dockerfile=dockerfile,
            tag=tag,
            rm=True,
            forcerm=True,
            pull=False,
            network_mode=network,
            container_limits=limits,
            decode=True,
        )
        return events

    def _hear(self, event: Mapping[str, Any], said: list[str]) -> None:
        """Show what happens, without the engine's talk about its own layers."""
        for line in clean(str(event.get("stream") or "")).splitlines():
            step = _STEP.match(line)
            if step is not None:
                self.teller.say(f"Step {step[1]} {step[2][:400]}", indent=2)
            elif not _NOISE.match(line):
                said[:] = [*said, line][-LAST_LINES:]
                self.teller.say(line, indent=4)


def wait(container: Any, seconds: float) -> int:
    """The exit code of a container. Raises Problem when it takes longer."""
    try:
        return int(container.wait(timeout=seconds)["StatusCode"])
    except RequestException as error:
        raise Problem(f"It was not done within {seconds:g} s.") from error


def clean(text: str) -> str:
    """Text without colours, and of a line that was written over again and again only the last state."""
    plain = _COLOURS.sub("", text)
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in plain.split("\n"))


def _failure(error: str, said: list[str]) -> str:
    code = re.search(r"returned a non-zero code: (\d+)", error)
    if code is None:
        return f"The Docker engine could not build it: {clean(error).strip()[:800]}"
    what = "A step was ended because it took more memory than a build may" if code[1] == "137" else "A step failed"
    words = "\n".join(said)
    return f"{what} (exit code {code[1]}):\n{words}" if words else f"{what} (exit code {code[1]})."


def gone(error: Exception) -> Problem:
    """What an error of the engine's client means for the build."""
    if isinstance(error, APIError):
        return Problem(f"The Docker engine refused: {error.explanation or error}"[:900])
    return EngineGone("The Docker engine went away in the middle of the build.")

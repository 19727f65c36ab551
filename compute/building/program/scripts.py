"""A stage that runs a script instead of building an image: in a container without a network, over given files."""

import io
import json
import tarfile
from pathlib import Path
from typing import Any

from compute.building.plans import Script
from compute.building.program import archives
from compute.building.program.engine import Engine, clean, wait
from compute.building.program.failing import Problem
from compute.engines import hardening, opening

PLACE = "/work"
IN, OUT = f"{PLACE}/in", f"{PLACE}/out"
NAME = "script.py"
FACTS = "facts.json"
MOST_FACTS = 200_000
LAST_LINES = 12
MOST_OUTPUT = 20_000_000_000


def run(engine: Engine, image: str, script: Script, *, source: Path, files: Path, made: Path) -> dict[str, Any]:
    """Run `source` over the tar `files`; what it leaves in its output folder comes below `made`. Answers its facts.

    Raises Problem with the script's last words when it fails.
    """
    volume = None
    try:
        volume = engine.client.volumes.create(labels=engine.mark.labels)
        _fill(engine, image, volume.name, files, source)
        code, said = _carry_out(engine, image, volume.name, script, made)
    except opening.FAILED as error:
        raise Problem(f"The script could not be run: {error}"[:900]) from error
    finally:
        if volume is not None:
            _forget(volume)
    engine.teller.say(said, indent=4)
    if code:
        words = "\n".join(said.strip().splitlines()[-LAST_LINES:])
        raise Problem(words or f"The script ended with exit code {code} and said nothing.")
    return _facts(made / FACTS)


def _fill(engine: Engine, image: str, volume: str, files: Path, source: Path) -> None:
    """Input, script and an output folder that the script's user may write, by a container that never starts."""
    binding = {volume: {"bind": PLACE, "mode": "rw"}}
    container = engine.client.containers.create(image, ["true"], volumes=binding, labels=engine.mark.of_containers)
    try:
        with files.open("rb") as stream:
            container.put_archive(PLACE, stream)
        container.put_archive(PLACE, _frame(source.read_bytes()))
    finally:
        container.remove(force=True)


def _frame(script: bytes) -> bytes:
    found = io.BytesIO()
    with tarfile.open(fileobj=found, mode="w") as tar:
        head = tarfile.TarInfo(NAME)
        head.size, head.mode = len(script), 0o644
        tar.addfile(head, io.BytesIO(script))
        for name, owner in (("in", 0), ("out", int(hardening.USER.partition(":")[0]))):
            folder = tarfile.TarInfo(name)
            folder.type, folder.mode, folder.uid, folder.gid = tarfile.DIRTYPE, 0o755, owner, owner
            tar.addfile(folder)
    return found.getvalue()


def _carry_out(engine: Engine, image: str, volume: str, script: Script, made: Path) -> tuple[int, str]:
    limits = hardening.limits(memory=script.memory_mb * 1024 * 1024, network="none", labels=engine.mark.of_containers)
    command = ["python3", f"{PLACE}/{NAME}", IN, OUT, *script.arguments]
    binding = {volume: {"bind": PLACE, "mode": "rw"}}
    container = engine.client.containers.create(
        image, command[1:], entrypoint=command[:1], volumes=binding, working_dir="/tmp", **limits
    )
    try:
        container.start()
        code = wait(container, script.seconds)
        said = clean(container.logs().decode("utf-8", "replace"))
        if code == 0:
            _fetch(container, made)
        return code, said
    finally:
        container.remove(force=True)


def _fetch(container: Any, made: Path) -> None:
    """The output folder as files of ours: links and devices in it are not followed, they are left out."""
    pieces, _ = container.get_archive(OUT)
    whole = made.with_name(made.name + ".tar")
    size = 0
    with whole.open("wb") as sink:
        for piece in pieces:
            size += len(piece)
            if size > MOST_OUTPUT:
                raise Problem("The script has made more than a build may keep.")
            sink.write(piece)
    with tarfile.open(whole) as tar:
        for entry in tar:
            name = entry.name.partition("/")[2]
            if not entry.isreg() or not name:
                continue
            target = made / archives.checked(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            stream = tar.extractfile(entry)
            assert stream is not None
            with target.open("wb") as kept:
                while piece := stream.read(1 << 20):
                    kept.write(piece)
    whole.unlink()
    made.mkdir(exist_ok=True)


def _forget(volume: Any) -> None:
    try:
        volume.remove(force=True)
    except opening.FAILED:
        return  # the removal by label takes it


def _facts(path: Path) -> dict[str, Any]:
    """What the script says about its work; it is then no file of the image any more."""
    if not path.is_file():
        return {}
    data = path.read_bytes()[: MOST_FACTS + 1]
    path.unlink()
    try:
        found = json.loads(data)
    except ValueError:
        return {}
    return found if isinstance(found, dict) and len(data) <= MOST_FACTS else {}

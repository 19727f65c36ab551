"""Runs one instance of this machine: starts the command under its limits, keeps what it says, writes down how it ended.

    python -I -S launch.py FOLDER

It reads FOLDER/command.json and needs nothing but the standard library. What it starts ends with it.
"""

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

LOG_BYTES = 5_000_000  # of a log file; one older one is kept beside it
OPEN_FILES = 65_536
PR_SET_PDEATHSIG = 1


def main(folder: Path) -> int:
    asked = json.loads((folder / "command.json").read_text())
    child = subprocess.Popen(
        asked["command"],
        cwd=asked["directory"],
        env=asked["environment"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=lambda: _limit(asked["memory"]),  # noqa: PLW1509  one thread
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: child.terminate())
    _keep(child, folder / "log.txt")
    code = child.wait()
    _write(folder / "exit.json", {"exit": code})
    return 0


def _limit(memory: int) -> None:
    """In the child: its limits, and an end together with whoever started it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    files = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    if memory:
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))


def _keep(child: "subprocess.Popen[bytes]", path: Path) -> None:
    """Append what the child says until it closes its output; a log that has grown is put aside once."""
    assert child.stdout is not None
    log = path.open("ab")
    while data := os.read(child.stdout.fileno(), 65_536):
        if log.tell() + len(data) > LOG_BYTES:
            log.close()
            path.replace(path.with_suffix(".old"))
            log = path.open("ab")
        log.write(data)
        log.flush()
    log.close()


def _write(path: Path, value: object) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(value))
    fresh.replace(path)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

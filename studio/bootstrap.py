"""From a bare Python to the studio's own virtual environment. Only the standard library may be imported here.

The environment is `.venv` beside manage.py. A stamp inside it holds the digests of the lock files that were installed, so
that a later start costs one small read. uv installs (seconds instead of minutes); where uv can't, pip does.
"""

import fcntl
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

RUN_LOCK, TEST_LOCK = "requirements.txt", "requirements-dev.txt"
STAMP = "atelier-installed.json"
# What pip knows by its configuration and uv would not see: pip's name -> uv's variable.
UV_VARIABLES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
    "trusted-host": "UV_INSECURE_HOST",
}


class BootstrapError(Exception):
    """One clear sentence on why the environment can't be made."""


def enter(home: str, argv: list[str], *, with_test_tools: bool) -> int:
    """Go on inside the virtual environment, made and filled when needed. Answers an exit code, 0 to go on."""
    root = Path(home)
    lock = TEST_LOCK if with_test_tools else RUN_LOCK
    try:
        ensure(root, lock)
    except BootstrapError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    python = interpreter(root)
    if Path(sys.prefix).resolve() != (root / ".venv").resolve():
        os.execv(python, [str(python), *argv])
    return 0


def interpreter(root: Path) -> Path:
    return root / ".venv" / "bin" / "python"


def ensure(root: Path, lock: str) -> None:
    """Make `.venv` and install the lock file, unless that was done already. Raises BootstrapError."""
    if is_current(root, lock):
        return
    with (root / "manage.py").open() as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)  # a second start waits here instead of installing beside the first
        if is_current(root, lock):
            return
        if not interpreter(root).exists():
            make_environment(root)
        install(root, lock)
        write_stamp(root, lock)


def is_current(root: Path, lock: str) -> bool:
    return interpreter(root).exists() and read_stamp(root).get(lock) == digest(root / lock)


def make_environment(root: Path) -> None:
    try:
        import ensurepip  # noqa: F401  Debian ships venv without it
        import venv
    except ImportError:
        raise BootstrapError(
            "This Python can't make virtual environments: install its venv package (Debian and Ubuntu: apt install"
            f" python{sys.version_info.major}.{sys.version_info.minor}-venv) and start again."
        ) from None
    say("Making the virtual environment .venv")
    try:
        venv.EnvBuilder(clear=True, symlinks=True, with_pip=True).create(root / ".venv")
    except (OSError, subprocess.CalledProcessError) as error:
        raise BootstrapError(f"The virtual environment {root / '.venv'} could not be made: {error}.") from error


def install(root: Path, lock: str) -> None:
    """Install the lock file, by uv where it works. Raises BootstrapError when pip can't either."""
    say(f"Installing {lock} (the first time this takes a minute)")
    python = str(interpreter(root))
    if install_uv(root, lock):
        uv = [str(root / ".venv" / "bin" / "uv"), "pip", "install", "--python", python, "--quiet"]
        arguments = ["--require-hashes", "--compile-bytecode", "-r", str(root / lock)]
        if run([*uv, *arguments], env={**os.environ, **uv_environment(python)}):
            return
        say("uv could not install it, trying pip")
    if not run([*pip(python), "install", "--quiet", "--require-hashes", "-r", str(root / lock)]):
        raise BootstrapError(
            f"{lock} could not be installed, see the lines above. Check the network and pip's index"
            " (PIP_INDEX_URL), then start again."
        )


def install_uv(root: Path, lock: str) -> bool:
    """Whether uv is there, at the version and with the hashes the lock file names."""
    block = re.search(r"^uv==(?:.*\\\n)*.*$", (root / lock).read_text(), re.MULTILINE)
    if block is None:
        return False
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as wanted:
        wanted.write(block[0] + "\n")
        wanted.flush()
        return run([*pip(str(interpreter(root))), "install", "--quiet", "--require-hashes", "-r", wanted.name])


def uv_environment(python: str) -> dict[str, str]:
    """pip's configured index, certificates and find-links as uv's variables; what is set for uv already stays."""
    listed = subprocess.run([*pip(python), "config", "list"], capture_output=True, text=True, check=False).stdout
    found = {UV_VARIABLES[name]: value for name, value in pip_settings(listed).items() if name in UV_VARIABLES}
    if "UV_INDEX" in found:
        found["UV_INDEX_STRATEGY"] = "unsafe-best-match"  # several indexes count alike, as they do for pip
    if "UV_FIND_LINKS" in found:
        found["UV_FIND_LINKS"] = found["UV_FIND_LINKS"].replace(" ", ",")
    if "UV_INDEX_URL" in os.environ:
        found.pop("UV_DEFAULT_INDEX", None)
    return {name: value for name, value in found.items() if name not in os.environ}


def pip_settings(listed: str) -> dict[str, str]:
    """The values of `pip config list`, the environment's before those of `install` before the global ones."""
    values: dict[str, str] = {}
    for section in ("global", "install", ":env:"):
        for line in listed.splitlines():
            head, _, value = line.partition("=")
            where, _, name = head.rpartition(".")
            if where == section:
                values[name.replace("_", "-")] = " ".join(" ".join(shlex.split(value)).split())
    return values


def pip(python: str) -> list[str]:
    return [python, "-m", "pip", "--disable-pip-version-check"]


def run(command: list[str], env: dict[str, str] | None = None) -> bool:
    """Whether the command ended well; its output is the person's to read."""
    try:
        return subprocess.run(command, env=env, check=False, stdin=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def read_stamp(root: Path) -> dict[str, str]:
    try:
        return dict(json.loads((root / ".venv" / STAMP).read_text()))
    except (OSError, ValueError):
        return {}


def write_stamp(root: Path, lock: str) -> None:
    """Note what is installed now. The test lock holds the run-time lock's packages at the same pins."""
    done = {lock: digest(root / lock)}
    if lock == TEST_LOCK:
        done[RUN_LOCK] = digest(root / RUN_LOCK)
    kept = read_stamp(root)
    (root / ".venv" / STAMP).write_text(json.dumps({**kept, **done}))


def say(line: str) -> None:
    print(line, flush=True)

"""Whether the data folder fits this version of the studio, and what makes it fit.

Migrating and collecting static files takes seconds and is needed after an upgrade only: a fingerprint of what they
depend on is kept in the data folder.
"""

import hashlib
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from studio.supervisor import database
from studio.supervisor.preflight import StartError

STAMP = "prepared.json"


def is_prepared(root: Path, data_dir: Path, database_url: str) -> bool:
    """Nothing to migrate, collect or set up. Raises StartError when the database does not answer."""
    applied = database.applied_migrations(database_url, data_dir)
    return read_stamp(data_dir) == fingerprint(root) and database.migrations_on_disk(root) <= applied


def fingerprint(root: Path) -> str:
    """Changes with the packages, the static files and the code that collects and sets up."""
    sources = [root / "requirements.txt", root / "studio" / "settings" / "base.py", root / "studio" / "first_start.py"]
    parts = [hashlib.sha256(source.read_bytes()).hexdigest() for source in sources]
    for file in sorted((root / "static").rglob("*")):
        facts = file.stat()
        parts.append(f"{file.relative_to(root)} {facts.st_size} {facts.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def prepare(root: Path, data_dir: Path, command: list[str], environment: Mapping[str, str]) -> dict[str, str]:
    """Run the `prepare` command and note that it is done. Answers what it has to tell. Raises StartError."""
    done = subprocess.run(
        command,
        env=dict(environment),
        cwd=root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,  # Ctrl-C waits for a migration instead of cutting it short
    )
    (data_dir / "logs" / "prepare.log").write_text(done.stdout + done.stderr)
    if done.returncode:
        reason = (done.stderr or done.stdout).strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        raise StartError(
            f"The studio's data could not be prepared ({reason[0]}): see {data_dir / 'logs' / 'prepare.log'}."
        )
    (data_dir / STAMP).write_text(json.dumps({"fingerprint": fingerprint(root)}))
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def read_stamp(data_dir: Path) -> str:
    try:
        return str(json.loads((data_dir / STAMP).read_text())["fingerprint"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def forget(data_dir: Path) -> None:
    """Let the next start prepare again."""
    (data_dir / STAMP).unlink(missing_ok=True)

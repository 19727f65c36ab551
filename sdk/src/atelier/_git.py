"""What git says about a folder: commit, branch, whether it was changed, and the remote without credentials."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

TIMEOUT_SECONDS = 3.0


def facts(folder: Path) -> dict[str, Any]:
    """`{commit, branch, dirty, remote}`, or an empty dictionary outside a repository or without git."""
    status = _git(folder, "status", "--porcelain=v2", "--branch", "--untracked-files=no")
    if status is None:
        return {}
    commit = _header(status, "branch.oid")
    branch = _header(status, "branch.head")
    remote = _git(folder, "config", "--get", "remote.origin.url") or ""
    return {
        "commit": "" if commit == "(initial)" else commit,
        "branch": "" if branch == "(detached)" else branch,
        "dirty": any(line and not line.startswith("#") for line in status.splitlines()),
        "remote": without_credentials(remote.strip()),
    }


def without_credentials(remote: str) -> str:
    """A remote's address without user, password, query and fragment."""
    if "://" not in remote:
        # git@host:path names an account, not a secret; anything else before the @ may be one.
        return re.sub(r"^(?!git@)[^@/]+@", "", remote)
    parts = urlsplit(remote)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _header(status: str, name: str) -> str:
    found = re.search(rf"^# {re.escape(name)} (.*)$", status, re.MULTILINE)
    return found.group(1).strip() if found else ""


def _git(folder: Path, *arguments: str) -> str | None:
    import subprocess

    # No lock is taken: a look must not get in the way of the person's own git commands.
    command = ["git", "--no-optional-locks", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=TIMEOUT_SECONDS, check=True, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace")

"""The master keys of the installation: they wrap the workspaces' keys and nothing else.

They come from the environment (`ATELIER_MASTER_KEY`, earlier ones in `ATELIER_OLD_MASTER_KEYS`) or from `master.key` in the data folder, a
key a line, the present one first. The file is read each time: a running studio knows a new key the moment it is there.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from studio.secrets import ciphers

USE = "atelier master key"
SHORTEST = 32


@dataclass(frozen=True, slots=True)
class MasterKey:
    id: str
    cipher: AESGCM


def present() -> MasterKey:
    """The key that new wrappings are made with; the file is made when nothing gives one."""
    return _keys()[0]


def by_id(key_id: str) -> MasterKey | None:
    """A known key, the present one or an earlier one."""
    return next((key for key in _keys() if key.id == key_id), None)


def is_from_file() -> bool:
    """Whether the studio keeps the present key itself."""
    return not settings.MASTER_KEY


def renew() -> MasterKey:
    """Put a new key in front of those of the file. The earlier ones go on opening what they wrapped."""
    _write([_new(), *_lines()])
    return present()


def forget(kept: set[str]) -> int:
    """Drop the file's earlier keys but those whose ids are kept. Answers how many went."""
    lines = _lines()
    left = [text for index, text in enumerate(lines) if _key(text).id in kept or (index == 0 and is_from_file())]
    if len(left) < len(lines):
        _write(left)
    return len(lines) - len(left)


def ensure() -> None:
    """Make the file at the first start, readable by its owner alone, unless the environment gives the key."""
    path = _path()
    if settings.MASTER_KEY or path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    made = _written_beside(path, [_new()])
    try:
        # Unlike a rename this fails when another process was faster: its key stays.
        os.link(made, path)
    except FileExistsError:
        return
    finally:
        made.unlink()


def _keys() -> list[MasterKey]:
    ensure()
    texts = [text for text in (settings.MASTER_KEY, *settings.OLD_MASTER_KEYS) if text]
    for text in texts:
        if len(text) < SHORTEST:
            raise ImproperlyConfigured(
                f"ATELIER_MASTER_KEY has {len(text)} characters: give at least {SHORTEST} random ones."
            )
    found = [_key(text) for text in (*texts, *_lines())]
    if not found:
        raise ImproperlyConfigured(f"{_path()} holds no key: put the file back from a backup.")
    return found


def _key(text: str) -> MasterKey:
    return MasterKey(*ciphers.derived(text, USE))


def _lines() -> list[str]:
    path = _path()
    return path.read_text().split() if path.exists() else []


def _write(lines: list[str]) -> None:
    path = _path()
    os.replace(_written_beside(path, lines), path)


def _written_beside(path: Path, lines: list[str]) -> Path:
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("".join(f"{line}\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())
    return beside


def _new() -> str:
    return secrets.token_urlsafe(48)


def _path() -> Path:
    return Path(settings.MASTER_KEY_FILE)

"""Files that describe something, read as the text the server reads."""

from __future__ import annotations

from pathlib import Path

from atelier import _errors

LIMIT = 1_000_000


def read_text(file: str | Path) -> str:
    """The text of a YAML file. The server reads it: the package needs no parser."""
    path = Path(file).expanduser()
    try:
        if path.stat().st_size > LIMIT:
            raise _errors.UsageError(f"{path} is larger than 1 MB, too large for a description.")
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError as error:
        raise _errors.UsageError(f"There is no file {path}.") from error
    except UnicodeDecodeError as error:
        raise _errors.UsageError(f"{path} is not a text file in UTF-8.") from error
    except OSError as error:
        raise _errors.UsageError(f"{path} cannot be read: {error}.") from error

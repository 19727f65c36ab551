"""A child's output in a file that can't grow without end."""

from pathlib import Path

LIMIT = 10 * 1024 * 1024
KEPT = 3


class RotatingLog:
    """`name.log`, with `name.log.1` … `name.log.3` before it. A full disk loses lines, never the studio."""

    def __init__(self, path: Path, limit: int = LIMIT) -> None:
        self.path = path
        self.limit = limit
        self.file = path.open("ab", buffering=0)
        self.size = path.stat().st_size

    def write(self, data: bytes) -> None:
        try:
            if self.size + len(data) > self.limit and self.size:
                self._rotate()
            self.file.write(data)
            self.size += len(data)
        except OSError:
            pass

    def tail(self, lines: int) -> str:
        """The last lines, to show why a child did not start."""
        try:
            text = self.path.read_bytes()[-8192:].decode(errors="replace")
        except OSError:
            return ""
        return "\n".join(text.rstrip().splitlines()[-lines:])

    def close(self) -> None:
        self.file.close()

    def _rotate(self) -> None:
        self.file.close()
        for number in range(KEPT - 1, 0, -1):
            older = self._numbered(number)
            if older.exists():
                older.replace(self._numbered(number + 1))
        self.path.replace(self._numbered(1))
        self.file = self.path.open("ab", buffering=0)
        self.size = 0

    def _numbered(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")

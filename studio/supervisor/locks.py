"""One studio per data folder."""

import fcntl
import os
from pathlib import Path
from typing import IO

from studio.supervisor.preflight import StartError


class DataDirLock:
    """Held while the supervisor lives; the kernel frees it however that ends."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / "run" / "studio.pid"
        self.file: IO[str] | None = None

    def acquire(self) -> None:
        """Raises StartError when another studio holds this data folder."""
        file = self.path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            pid = file.read().strip() or "unknown"
            file.close()
            raise StartError(
                f"A studio runs already with the data folder {self.path.parents[1]} (process {pid}):"
                " stop it, or give another folder with --data-dir."
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        self.file = file

    def release(self) -> None:
        if self.file is not None:
            self.file.truncate(0)
            self.file.close()
            self.file = None

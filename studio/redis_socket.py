"""Where the studio's own Redis listens: a Unix socket that everything with the same data folder finds.

Standard library only: the supervisor and the settings both ask here.
"""

import hashlib
import os
import re
import tempfile
from pathlib import Path

LONGEST = 99  # the kernel's limit is 108 bytes, and Redis appends a little for its temporary name
PLAIN = re.compile(r"[\w./+-]+", re.ASCII)  # what needs no quoting in any of the URLs made of it


def socket_path(data_dir: Path) -> Path:
    """In the data folder, or in a short private folder when that path is too long or too odd for a socket."""
    inside = data_dir / "run" / "redis.sock"
    if len(os.fsencode(inside)) <= LONGEST and PLAIN.fullmatch(str(inside)):
        return inside
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"atelier-{os.getuid()}" / name / "redis.sock"


def socket_url(data_dir: Path) -> str:
    return f"unix://{socket_path(data_dir)}"

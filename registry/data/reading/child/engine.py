"""One DuckDB for one question: in memory, without network or extensions, and with nothing to open but the table's files."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from registry.data.reading.child.limits import Limits


@contextmanager
def opened(limits: Limits, paths: list[str], folders: list[str] | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB that may open these paths, write below these folders, and reach nothing else.

    `lock` must be called before a question of a person runs: until then the caller may still set options.
    """
    temporary = Path.cwd() / "spill"
    config: dict[str, Any] = {
        "threads": limits.threads,
        "memory_limit": f"{limits.memory_mb}MiB",
        "temp_directory": str(temporary),
        "max_temp_directory_size": f"{limits.temporary_mb}MiB",
        "autoload_known_extensions": False,
        "autoinstall_known_extensions": False,
        "allow_community_extensions": False,
        "allow_persistent_secrets": False,
        "python_enable_replacements": False,
        "secret_directory": str(Path.cwd() / "none"),
        "extension_directories": [str(Path.cwd() / "none")],
        "enable_external_file_cache": False,
    }
    connection = duckdb.connect(":memory:", config=config)
    try:
        connection.execute("SET allowed_paths = $1", [paths])
        if folders:
            connection.execute("SET allowed_directories = $1", [folders])
        connection.execute("SET enable_external_access = false")
        connection.execute("SET errors_as_json = true")
        yield connection
    finally:
        connection.close()
        shutil.rmtree(temporary, ignore_errors=True)


def lock(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("SET lock_configuration = true")


def name(text: str) -> str:
    """An identifier as SQL writes it."""
    return '"' + text.replace('"', '""') + '"'


def literal(value: Any) -> str:
    """A text, number, boolean or list of them as SQL writes it."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(literal(one) for one in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(key)}: {literal(one)}" for key, one in value.items()) + "}"
    return "'" + str(value).replace("'", "''") + "'"

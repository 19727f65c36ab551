"""A database that is read by queries: PostgreSQL, MySQL, or a SQLite file of the studio's machine."""

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from registry.data.datastores.kinds import anchored, local_folder, places, sql_errors, sql_rows
from registry.data.datastores.kinds.declared import CHOICE, NUMBER, Credential, Kind, Place, Setting
from registry.data.datastores.kinds.sql_base import Column, SqlStore, Table
from studio.errors import Invalid, StudioError
from studio.outbound import addresses, pinning

if TYPE_CHECKING:
    import pyarrow as pa

SECONDS_TO_CONNECT = 8
MAX_TABLES = 2_000
PORTS = {"postgresql": 5432, "mysql": 3306}
_DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}
_OWN_SCHEMAS = {"information_schema", "pg_catalog", "pg_toast", "mysql", "performance_schema", "sys"}
# All that a query needs of SQLite; above all no ATTACH, which would open any file of the machine.
_SQLITE_ALLOWED = {
    sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE, sqlite3.SQLITE_TRANSACTION,
}  # fmt: skip
_SQLITE_PRAGMAS = {"table_info", "table_xinfo", "table_list", "database_list", "foreign_key_list", "index_list"}


class SqlDatabase(SqlStore):
    """One database. Every call opens a connection of its own and closes it."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._engine_name = place.text("engine")
        self._seconds = _number(place, "seconds", 60)
        self._most_rows = _number(place, "rows", 10_000_000)
        self._where = f"The database of {place.name}"

    def check(self, *, writing: bool = True) -> None:
        with self._asking() as connection:
            connection.exec_driver_sql("SELECT 1").all()

    def tables(self) -> list[Table]:
        import sqlalchemy

        found: list[Table] = []
        with self._asking() as connection:
            inspector = sqlalchemy.inspect(connection)
            for schema in inspector.get_schema_names():
                if schema not in _OWN_SCHEMAS and not schema.startswith("pg_"):
                    found += _tables_of(inspector, schema)
        return sorted(found, key=lambda table: (table.schema, table.name))[:MAX_TABLES]

    def read(self, query: str, *, limit: int | None = None) -> "Iterator[pa.RecordBatch]":
        return self._batches(sql_rows.checked(query, self._engine_name), limit)

    def _batches(self, query: str, limit: int | None) -> "Iterator[pa.RecordBatch]":
        most = self._most_rows if limit is None else min(limit, self._most_rows)
        with self._asking() as connection:
            streamed = connection.execution_options(
                stream_results=True, max_row_buffer=sql_rows.BATCH, no_parameters=True
            )
            result = streamed.exec_driver_sql(query)
            if not result.returns_rows:
                raise Invalid("datastore_query", "The query gives no rows: ask with SELECT.")
            # One more than wanted tells whether there are more.
            yield from sql_rows.batches(result, self._engine_name, most=most, is_limited=limit is not None)

    @contextlib.contextmanager
    def _asking(self) -> Iterator[Any]:
        """A connection in a transaction that can only read, each statement of it for a limited time."""
        import sqlalchemy.exc

        try:
            engine = self._engine()
            with engine.connect() as connection:
                for statement in self._limits(connection):
                    connection.exec_driver_sql(statement)
                yield connection
        except sqlalchemy.exc.DBAPIError as error:
            raise sql_errors.in_words(error, self._where, self._place.text("database")) from error
        except (OSError, addresses.Refused) as error:
            raise places.in_words(error, self._where) from error
        except sqlalchemy.exc.SQLAlchemyError as error:
            raise Invalid("datastore_query", f"The query can't be answered: {str(error)[:200]}.") from error

    def _limits(self, connection: Any) -> list[str]:
        if self._engine_name == "postgresql":
            return ["SET TRANSACTION READ ONLY", f"SET LOCAL statement_timeout = {self._seconds * 1000}"]
        if self._engine_name == "mysql":
            is_mariadb = bool(connection.dialect.is_mariadb)
            longest = (
                f"max_statement_time = {self._seconds}"
                if is_mariadb
                else f"max_execution_time = {self._seconds * 1000}"
            )
            return [f"SET SESSION {longest}", "SET SESSION TRANSACTION READ ONLY", "START TRANSACTION READ ONLY"]
        return []

    def _engine(self) -> Any:
        import sqlalchemy
        from sqlalchemy.pool import NullPool

        if self._engine_name == "sqlite":
            return sqlalchemy.create_engine("sqlite://", creator=self._open_file, poolclass=NullPool)
        url = sqlalchemy.URL.create(
            _DRIVERS[self._engine_name], self._place.text("user"), self._place.credential.get("password", ""),
            self._place.text("host"), _number(self._place, "port", PORTS[self._engine_name]), self._place.text("database"),
        )  # fmt: skip
        engine = sqlalchemy.create_engine(url, poolclass=NullPool, connect_args=self._connecting())
        pinning.pin_engine(engine, purpose=addresses.DATA)
        return engine

    def _connecting(self) -> dict[str, Any]:
        tls = self._place.text("tls") or "prefer"
        if self._engine_name == "postgresql":
            mode = {"prefer": "prefer", "require": "require", "verify": "verify-full"}[tls]
            trusted = {"sslrootcert": "system"} if tls == "verify" else {}
            # Nothing of the account that the studio runs under is used.
            own = {"passfile": "/dev/null", "gssencmode": "disable", "application_name": "atelier"}
            return {"connect_timeout": SECONDS_TO_CONNECT, "sslmode": mode, **trusted, **own}
        secured: dict[str, Any] = {} if tls == "prefer" else {"ssl": {"check_hostname": tls == "verify"}}
        if tls == "verify":
            secured = {"ssl_verify_cert": True, "ssl_verify_identity": True, "ssl_ca": _trusted()}
        times = {"connect_timeout": SECONDS_TO_CONNECT, "read_timeout": self._seconds + 10, "write_timeout": 30}
        return {**times, **secured, "charset": "utf8mb4", "local_infile": False}

    def _open_file(self) -> sqlite3.Connection:
        path = Path(self._place.text("path"))
        root = local_folder.open_allowed(path.parent, is_own=False)
        try:
            os.close(anchored.open_file(root, path.name))  # a file, and no link on the way
        finally:
            os.close(root)
        made = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=5, check_same_thread=False)
        made.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        made.set_authorizer(_authorize)
        until = time.monotonic() + self._seconds
        made.set_progress_handler(lambda: int(time.monotonic() > until), 100_000)
        return made


def _authorize(action: int, first: str | None, second: str | None, *_: Any) -> int:
    if action in _SQLITE_ALLOWED and second != "load_extension":
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and (first in _SQLITE_PRAGMAS or (first == "read_uncommitted" and not second)):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _tables_of(inspector: Any, schema: str) -> list[Table]:
    from sqlalchemy.engine.reflection import ObjectKind

    columns = inspector.get_multi_columns(schema=schema, kind=ObjectKind.ANY)
    views = {*inspector.get_view_names(schema), *_materialized(inspector, schema)}
    return [
        Table(schema, name, name in views, tuple(Column(row["name"], _type_words(row["type"])) for row in rows))
        for (_, name), rows in columns.items()
    ]


def _materialized(inspector: Any, schema: str) -> list[str]:
    try:
        found: list[str] = inspector.get_materialized_view_names(schema)
    except NotImplementedError:
        return []
    return found


def _type_words(type_: Any) -> str:
    from sqlalchemy.exc import CompileError

    try:
        return str(type_)
    except CompileError:
        return "unknown"


def _trusted() -> str:
    import certifi

    return certifi.where()


def _number(place: Place, name: str, otherwise: int) -> int:
    found = place.options.get(name)
    return found if isinstance(found, int) and found > 0 else otherwise


class SqlKind(Kind):
    """A database."""

    label = "SQL database"
    icon = "database"
    settings = (
        Setting(
            "engine", "Database", CHOICE, required=True, default="postgresql",
            choices=(("postgresql", "PostgreSQL"), ("mysql", "MySQL"), ("sqlite", "SQLite file")),
        ),
        Setting("host", "Host", required=True, example="db.example.org", only=("postgresql", "mysql")),
        Setting("port", "Port", NUMBER, help="Empty: the usual one.", only=("postgresql", "mysql")),
        Setting("database", "Name of the database", required=True, example="warehouse", only=("postgresql", "mysql")),
        Setting("user", "User", required=True, example="reader", only=("postgresql", "mysql")),
        Setting(
            "tls", "Encryption", CHOICE, default="prefer", only=("postgresql", "mysql"),
            choices=(
                ("prefer", "If the server offers it"), ("require", "Always"), ("verify", "Always, with a trusted certificate"),
            ),
        ),
        Setting("path", "File", required=True, example="/srv/data/cars.sqlite", only=("sqlite",), help="Below a folder that the operator allows."),
        Setting("seconds", "Longest question, in seconds", NUMBER, default=60),
        Setting("rows", "Most rows of an answer", NUMBER, default=10_000_000),
    )  # fmt: skip
    credentials = (
        Credential(
            "password", "Password", (Setting("password", "Password", required=True),), only=("postgresql", "mysql")
        ),
        Credential("none", "None"),
    )
    anchors = ("engine", "host", "port", "user", "tls")

    def check_options(self, options: Mapping[str, object]) -> None:
        engine = str(options.get("engine") or "")
        if engine == "sqlite":
            path = str(options.get("path") or "")
            if not path:
                raise places.refused("path", "Name the file.")
            try:
                local_folder.allowed_root(Path(path).parent)
            except StudioError as error:
                raise Invalid(
                    "invalid_datastore", error.message, hint=error.hint, fields={"path": error.message}
                ) from None
        else:
            port = options.get("port") or PORTS[engine]
            places.check_host("host", str(options.get("host") or ""), "port", port)
            places.check_name("database", str(options.get("database") or ""), r"[^\x00-\x1f]{1,128}")
            places.check_name("user", str(options.get("user") or ""), r"[^\x00-\x1f]{1,128}")
        _check_between("seconds", options.get("seconds"), 3600)
        _check_between("rows", options.get("rows"), 1_000_000_000)

    def where(self, options: Mapping[str, object]) -> str:
        if options.get("engine") == "sqlite":
            return str(options.get("path"))
        port = options.get("port")
        return f"{options.get('database')} at {options.get('host')}" + (f":{port}" if port else "")

    def open(self, place: Place) -> SqlDatabase:
        return SqlDatabase(place)


def _check_between(field: str, value: object, most: int) -> None:
    if value is not None and (not isinstance(value, int) or not 1 <= value <= most):
        raise places.refused(field, f"Give a number from 1 to {most:,}.")

"""Databases as datastores: the contract on SQLite and on a real PostgreSQL, and what each may not do."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pymysql
import pytest

from registry.data.datastores.kinds.declared import Place
from registry.data.datastores.kinds.sql import SqlDatabase, SqlKind
from registry.data.datastores.kinds.sql_base import SqlStore
from studio.errors import Invalid, StudioError
from tests import servers
from tests.contracts.sql_store import CARS, SqlStoreContract, rows

LIMITS = {"seconds": 20, "rows": 50_000}


def sqlite_place(path: Path, **changed: Any) -> Place:
    return Place("cars", {"engine": "sqlite", "path": str(path), **LIMITS, **changed}, Path("/nowhere"))


@pytest.fixture
def file(tmp_path: Path, settings: Any) -> Path:
    settings.DATA_ROOTS = [tmp_path]
    path = tmp_path / "cars & more?.sqlite"
    made = sqlite3.connect(path)
    for statement in CARS:
        made.execute(statement)
    made.commit()
    made.close()
    return path


class TestSqlite(SqlStoreContract):
    sleeping = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"

    @pytest.fixture
    def store(self, file: Path) -> SqlStore:
        return SqlDatabase(sqlite_place(file))

    @pytest.fixture
    def impatient(self, file: Path) -> SqlStore:
        return SqlDatabase(sqlite_place(file, seconds=1))

    def test_no_other_file_can_be_opened(self, store: SqlStore, tmp_path: Path, file: Path) -> None:
        for query in (
            f"ATTACH '{tmp_path}/other' AS other",
            "SELECT load_extension('x')",
            "PRAGMA journal_mode=DELETE",
        ):
            with pytest.raises(Invalid):
                list(store.read(query))
        connection = SqlDatabase(sqlite_place(file))._open_file()
        with pytest.raises(sqlite3.DatabaseError):
            connection.execute(f"ATTACH '{tmp_path}/other' AS other")
        with pytest.raises(sqlite3.DatabaseError):
            connection.execute("PRAGMA writable_schema = 1")
        connection.close()

    def test_a_link_to_a_database_elsewhere_is_refused(self, file: Path, tmp_path: Path) -> None:
        (tmp_path / "link.sqlite").symlink_to(file)
        with pytest.raises(StudioError) as raised:
            SqlDatabase(sqlite_place(tmp_path / "link.sqlite")).check()
        assert raised.value.code == "link_refused"

    def test_a_missing_file_and_one_that_is_no_database_are_said(self, tmp_path: Path, file: Path) -> None:
        (tmp_path / "text.sqlite").write_text("no database " * 100)
        for name, code in (("gone.sqlite", "file_missing"), ("text.sqlite", "datastore_query")):
            with pytest.raises(StudioError) as raised:
                list(SqlDatabase(sqlite_place(tmp_path / name)).read("SELECT 1 FROM sqlite_master"))
            assert raised.value.code == code

    @pytest.mark.parametrize("path", ["", "/etc/passwd", "relative.sqlite", "{root}/../x.sqlite"])
    def test_a_file_outside_the_allowed_roots_is_refused(self, file: Path, tmp_path: Path, path: str) -> None:
        with pytest.raises(Invalid):
            SqlKind().check_options({"engine": "sqlite", "path": path.format(root=tmp_path)})

    def test_a_column_that_changes_its_kind_is_said(self, store: SqlStore) -> None:
        changing = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001) SELECT"
        with pytest.raises(Invalid) as raised:
            list(store.read(f"{changing} CASE WHEN i > 10000 THEN 'x' ELSE i END AS v FROM n"))
        assert "v" in raised.value.message

    def test_large_numbers_and_bytes_pass(self, store: SqlStore) -> None:
        assert rows(store, "SELECT 9223372036854775807 AS big, x'00ff' AS raw, 1.5 AS f, NULL AS n") == [
            {"big": 2**63 - 1, "raw": b"\x00\xff", "f": 1.5, "n": None}
        ]


@pytest.fixture(scope="session")
def postgres() -> Iterator[dict[str, Any]]:
    """The settings of a database `warehouse` with a table, in a server of its own."""
    with servers.postgres() as server:
        with psycopg.connect(server.facts["admin"], autocommit=True) as admin:
            admin.execute("CREATE DATABASE warehouse")
        with psycopg.connect(server.facts["admin"], dbname="warehouse", autocommit=True) as database:
            for statement in CARS:
                database.execute(statement)
        yield {
            "engine": "postgresql", "host": "127.0.0.1", "port": server.port, "database": "warehouse",
            "user": server.facts["user"], "password": server.facts["password"],
        }  # fmt: skip


def server_place(facts: dict[str, Any], **changed: Any) -> Place:
    options = {**facts, **LIMITS, **changed}
    password = options.pop("password")
    return Place("cars", options, Path("/nowhere"), {"password": password})


class TestPostgres(SqlStoreContract):
    sleeping = "SELECT pg_sleep(3)"

    @pytest.fixture
    def store(self, postgres: dict[str, Any], settings: Any) -> SqlStore:
        settings.DATA_HOSTS = {f"127.0.0.1:{postgres['port']}"}
        return SqlDatabase(server_place(postgres))

    @pytest.fixture
    def impatient(self, store: SqlStore, postgres: dict[str, Any]) -> SqlStore:
        return SqlDatabase(server_place(postgres, seconds=1))

    def test_types_of_empty_columns_are_known(self, store: SqlStore) -> None:
        (batch,) = store.read(
            "SELECT price, sold, NULL::numeric n, NULL::timestamptz t, NULL::jsonb j FROM cars WHERE id > 9"
        )
        assert [str(field.type) for field in batch.schema] == [
            "double", "date32[day]", "double", "timestamp[us, tz=UTC]", "string",
        ]  # fmt: skip

    def test_every_kind_of_value_passes(self, store: SqlStore) -> None:
        query = (
            "SELECT '{\"a\": [1]}'::jsonb j, ARRAY[1, 2] l, gen_random_uuid() u, '1.25'::numeric n, now() t, interval '1 day' i,"
            " '\\x00ff'::bytea b, true o, inet '10.0.0.1' a, '12:30'::time c"
        )
        (row,) = rows(store, query)
        assert row["j"] == '{"a": [1]}' and row["l"] == "[1, 2]" and row["n"] == 1.25 and row["b"] == b"\x00\xff"
        assert row["a"] == "10.0.0.1" and len(str(row["u"])) == 36 and row["o"] is True

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"password": "wrong"}, "datastore_credential_refused"),
            ({"user": "nobody"}, "datastore_credential_refused"),
            ({"database": "nowhere"}, "datastore_place_missing"),
            ({"tls": "require"}, "datastore_unreachable"),
            ({"port": 9}, "datastore_unreachable"),
        ],
    )
    def test_what_is_wrong_is_said(
        self, postgres: dict[str, Any], settings: Any, changed: dict[str, Any], code: str
    ) -> None:
        settings.DATA_HOSTS = {"127.0.0.1"}
        with pytest.raises(StudioError) as raised:
            SqlDatabase(server_place(postgres, **changed)).check()
        assert raised.value.code == code and postgres["password"] not in raised.value.message
        assert raised.value.message.endswith(".") and len(raised.value.message) < 300

    def test_an_address_the_policy_forbids_is_not_called(self, postgres: dict[str, Any], settings: Any) -> None:
        settings.DATA_HOSTS = frozenset()
        with pytest.raises(Invalid) as raised:
            SqlDatabase(server_place(postgres)).check()
        assert raised.value.code == "address_refused"
        with pytest.raises(Invalid):
            SqlKind().check_options(server_place(postgres).options)


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The settings of a database `warehouse` with a table, in a server that speaks MySQL's protocol."""
    with servers.mariadb(tmp_path_factory.mktemp("mariadb")) as server:
        facts = {"host": "127.0.0.1", "port": server.port, **server.facts}
        with pymysql.connect(**facts, database="warehouse", autocommit=True) as made, made.cursor() as cursor:
            for statement in CARS:
                cursor.execute(statement)
        yield {"engine": "mysql", "database": "warehouse", **facts}


class TestMysql(SqlStoreContract):
    sleeping = "SELECT SLEEP(3)"
    many = "SELECT seq FROM seq_1_to_50001"

    @pytest.fixture
    def store(self, mariadb: dict[str, Any], settings: Any) -> SqlStore:
        settings.DATA_HOSTS = {f"127.0.0.1:{mariadb['port']}"}
        return SqlDatabase(server_place(mariadb))

    @pytest.fixture
    def impatient(self, store: SqlStore, mariadb: dict[str, Any]) -> SqlStore:
        return SqlDatabase(server_place(mariadb, seconds=1))

    def test_no_file_is_written(self, store: SqlStore, tmp_path: Path) -> None:
        tmp_path.chmod(0o777)
        for query in (
            f"SELECT id FROM cars INTO OUTFILE '{tmp_path}/out'",
            f"SELECT id INTO /* x */ DUMPFILE '{tmp_path}/out' FROM cars",
            f"SELECT id FROM cars /*!50000 INTO OUTFILE '{tmp_path}/out' */",
            f"SELECT id FROM cars INTO# x\n OUTFILE '{tmp_path}/out'",
        ):
            with pytest.raises(Invalid):
                list(store.read(query))
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"password": "wrong"}, "datastore_credential_refused"),
            ({"database": "nowhere"}, "datastore_place_missing"),
            ({"port": 9}, "datastore_unreachable"),
        ],
    )
    def test_what_is_wrong_is_said(
        self, mariadb: dict[str, Any], settings: Any, changed: dict[str, Any], code: str
    ) -> None:
        settings.DATA_HOSTS = {"127.0.0.1"}
        with pytest.raises(StudioError) as raised:
            SqlDatabase(server_place(mariadb, **changed)).check()
        assert raised.value.code == code and mariadb["password"] not in raised.value.message

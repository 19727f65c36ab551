"""What every database must hold that is read as a datastore. Subclass it and give an open `store` with the table `cars`.

`cars`: id 1 to 3, name, price (2.5, 3.5, none), sold (a date); and a view `cheap` of it.
"""

import datetime

import pyarrow as pa
import pytest

from registry.data.datastores.kinds.sql_base import SqlStore
from studio.errors import Invalid, StudioError, TooSlow

CARS = (
    "CREATE TABLE cars (id INTEGER PRIMARY KEY, name VARCHAR(40), price DOUBLE PRECISION, sold DATE)",
    "INSERT INTO cars VALUES (1, 'Ümit', 2.5, '2024-01-31'), (2, 'b%s', 3.5, '2024-02-29'), (3, 'it''s', NULL, NULL)",
    "CREATE VIEW cheap AS SELECT id, name FROM cars WHERE price < 3",
)


def rows(store: SqlStore, query: str, limit: int | None = None) -> list[dict[str, object]]:
    return pa.Table.from_batches(list(store.read(query, limit=limit))).to_pylist()


class SqlStoreContract:
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50001) SELECT i FROM n"
    sleeping = "SELECT 1"  # what takes longer than the one second the store allows

    @pytest.fixture
    def store(self) -> SqlStore:
        raise NotImplementedError

    @pytest.fixture
    def impatient(self) -> SqlStore:
        """The same, which allows a question one second."""
        raise NotImplementedError

    def test_it_passes_its_check(self, store: SqlStore) -> None:
        store.check()

    def test_tables_and_views_with_their_columns(self, store: SqlStore) -> None:
        found = {table.name: table for table in store.tables()}
        assert not found["cars"].is_view and found["cheap"].is_view
        assert [column.name for column in found["cars"].columns] == ["id", "name", "price", "sold"]
        assert all(column.type for column in found["cars"].columns)

    def test_rows_come_with_types(self, store: SqlStore) -> None:
        first, second, third = rows(store, "SELECT id, name, price FROM cars ORDER BY id;")
        assert first == {"id": 1, "name": "Ümit", "price": 2.5}
        assert second["name"] == "b%s" and third == {"id": 3, "name": "it's", "price": None}

    def test_dates_are_dates_where_the_database_has_them(self, store: SqlStore) -> None:
        assert rows(store, "SELECT sold FROM cars ORDER BY id", 1)[0]["sold"] in (
            datetime.date(2024, 1, 31),
            "2024-01-31",
        )

    def test_signs_of_the_drivers_are_mere_text(self, store: SqlStore) -> None:
        assert rows(store, "SELECT name FROM cars WHERE name LIKE 'b%' AND name <> ':x'") == [{"name": "b%s"}]

    def test_no_rows_still_have_columns(self, store: SqlStore) -> None:
        (batch,) = store.read("SELECT id, name FROM cars WHERE id > 9")
        assert batch.num_rows == 0 and batch.schema.names == ["id", "name"]

    def test_a_limit_is_kept(self, store: SqlStore) -> None:
        assert [row["id"] for row in rows(store, "SELECT id FROM cars ORDER BY id", 2)] == [1, 2]

    def test_more_rows_than_the_datastore_allows_are_refused(self, store: SqlStore) -> None:
        """The store of the tests allows 50,000."""
        with pytest.raises(Invalid):
            list(store.read(self.many))
        assert sum(batch.num_rows for batch in store.read(self.many, limit=20_001)) == 20_001

    def test_columns_of_one_name_are_told_apart(self, store: SqlStore) -> None:
        assert rows(store, "SELECT a.id, b.id FROM cars a JOIN cars b ON a.id = b.id WHERE a.id = 1") == [
            {"id": 1, "id_2": 1}
        ]

    def test_nothing_can_be_changed(self, store: SqlStore) -> None:
        for query in (
            "DELETE FROM cars",
            "INSERT INTO cars (id) VALUES (9)",
            "CREATE TABLE x (i INTEGER)",
            "SELECT 1; DELETE FROM cars",
            "SELECT 1; COMMIT; DELETE FROM cars",
            "WITH d AS (SELECT 1) DELETE FROM cars",
            "/* SELECT */ DROP TABLE cars",
            "",
        ):
            with pytest.raises(Invalid):
                list(store.read(query))
        assert len(rows(store, "SELECT id FROM cars")) == 3

    def test_what_is_wrong_with_a_query_is_said(self, store: SqlStore) -> None:
        for query in ("SELECT nothing FROM cars", "SELECT * FROM nowhere", "SELECT FROM WHERE"):
            with pytest.raises(StudioError) as raised:
                list(store.read(query))
            assert raised.value.code == "datastore_query" and raised.value.message.endswith(".")

    def test_a_question_that_takes_too_long_is_stopped(self, impatient: SqlStore) -> None:
        with pytest.raises(TooSlow):
            list(impatient.read(self.sleeping))

    def test_a_reading_can_be_left_early(self, store: SqlStore) -> None:
        reading = store.read("SELECT id FROM cars")
        next(reading)
        reading.close()  # type: ignore[attr-defined]
        store.check()

"""Tables of every format, and what is refused, with a sentence."""

import json
from collections.abc import Iterator
from pathlib import Path

import polars
import pytest

from registry.data.reading import reader
from registry.data.reading.tables import SourceFile, Table, format_of
from studio.errors import Invalid, StudioError

ROWS = polars.DataFrame({"id": [1, 2, 3], "city": ["Oslo", "Rome", None], "price": [1.5, float("nan"), None]})


@pytest.fixture(autouse=True, scope="module")
def _processes_end() -> Iterator[None]:
    yield
    from registry.data.reading import pool

    pool.shared().close()


def table(*paths: Path, format: str = "", **options: object) -> Table:
    files = tuple(SourceFile(path.name, path, path.stat().st_size) for path in paths)
    return Table(format or format_of([path.name for path in paths]), files, **options)  # type: ignore[arg-type]


def text(folder: Path, name: str, content: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content.encode(encoding))
    return path


@pytest.fixture
def cars(tmp_path: Path) -> Table:
    return table(
        text(tmp_path, "cars.csv", "id,city,price\n" + "".join(f"{n},City {n % 7},{n}.5\n" for n in range(500)))
    )


class TestFormats:
    def test_delimited_text_tells_its_delimiter_types_and_rows(self, tmp_path: Path) -> None:
        seen = reader.look(table(text(tmp_path, "cars.csv", "id;city;sold\n1;Oslo;2024-01-02\n2;Rome;2024-01-03\n")))
        assert [(one["name"], one["type"]) for one in seen["columns"]] == [
            ("id", "int"), ("city", "string"), ("sold", "date"),
        ]  # fmt: skip
        assert seen["rows"] == [[1, "Oslo", "2024-01-02"], [2, "Rome", "2024-01-03"]]
        assert seen["row_count"] == 2
        assert seen["found"]["delimiter"] == ";"
        assert seen["found"]["header"] is True

    def test_parquet_arrow_and_json_lines_give_the_same_rows(self, tmp_path: Path) -> None:
        ROWS.write_parquet(tmp_path / "a.parquet")
        ROWS.write_ipc(tmp_path / "a.feather")
        lines = [{"id": 1, "city": "Oslo", "price": 1.5}, {"id": 2, "city": "Rome"}, {"id": 3, "city": None}]
        text(tmp_path, "a.jsonl", "\n".join(json.dumps(one) for one in lines))
        assert reader.look(table(tmp_path / "a.parquet"))["rows"] == [
            [1, "Oslo", 1.5],
            [2, "Rome", "NaN"],
            [3, None, None],
        ]
        assert reader.look(table(tmp_path / "a.feather"))["rows"][1] == [2, "Rome", "NaN"]
        assert reader.look(table(tmp_path / "a.jsonl"))["rows"][0] == [1, "Oslo", 1.5]

    def test_a_folder_of_files_is_one_table_by_the_names_of_its_columns(self, tmp_path: Path) -> None:
        first, second = text(tmp_path, "a.csv", "a,b\n1,2\n"), text(tmp_path, "b[*].csv", "b,c\n3,4\n")
        seen = reader.look(table(first, second))
        assert [one["name"] for one in seen["columns"]] == ["a", "b", "c"]
        assert seen["rows"] == [[1, 2, None], [None, 3, 4]]

    def test_settings_say_how_text_is_read(self, tmp_path: Path) -> None:
        path = text(tmp_path, "cars.csv", "made by us\n007|café|31.12.2024\n", "cp1252")
        reading = {"delimiter": "|", "header": False, "skip_rows": 1, "encoding": "windows-1252"}
        columns = (
            {"name": "column0", "type": "string", "included": True},
            {"name": "column1", "type": "string", "included": True},
            {"name": "column2", "type": "date", "included": True, "format": "%d.%m.%Y"},
        )
        assert reader.look(table(path, reading=reading))["rows"][0][1] == "café"
        assert reader.look(table(path, reading=reading, columns=columns))["rows"] == [["007", "café", "2024-12-31"]]

    def test_columns_can_be_left_out_and_rows_narrowed(self, cars: Table) -> None:
        narrowed = Table(cars.format, cars.files, {"where": "id >= 490", "take": 5}, ({"name": "id", "type": "int"},))
        seen = reader.rows(narrowed)
        assert seen["rows"] == [[490], [491], [492], [493], [494]]

    def test_values_come_in_forms_that_json_holds(self, cars: Table) -> None:
        sql = (
            "SELECT 9007199254740995 AS big, 1.10::DECIMAL(9,2) AS exact, '\\x00\\x01'::BLOB AS bytes, [1, NULL] AS list,"
            " {'a': DATE '2024-01-01'} AS nested, repeat('x', 5000) AS long, 'inf'::DOUBLE AS inf, INTERVAL 1 DAY AS span"
        )
        row = reader.ask(cars, sql)["rows"][0]
        assert row[:5] == ["9007199254740995", "1.10", "0x0001", "[1,null]", '{"a":"2024-01-01"}']
        assert len(row[5]) == 1001
        assert row[6:] == ["Infinity", "1 day"]


class TestRows:
    def test_a_page_tells_whether_more_follow(self, cars: Table) -> None:
        page = reader.rows(cars, offset=490, limit=5)
        assert [row[0] for row in page["rows"]] == [490, 491, 492, 493, 494]
        assert (page["row_count"], page["has_more"]) == (500, True)

    def test_a_random_sample_is_the_same_for_the_same_seed(self, cars: Table) -> None:
        first, again = (reader.rows(cars, mode="random", limit=10, seed=7)["rows"] for _ in range(2))
        other = reader.rows(cars, mode="random", limit=10, seed=8)["rows"]
        assert first == again != other

    def test_conditions_and_orders_are_kept(self, cars: Table) -> None:
        page = reader.rows(cars, where="city = 'City 3'", order=[{"column": "id", "descending": True}], limit=2)
        assert [row[0] for row in page["rows"]] == [493, 486]

    def test_a_wrong_condition_says_where(self, cars: Table) -> None:
        with pytest.raises(reader.Refused) as caught:
            reader.rows(cars, where="id > 3 AND ctiy = 'x'")
        assert caught.value.code == "bad_sql"
        assert caught.value.position == 11
        assert "ctiy" in caught.value.message

    def test_an_unknown_column_is_named(self, cars: Table) -> None:
        with pytest.raises(Invalid, match="no column 'nope'"):
            reader.rows(cars, columns=["nope"])


class TestHostileSql:
    @pytest.mark.parametrize(
        "sql",
        [
            "SELECT * FROM read_text('/etc/passwd')",
            "SELECT * FROM '/etc/passwd'",
            "SELECT * FROM read_csv('/proc/self/environ')",
            "SELECT * FROM glob('/*')",
            "SELECT * FROM sniff_csv('/etc/passwd')",
            "SELECT * FROM 'https://example.org/a.parquet'",
            "SELECT * FROM read_parquet('s3://bucket/a.parquet')",
            "ATTACH 'other.db'",
            "COPY data TO '/tmp/stolen.csv'",
            "COPY (SELECT 1) TO 'files/cars.csv'",
            "INSTALL httpfs",
            "LOAD httpfs",
            "PRAGMA database_list",
            "SET memory_limit = '100GB'",
            "CREATE TABLE x AS SELECT 1",
            "INSERT INTO data VALUES (1)",
            "EXPORT DATABASE 'x'",
            "SELECT current_setting('allowed_paths')",
            "SELECT * FROM duckdb_settings()",
            "SELECT * FROM (SELECT * FROM duckdb_secrets())",
        ],
    )
    def test_nothing_but_the_table_is_reached(self, cars: Table, sql: str) -> None:
        with pytest.raises(Invalid) as caught:
            reader.ask(cars, sql)
        assert caught.value.code in ("sql_not_allowed", "bad_sql")
        assert str(cars.files[0].path.parent) not in caught.value.message

    @pytest.mark.parametrize("sql", ["", ";", "SELECT 1; SELECT 2", "\x00", "selec", "SELECT (", "SELECT * FROM nope"])
    def test_what_is_no_single_select_is_refused(self, cars: Table, sql: str) -> None:
        with pytest.raises(Invalid) as caught:
            reader.ask(cars, sql)
        assert caught.value.code == "bad_sql"

    def test_a_condition_reaches_nothing_either(self, cars: Table) -> None:
        for where in ("(SELECT count(*) FROM read_text('/etc/passwd')) > 0", "id IN (SELECT 1 FROM duckdb_settings())"):
            with pytest.raises(Invalid) as caught:
                reader.rows(cars, where=where)
            assert caught.value.code == "sql_not_allowed"

    def test_a_huge_result_is_cut_and_says_so(self, cars: Table) -> None:
        found = reader.ask(cars, "SELECT a.id FROM data a, data b, data c", limit=1000)
        assert len(found["rows"]) == 1000
        assert found["has_more"]

    def test_wide_results_are_cut_in_texts_and_rows_so_that_an_answer_stays_small(self, cars: Table) -> None:
        columns = ", ".join(f"repeat('x', 900) AS c{at}" for at in range(2000))
        found = reader.ask(cars, f"SELECT {columns} FROM data", limit=1000)
        assert (len(found["rows"]), len(found["rows"][0]), found["has_more"]) == (250, 2000, True)
        assert len(found["rows"][0][0]) == 61

    def test_what_needs_too_much_memory_says_so(self, cars: Table) -> None:
        with pytest.raises(StudioError) as caught:
            reader.ask(cars, "SELECT list(repeat('x', 100000)) FROM data a, data b")
        assert (caught.value.status, caught.value.code) == (413, "data_too_large")


class TestMalformedFiles:
    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("a.parquet", b"PAR1 not really PAR1"),
            ("a.parquet", b""),
            ("a.feather", b"ARROW1\x00\x00nonsense"),
            ("a.jsonl", b'{"a": 1}\n{"a": \n'),
            ("a.csv", b"\x00\xff\xfe\x80a,b\n\xff,1\n"),
            ("a.csv", b""),
        ],
    )
    def test_each_gets_one_sentence_without_a_path(self, tmp_path: Path, name: str, content: bytes) -> None:
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(Invalid) as caught:
            reader.look(table(path))
        assert caught.value.code == "data_unreadable"
        assert str(tmp_path) not in caught.value.message
        assert "\n" not in caught.value.message

    def test_a_truncated_parquet_file_is_refused(self, tmp_path: Path) -> None:
        ROWS.write_parquet(tmp_path / "whole.parquet")
        (tmp_path / "cut.parquet").write_bytes((tmp_path / "whole.parquet").read_bytes()[:-20])
        with pytest.raises(Invalid, match="can't be read"):
            reader.look(table(tmp_path / "cut.parquet"))

    def test_a_value_of_another_type_late_in_a_file_is_named_by_its_line(self, tmp_path: Path) -> None:
        long = "a,b\n" + "1,xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n" * 210_000 + "abc,y\n"
        with pytest.raises(Invalid) as caught:
            reader.rows(table(text(tmp_path, "late.csv", long)), where="a > 5")
        assert "Line 210,002" in caught.value.message
        assert "'abc'" in caught.value.message


class TestExport:
    def test_cells_that_look_like_formulas_are_escaped_A50(self, cars: Table) -> None:
        sql = "SELECT unnest(['=1+1', '+1', '-1', '@x', '\tx', 'plain', 'a\"b']) AS \"=name\", -5 AS number"
        with reader.exported(cars, sql) as path:
            lines = path.read_text().splitlines()
        assert lines[0] == "'=name,number"
        assert [line.split(",")[0].strip('"') for line in lines[1:6]] == ["'=1+1", "'+1", "'-1", "'@x", "'\tx"]
        assert lines[6] == "plain,-5"
        assert not path.exists()

    def test_the_whole_table_is_exported_without_sql(self, cars: Table) -> None:
        with reader.exported(cars) as path:
            assert len(path.read_text().splitlines()) == 501

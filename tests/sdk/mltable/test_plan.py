"""MLTable files as plans."""

import sqlite3
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mltable import filters, partitions, places, plan
from mltable.plan import Place, PlanError

WHOLE = """\
$schema: https://azuremlschemas.azureedge.net/latest/MLTable.schema.json
type: mltable
paths:
  - file: ./titanic.csv
  - folder: data/
  - pattern: ./more/**/*.csv
  - file: azureml://datastores/images/paths/a.csv
transformations:
  - read_delimited:
      delimiter: ','
      encoding: iso88591
      header: all_files_same_headers
      empty_as_string: false
      include_path_column: true
      infer_column_types: false
      support_multi_line: true
  - filter: 'col("Age") > 30 and col("Pclass") == "1"'
  - drop_columns: [PassengerId, Name]
  - keep_columns: Age
  - convert_column_types:
      - columns: [Age]
        column_type: int
      - columns: day
        column_type:
          datetime:
            formats: ["%d/%m/%Y"]
      - columns: [alive]
        column_type:
          boolean:
            true_values: ["yes", 1]
            false_values: no
            mismatch_as: error
  - extract_columns_from_partition_format: /{kind}/{day:yyyy/MM/dd}/x.csv
  - take_random_sample:
      probability: 0.5
      seed: 7
  - skip: 2
  - take: 10
metadata:
  index_columns: [Age]
"""


def test_everything_azure_writes_is_read() -> None:
    found = plan.parse(WHOLE)
    assert [(place.kind, place.value) for place in found.places] == [
        ("file", "./titanic.csv"),
        ("folder", "data/"),
        ("pattern", "./more/**/*.csv"),
        ("file", "azureml://datastores/images/paths/a.csv"),
    ]
    assert [place.is_relative for place in found.places] == [True, True, True, False]
    assert found.reader is not None and found.reader.kind == "delimited"
    assert found.reader.options == {
        "delimiter": ",",
        "encoding": "iso8859-1",
        "header": "all_files_same_headers",
        "empty_as_string": False,
        "include_path_column": True,
        "infer_column_types": False,
        "support_multi_line": True,
    }
    assert [step.name for step in found.steps] == [
        "filter",
        "drop_columns",
        "keep_columns",
        "convert_column_types",
        "extract_columns_from_partition_format",
        "take_random_sample",
        "skip",
        "take",
    ]
    by_name = {step.name: step.value for step in found.steps}
    assert by_name["drop_columns"] == ("PassengerId", "Name") and by_name["keep_columns"] == ("Age",)
    assert [(one.columns, one.type, one.options) for one in by_name["convert_column_types"]] == [
        (("Age",), "int", {}),
        (("day",), "datetime", {"formats": ("%d/%m/%Y",)}),
        (("alive",), "boolean", {"true_values": ("yes", "1"), "false_values": ("false",), "mismatch_as": "error"}),
    ]
    assert (by_name["take_random_sample"].probability, by_name["take_random_sample"].seed) == (0.5, 7)
    assert by_name["take"] == 10 and found.metadata == {"index_columns": ["Age"]}


def test_what_is_written_is_read_as_the_same_plan() -> None:
    found = plan.parse(WHOLE)
    again = plan.parse(plan.write(found))
    assert (again.reader, again.steps, again.metadata) == (found.reader, found.steps, found.metadata)
    assert [(place.kind, place.value) for place in again.places] == [(p.kind, p.value) for p in found.places]


def test_a_list_of_files_needs_no_reader() -> None:
    found = plan.parse("paths:\n  - folder: ./images\n")
    assert found.reader is None and found.steps == ()


@pytest.mark.parametrize("written", ["read_parquet", "read_parquet:", "read_parquet: {}"])
def test_a_reader_without_options_is_written_three_ways(written: str) -> None:
    found = plan.parse(f"paths:\n  - file: a.parquet\ntransformations:\n  - {written}\n")
    assert found.reader is not None and found.reader.options == {"include_path_column": False}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("- a", 1, "mapping with the key paths"),
        ("", 1, "mapping with the key paths"),
        ("type: mltable", 1, "Give paths"),
        ("type: uri_file\npaths: [{file: a}]", 1, "is mltable"),
        ("paths: []", 1, "Give paths"),
        ("paths:\n  - files: a.csv", 2, "one of file, folder or pattern, not 'files'"),
        ("paths:\n  - file: 3", 2, "no path"),
        ("paths:\n  - file: ../../etc/passwd", 2, "leads out of the folder"),
        ("paths:\n  - file: /etc/passwd", 2, "absolute"),
        ("paths:\n  - file: C:/x", 2, "absolute"),
        ("paths:\n  - file: file:///etc/passwd", 2, "one machine"),
        ("paths:\n  - folder: 'a\\b'", 2, "backslash"),
        ("paths: [{file: a}]\nextra: 1", 2, "no key 'extra'"),
        ("paths: [{file: a}]\ntransformations:\n  - read_csv", 3, "no transformation 'read_csv'; known are"),
        ("paths: [{file: a}]\ntransformations:\n  - take: -1", 3, "whole number"),
        ("paths: [{file: a}]\ntransformations:\n  - take: 0", 3, "1 or more"),
        ("paths: [{file: a}]\ntransformations:\n  - take: true", 3, "whole number"),
        ("paths: [{file: a}]\ntransformations:\n  - read_delimited:\n      header: maybe", 4, "no_header"),
        ("paths: [{file: a}]\ntransformations:\n  - read_delimited:\n      encoding: klingon", 4, "encoding"),
        ("paths: [{file: a}]\ntransformations:\n  - read_delimited:\n      colour: red", 4, "no option 'colour'"),
        ("paths: [{file: a}]\ntransformations:\n  - read_delimited:\n      delimiter: ''", 4, "one character"),
        ("paths: [{file: a}]\ntransformations:\n  - take: 1\n  - read_parquet", 4, "comes first"),
        ("paths: [{file: a}]\ntransformations:\n  - read_parquet\n  - read_parquet", 4, "only one way"),
        ("paths: [{file: a}]\ntransformations:\n  - take_random_sample: {seed: 1}", 3, "needs a probability"),
        ("paths: [{file: a}]\ntransformations:\n  - take_random_sample: {probability: 2}", 3, "at most 1"),
        ("paths: [{file: a}]\ntransformations:\n  - filter: 'col(1'", 3, "can't be read at character"),
        ("paths: [{file: a}]\ntransformations:\n  - filter: '__import__(\"os\")'", 3, "A filter knows col"),
        ("paths: [{file: a}]\ntransformations:\n  - filter: 'col(\"a\").b'", 3, "has no place"),
        ("paths: [{file: a}]\ntransformations:\n  - filter: '1 + 1'", 3, "is no condition"),
        ("paths: [{file: a}]\ntransformations:\n  - drop_columns: [1]", 3, "name of a column"),
        ("paths: [{file: a}]\ntransformations:\n  - convert_column_types:\n      - columns: a", 4, "lists pairs"),
        ("paths: [{file: a}]\ntransformations:\n  - convert_column_types: {a: money}", 3, "one of string"),
        ("paths: [{file: a}]\ntransformations:\n  - extract_columns_from_partition_format: a/b", 3, "names no column"),
        ("paths: [{file: a}]\ntransformations:\n  - extract_columns_from_partition_format: '{a'", 3, "never closed"),
        ("paths: [{file: a}]\ntransformations:\n  - read_delta_lake: {version_as_of: 1}", 1, "reads folders"),
        ("paths: [{file: a}\n", 2, "no YAML"),
        ("paths: &x [{file: a}]\nmetadata: *x", 2, "other places"),
        ("paths: [{file: a}]\npaths: [{file: b}]", 2, "given twice"),
        ("paths: " + "[" * 100 + "]" * 100, 1, "nested deeper"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(PlanError) as caught:
        plan.parse(text)
    assert words in caught.value.message
    assert caught.value.line == line
    assert caught.value.message.endswith(".")


@given(st.text(max_size=200))
def test_no_text_ends_in_anything_but_a_sentence(text: str) -> None:
    for wrapped in (text, f"paths: [{{file: a}}]\ntransformations:\n  - filter: {text!r}\n"):
        try:
            plan.parse(wrapped)
        except PlanError as error:
            assert error.message


class TestFilters:
    ROWS = ((1, "saab", 10.5), (2, "volvo", None), (3, "o'brien", -4.0))

    @pytest.mark.parametrize(
        ("text", "ids"),
        [
            ('col("id") > 1', [2, 3]),
            ("col('make') == 'saab' or col('id') == 3", [1, 3]),
            ('not (col("make") == "saab")', [2, 3]),
            ('(col("id") >= 2) & (col("id") < 3)', [2]),
            ('~(col("id") == 2)', [1, 3]),
            ('col("price") == None', [2]),
            ('col("price") != None and col("price") * 2 > -9', [1, 3]),
            ('is_null(col("price"))', [2]),
            ('col("make") == "o\'brien"', [3]),
            ('1 < col("id") <= 3', [2, 3]),
            ('col("price") == -4', [3]),
        ],
    )
    def test_conditions_mean_in_sql_what_they_say(self, text: str, ids: list[int]) -> None:
        database = sqlite3.connect(":memory:")
        database.execute("CREATE TABLE t (id INTEGER, make TEXT, price REAL)")
        database.executemany("INSERT INTO t VALUES (?, ?, ?)", self.ROWS)
        condition = filters.sql(filters.parse(text))
        assert [row[0] for row in database.execute(f"SELECT id FROM t WHERE {condition} ORDER BY id")] == ids

    def test_the_columns_of_a_condition_are_known(self) -> None:
        assert filters.columns(filters.parse('col("b") > col("a") and is_null(col("b"))')) == ("b", "a")

    def test_moments_are_literals(self) -> None:
        assert filters.sql(filters.parse('col("at") < datetime(2026, 1, 2)')) == (
            "(\"at\" < TIMESTAMP '2026-01-02 00:00:00')"
        )
        with pytest.raises(PlanError, match="takes a year"):
            filters.parse('col("at") < datetime(2026, 13, 2)')

    def test_a_name_can_t_end_its_quotes(self) -> None:
        assert filters.sql(filters.parse("col('a\" OR 1=1 --') > 1")) == '("a"" OR 1=1 --" > 1)'

    def test_deep_and_long_conditions_are_refused(self) -> None:
        for text in ("(" * 1900 + "1" + ")" * 1900, "not " * 900 + 'col("a")', "x" * 5000):
            try:
                filters.parse(text)
            except PlanError:
                pass


class TestPartitions:
    def test_columns_come_out_of_paths(self) -> None:
        found = partitions.parse("/{kind}/{day:yyyy/MM/dd}/sales.csv")
        assert found.columns == (("kind", ""), ("day", "%Y/%m/%d"))
        assert found.values("shop/2026/11/21/sales.csv") == {"kind": "shop", "day": datetime(2026, 11, 21)}
        assert found.values("shop/2026/13/21/sales.csv") is None
        assert found.values("shop/sales.csv") is None

    def test_a_place_knows_whether_it_is_beside_the_file(self) -> None:
        assert Place("file", "./a").is_relative and not Place("file", "https://h/a").is_relative


class TestPlaces:
    NAMES = ("a.csv", "b.csv", "x/c.csv", "x/y/d.csv", "x/y/e.txt")

    @pytest.mark.parametrize(
        ("kind", "value", "found"),
        [
            ("file", "./a.csv", ["a.csv"]),
            ("file", "A.csv", []),
            ("folder", "./", list(NAMES)),
            ("folder", "x", ["x/c.csv", "x/y/d.csv", "x/y/e.txt"]),
            ("pattern", "./*.csv", ["a.csv", "b.csv"]),
            ("pattern", "**/*.csv", ["a.csv", "b.csv", "x/c.csv", "x/y/d.csv"]),
            ("pattern", "x/**", ["x/c.csv", "x/y/d.csv", "x/y/e.txt"]),
            ("pattern", "x/?.csv", ["x/c.csv"]),
            ("pattern", "x/*", ["x/c.csv"]),
        ],
    )
    def test_a_place_means_files(self, kind: str, value: str, found: list[str]) -> None:
        assert places.chosen(Place(kind, value), self.NAMES) == found

    def test_a_pattern_made_to_be_slow_is_not(self) -> None:
        assert places.chosen(Place("pattern", "*a" * 12 + "b"), ["a" * 60]) == []

"""Tables read, changed and saved by the module `mltable`."""

import datetime
import gzip
import json
from pathlib import Path

import mltable
import polars as pl
import pytest
from mltable import DataType, PlanError

CARS = "make,price,sold\nvolvo,100,yes\nsaab,200,no\nfiat,50,no\n"


@pytest.fixture
def cars(tmp_path: Path) -> mltable.MLTable:
    (tmp_path / "cars.csv").write_text(CARS)
    return mltable.from_delimited_files([{"file": str(tmp_path / "cars.csv")}])


def test_a_file_becomes_a_frame(cars: mltable.MLTable) -> None:
    frame = cars.to_pandas_dataframe()
    assert list(frame.columns) == ["make", "price", "sold"]
    assert frame["price"].tolist() == [100, 200, 50]
    assert cars.show(2).shape == (2, 3)


def test_steps_are_carried_out_in_their_order_and_change_no_other_table(cars: mltable.MLTable) -> None:
    table = cars.filter('col("price") >= 100 and not (col("make") == "saab")').keep_columns(["price", "make"])
    assert table.to_polars().rows() == [(100, "volvo")]
    assert cars.skip(1).take(1).drop_columns("sold").to_polars().rows() == [("saab", 200)]
    assert cars.take(1).skip(1).to_polars().rows() == []
    assert cars.to_polars().height == 3


def test_types_are_converted(cars: mltable.MLTable, tmp_path: Path) -> None:
    table = cars.convert_column_types({
        "sold": DataType.to_bool(["yes"], ["no"]), ("price",): DataType.to_float(), "make": DataType.to_string(),
    })  # fmt: skip
    assert table.to_polars().rows()[0] == ("volvo", 100.0, True)
    (tmp_path / "days.csv").write_text("day\n2026/01/02\n03.04.2026\n")
    days = mltable.from_delimited_files([{"file": str(tmp_path / "days.csv")}], infer_column_types=False)
    read = days.convert_column_types({"day": DataType.to_datetime(["%Y/%m/%d", "%d.%m.%Y"])}).to_polars()
    assert read["day"].to_list() == [datetime.datetime(2026, 1, 2), datetime.datetime(2026, 4, 3)]


def test_what_does_not_fit_a_type_is_said(cars: mltable.MLTable) -> None:
    with pytest.raises(PlanError, match="can't be read"):
        cars.convert_column_types({"make": DataType.to_int()}).to_polars()
    with pytest.raises(PlanError, match="There is no column 'prize'; there are"):
        cars.keep_columns("prize").to_polars()


def test_a_sample_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    (tmp_path / "n.csv").write_text("n\n" + "\n".join(str(n) for n in range(2000)))
    table = mltable.from_delimited_files([{"file": str(tmp_path / "n.csv")}])
    first = table.take_random_sample(0.25, seed=7).to_polars()
    assert first.equals(table.take_random_sample(0.25, seed=7).to_polars())
    assert 400 < first.height < 600
    assert not first.equals(table.take_random_sample(0.25, seed=8).to_polars())


@pytest.mark.parametrize(("header", "rows"), [
    ("all_files_same_headers", [{"a": 1, "b": 2}, {"a": 3, "b": 4}]),
    ("from_first_file", [{"a": "1", "b": "2"}, {"a": "a", "b": "b"}, {"a": "3", "b": "4"}]),
    ("no_header", [{"Column1": "a", "Column2": "b"}, {"Column1": "1", "Column2": "2"}]),
])  # fmt: skip
def test_headers_stand_where_the_options_say(tmp_path: Path, header: str, rows: list[dict[str, object]]) -> None:
    (tmp_path / "1.csv").write_text("a,b\n1,2\n")
    (tmp_path / "2.csv").write_text("a,b\n3,4\n")
    table = mltable.from_delimited_files([{"pattern": str(tmp_path / "*.csv")}], header=header)
    assert table.to_polars().to_dicts()[: len(rows)] == rows


def test_files_with_different_columns_are_joined_by_name(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text("a,b\n1,2\n")
    (tmp_path / "2.csv").write_text("b,c\n3,4\n")
    table = mltable.from_delimited_files(
        [{"folder": str(tmp_path)}], header=mltable.MLTableHeaders.all_files_different_headers
    )
    assert table.to_polars().rows() == [(1, 2, None), (None, 3, 4)]


@pytest.mark.parametrize(("encoding", "delimiter"), [("latin1", ";"), ("utf16", "\t"), ("utf8", "||")])
def test_other_encodings_and_delimiters_are_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    (tmp_path / "x.csv").write_bytes(f"größe{delimiter}b\n1{delimiter}é\n".encode(encoding))
    table = mltable.from_delimited_files([{"file": str(tmp_path / "x.csv")}], delimiter=delimiter, encoding=encoding)
    assert table.to_polars().to_dicts() == [{"größe": 1, "b": "é"}]


def test_a_type_that_only_holds_for_the_first_rows_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("n\n" + "1\n" * 10_500 + "end\n")
    table = mltable.from_delimited_files([{"file": str(tmp_path / "x.csv")}])
    assert table.to_polars()["n"].to_list()[-1] == "end"


def test_parquet_and_json_lines_are_read(tmp_path: Path) -> None:
    pl.DataFrame({"a": [1, 2]}).write_parquet(tmp_path / "x.parquet")
    assert mltable.from_parquet_files([{"file": str(tmp_path / "x.parquet")}]).to_polars().rows() == [(1,), (2,)]
    (tmp_path / "x.jsonl").write_text(json.dumps({"a": 1}) + "\nbroken\n" + json.dumps({"b": "x"}) + "\n")
    lines = mltable.from_json_lines_files([{"file": str(tmp_path / "x.jsonl")}], invalid_lines="drop")
    assert lines.to_polars().to_dicts() == [{"a": 1, "b": None}, {"a": None, "b": "x"}]
    with pytest.raises(PlanError):
        mltable.from_json_lines_files([{"file": str(tmp_path / "x.jsonl")}]).to_polars()


def test_columns_come_from_the_paths(tmp_path: Path) -> None:
    for day in ("2026/01/02", "2026/01/03"):
        folder = tmp_path / "sales" / day
        folder.mkdir(parents=True)
        (folder / "x.csv").write_text("n\n1\n")
    table = mltable.from_delimited_files([{"pattern": f"{tmp_path}/**/*.csv"}], include_path_column=True)
    read = table.extract_columns_from_partition_format("/{kind}/{day:yyyy/MM/dd}/x.csv").to_polars()
    assert read["kind"].to_list() == ["sales", "sales"]
    assert read["day"].to_list()[1] == datetime.datetime(2026, 1, 3)
    assert read["Path"][0].endswith("sales/2026/01/02/x.csv")


def test_paths_alone_are_a_table(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    assert mltable.from_paths([{"folder": str(tmp_path)}]).to_polars().rows() == [(str(tmp_path / "a.png"),)]


def test_a_saved_table_is_loaded_again(cars: mltable.MLTable, tmp_path: Path) -> None:
    table = cars.filter('col("price") > 60')
    saved = table.save(tmp_path / "out")
    assert (tmp_path / "out" / "cars.csv").read_text() == CARS
    again = mltable.load(str(tmp_path / "out"))
    assert again == saved
    assert again.to_polars().rows() == table.to_polars().rows()
    assert mltable.load(tmp_path / "out" / "MLTable").paths == [{"file": "./cars.csv"}]
    with pytest.raises(PlanError, match="already"):
        table.save(tmp_path / "out", overwrite=False)


def test_a_table_beside_its_files_copies_none(cars: mltable.MLTable, tmp_path: Path) -> None:
    cars.save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["MLTable", "cars.csv"]
    assert mltable.load(str(tmp_path)).to_polars().height == 3


@pytest.mark.parametrize(("text", "words"), [
    ("paths: [{file: ./no.csv}]", "There is no file at the file ./no.csv"),
    ("paths: [{file: ../x.csv}]", "leads out of the folder"),
    ("paths: [{file: /etc/passwd}]", "is absolute"),
    ("paths: [{file: ./a.csv}]\ntransformations: [{run: x}]", "There is no transformation 'run'"),
    ("paths: [{file: ./a.csv}]\ntransformations:\n- read_delimited\n- filter: __import__('os')", "has no place|no"),
])  # fmt: skip
def test_what_is_no_table_is_said(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "a.csv").write_text("a\n1\n")
    (tmp_path / "MLTable").write_text(text)
    with pytest.raises(PlanError, match=words):
        mltable.load(str(tmp_path)).to_polars()


def test_a_folder_without_the_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="There is no file named MLTable"):
        mltable.load(str(tmp_path))
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(b"a\n1\n"))
    assert mltable.from_delimited_files([{"file": str(tmp_path / "x.csv.gz")}]).to_polars().rows() == [(1,)]

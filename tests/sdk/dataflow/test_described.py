"""Files read as their data asset says, so that a run sees what the preview saw."""

import datetime
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("polars")

from atelier.dataflow import RecipeError, running


def table(tmp_path: Path, text: str, described: dict[str, Any], name: str = "a.csv") -> list[dict[str, Any]]:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return running.scan([tmp_path / name], described).collect().to_dicts()  # type: ignore[no-any-return]


def columns(**types: str) -> list[dict[str, Any]]:
    return [{"name": name, "type": kind} for name, kind in types.items()]


def test_columns_take_the_types_of_the_schema(tmp_path: Path) -> None:
    text = "id;plate;price;ok;sold\n1;007;2.5;yes;2024-01-05\nx;;;no;soon\n"
    kinds = columns(id="int", plate="string", price="float", ok="boolean", sold="date")
    found = table(tmp_path, text, {"format": "delimited", "reading": {"delimiter": ";"}, "columns": kinds})
    assert found == [
        {"id": 1, "plate": "007", "price": 2.5, "ok": True, "sold": datetime.date(2024, 1, 5)},
        {"id": None, "plate": None, "price": None, "ok": False, "sold": None},
    ]


def test_columns_left_out_stay_out_and_dates_are_read_by_their_format(tmp_path: Path) -> None:
    kinds = [
        {"name": "a", "type": "string", "included": False},
        {"name": "b", "type": "date", "format": ["%d.%m.%Y", "%Y/%m/%d"]},
    ]
    found = table(tmp_path, "a,b\n1,05.01.2024\n2,2024/02/06\n", {"format": "delimited", "columns": kinds})
    assert found == [{"b": datetime.date(2024, 1, 5)}, {"b": datetime.date(2024, 2, 6)}]


def test_without_a_schema_types_are_found(tmp_path: Path) -> None:
    assert table(tmp_path, "a,b\n1,2024-01-05\n", {"format": "delimited"}) == [{"a": 1, "b": datetime.date(2024, 1, 5)}]
    assert table(tmp_path, '{"a": 1}\n', {"format": "json_lines"}, "a.jsonl") == [{"a": 1}]


def test_decimal_commas_names_of_the_schema_and_other_encodings_are_followed(tmp_path: Path) -> None:
    reading = {"delimiter": ";", "decimal": ",", "header": False, "encoding": "latin-1"}
    (tmp_path / "a.csv").write_bytes("Köln;2,5\n".encode("latin-1"))
    described = {"format": "delimited", "reading": reading, "columns": columns(city="string", price="float")}
    assert running.scan([tmp_path / "a.csv"], described).collect().to_dicts() == [{"city": "Köln", "price": 2.5}]


@pytest.mark.parametrize(
    ("described", "sentence"),
    [
        ({"format": "delimited", "columns": columns(nope="int")}, "no column 'nope'"),
        ({"format": "delimited", "reading": {"escape": "\\"}}, "escapes with"),
        ({"format": "delimited", "reading": {"where": "a > 1"}}, "narrowed"),
        ({"format": "magic"}, "no format"),
    ],
)
def test_what_a_run_can_t_follow_is_said(tmp_path: Path, described: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RecipeError, match=sentence):
        table(tmp_path, "a,b\n1,2\n", described)

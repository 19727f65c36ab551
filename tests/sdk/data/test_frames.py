"""Files read as a version says they are read."""

import gzip
from datetime import date
from pathlib import Path
from typing import Any

import atelier
import polars
import pytest
from atelier._data import frames


def write(folder: Path, name: str, content: bytes) -> Path:
    (folder / name).write_bytes(content)
    return folder / name


def column(name: str, type: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": type, "included": True, **more}


def test_delimited_text_is_read_by_its_settings(tmp_path: Path) -> None:
    text = "# cars\nname;code;price;day;fine\nÅsa;007;1,5;03.02.2024;yes\nBo;?;?;04.02.2024;no\n".encode("latin-1")
    reading = {"delimiter": ";", "comment": "#", "decimal": ",", "null_values": ["?"], "encoding": "latin-1"}
    schema = [
        column("name", "string"),
        column("code", "string"),
        column("price", "float"),
        column("day", "date", format=["%Y-%m-%d", "%d.%m.%Y"]),
        column("fine", "boolean"),
    ]
    found = frames.scan([write(tmp_path, "a.csv", text)], reading, schema).collect()
    assert found.rows() == [
        ("Åsa", "007", 1.5, date(2024, 2, 3), True),
        ("Bo", None, None, date(2024, 2, 4), False),
    ]


def test_a_text_without_header_takes_the_names_of_the_schema(tmp_path: Path) -> None:
    file = write(tmp_path, "a.csv", b"007,1\n008,2\n")
    schema = [column("code", "string"), {**column("n", "int"), "included": False}]
    assert frames.scan([file], {"header": False}, schema).collect().to_dicts() == [{"code": "007"}, {"code": "008"}]


def test_packed_files_json_and_parquet_are_read(tmp_path: Path) -> None:
    packed = write(tmp_path, "a.csv.gz", gzip.compress(b"a\n1\n"))
    assert frames.scan([packed], {}, []).collect()["a"].to_list() == [1]
    lines = write(tmp_path, "a.jsonl", b'{"a": 1}\n{"a": 2}\n')
    assert frames.scan([lines], {}, [column("a", "float")]).collect()["a"].to_list() == [1.0, 2.0]
    assert frames.scan([write(tmp_path, "b.json", b'[{"a": 1}]')], {}, []).collect()["a"].to_list() == [1]
    polars.DataFrame({"a": [1]}).write_parquet(tmp_path / "one.parquet")
    polars.DataFrame({"b": [2]}).write_parquet(tmp_path / "two.parquet")
    both = frames.scan([tmp_path / "one.parquet", tmp_path / "two.parquet", write(tmp_path, "x.txt~", b"")], {}, [])
    assert both.collect().to_dicts() == [{"a": 1, "b": None}, {"a": None, "b": 2}]


def test_what_can_not_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(atelier.AtelierError, match="no one table"):
        frames.scan([write(tmp_path, "a.png", b"")], {}, [])
    with pytest.raises(atelier.AtelierError, match="no column 'b'"):
        frames.scan([write(tmp_path, "a.csv", b"a\n1\n")], {}, [column("b", "int")])
    with pytest.raises(atelier.AtelierError, match="escapes"):
        frames.scan([write(tmp_path, "a.csv", b"a\n1\n")], {"escape": "\\"}, [])

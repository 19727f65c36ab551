"""What scores a part: scripts with paths and frames, models with tables, and how one bad item is told from the others."""

import json
import math
from pathlib import Path
from typing import Any

import pandas
import pytest
from atelier.serving.batch import rows, scorers, tables


class Files:
    """The input as a scorer asks for it, from a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, item: str) -> Path:
        return self._folder / item

    def name(self, item: str) -> str:
        return item

    def frame(self, item: Any) -> Any:
        frame = tables.read(self.path(item["file"]), item["file"])
        return tables.span(frame, item["from"], item["to"])


def double(frame: Any) -> Any:
    """A model that takes no negative number."""
    if (frame["x"] < 0).any():
        raise ValueError("x is negative")
    return frame["x"] * 2


@pytest.fixture
def source(tmp_path: Path) -> Files:
    (tmp_path / "good.csv").write_text("x\n1\n2\n")
    (tmp_path / "bad.csv").write_text("x\n-1\n")
    (tmp_path / "torn.parquet").write_bytes(b"PAR1 torn")
    (tmp_path / "ten.csv").write_text("x\n" + "".join(f"{-n if n in (3, 7) else n}\n" for n in range(10)))
    return Files(tmp_path)


def test_a_script_gets_paths_and_one_bad_file_costs_only_itself(source: Files) -> None:
    def run(paths: list[str]) -> list[str]:
        if any("bad" in path for path in paths):
            raise ValueError("bad words")
        return [Path(path).name for path in paths]

    scorer = scorers.ScriptScorer(run, source, "files")
    items = ["good.csv", "bad.csv", "ten.csv"]
    with pytest.raises(ValueError, match="bad words"):
        scorer.score(items, one_by_one=False)
    found = scorer.score(items, one_by_one=True)
    assert found.rows == ["good.csv", "ten.csv"]
    assert found.lost == [("bad.csv", "ValueError: bad words", 1)]


def test_a_script_that_answers_fewer_rows_has_failed_items(source: Files) -> None:
    found = scorers.ScriptScorer(lambda paths: paths[1:], source, "files").score(["a", "b", "c"], one_by_one=False)
    assert (len(found.rows), found.lost[0].size) == (2, 1)


def test_the_bad_rows_of_a_table_are_found_and_the_others_scored(source: Files) -> None:
    scorer = scorers.ModelScorer(double, source, "rows")
    span = {"file": "ten.csv", "from": 2, "to": 10}
    found = scorer.score([span], one_by_one=True)
    assert [(row["row"], row["prediction"]) for row in found.rows] == [(n, 2 * n) for n in (2, 4, 5, 6, 8, 9)]
    assert [(each.item, each.size) for each in found.lost] == [("ten.csv row 3", 1), ("ten.csv row 7", 1)]


def test_a_model_reads_each_file_as_a_table(source: Files) -> None:
    scorer = scorers.ModelScorer(double, source, "files")
    found = scorer.score(["good.csv", "bad.csv", "torn.parquet"], one_by_one=True)
    assert found.rows == [
        {"file": "good.csv", "row": 0, "prediction": 2},
        {"file": "good.csv", "row": 1, "prediction": 4},
    ]
    assert [each.item for each in found.lost] == ["bad.csv", "torn.parquet"]
    assert "torn.parquet can't be read as a table" in found.lost[1].problem


def test_rows_become_plain_json() -> None:
    frame = pandas.DataFrame({"n": [1, 2], "p": [0.1, math.nan], "at": pandas.to_datetime(["2026-01-01", None])})
    lines = [json.loads(rows.line(row)) for row in rows.rows_of(frame)]
    assert lines == [{"n": 1, "p": 0.1, "at": "2026-01-01 00:00:00"}, {"n": 2, "p": None, "at": None}]
    with pytest.raises(TypeError, match="must answer a list"):
        rows.rows_of("one text")

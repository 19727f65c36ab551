"""What goes through a wire is kept in a folder and taken up again, with what a page shows of it."""

import json
import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from atelier.components import tables, values, views
from atelier.components.declaring import PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import LABEL, Column, Table
from atelier.components.transforms import Transform

pytestmark = pytest.mark.pure


class Doubled(Transform):
    title = "Doubled"

    def apply(self, table: Table) -> Table:
        return table.with_frame(table.frame * 2)

    def facts(self) -> list[tuple[str, Any]]:
        return [("Factor", 2.0), ("Nothing", math.nan)]


def test_a_table_keeps_its_types_its_gaps_and_what_columns_are_meant_as(tmp_path: Path) -> None:
    frame = pd.DataFrame({"ä, b": [1, 2], "c": ["x", None], "d": pd.Categorical(["u", "v"]), "": [True, False]})
    values.store(PortType.DATASET, Table(frame, {"c": Column(role=LABEL)}), tmp_path / "t")
    found = values.load(PortType.DATASET, tmp_path / "t")
    pd.testing.assert_frame_equal(found.frame, frame)
    assert found.label == "c" and found.column("d").is_categorical


def test_a_transform_comes_with_what_it_is_and_what_a_page_shows(tmp_path: Path) -> None:
    values.store(PortType.TRANSFORM, Doubled(), tmp_path)
    assert values.load(PortType.TRANSFORM, tmp_path).apply(Table(pd.DataFrame({"a": [1]}))).frame["a"].tolist() == [2]
    assert values.about(tmp_path)["title"] == "Doubled" and "scikit-learn" in values.about(tmp_path)["packages"]
    assert values.view(tmp_path)["facts"] == [["Factor", 2.0], ["Nothing", None]]


def test_another_type_than_what_is_kept_is_refused(tmp_path: Path) -> None:
    values.store(PortType.TRANSFORM, Doubled(), tmp_path)
    with pytest.raises(ComponentError, match="is a Transform; a TrainedModel is wanted"):
        values.load(PortType.TRAINED_MODEL, tmp_path)
    with pytest.raises(ComponentError, match=r"the file model\.joblib is missing"):
        values.load(PortType.RECOMMENDER, tmp_path / "nowhere")


def test_an_evaluation_is_plain_json_without_nan(tmp_path: Path) -> None:
    values.store(PortType.EVALUATION, {"title": "T", "facts": [["R²", math.nan]], "task": "x"}, tmp_path)
    assert json.loads((tmp_path / "evaluation.json").read_text())["task"] == "x"
    assert values.view(tmp_path) == {
        "kind": "evaluation",
        "title": "T",
        "facts": [["R²", None]],
        "tables": [],
        "charts": [],
    }
    assert values.load(PortType.EVALUATION, tmp_path)["facts"] == [["R²", None]]


def test_files_and_folders_are_copied(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("hello")
    values.store(PortType.FOLDER, tmp_path / "in", tmp_path / "folder")
    values.store(PortType.FILE, tmp_path / "in" / "a.txt", tmp_path / "file")
    assert (values.load(PortType.FOLDER, tmp_path / "folder") / "a.txt").read_text() == "hello"
    assert values.load(PortType.FILE, tmp_path / "file").name == "a.txt"
    assert values.view(tmp_path / "folder")["facts"] == [["Files", 1], ["Bytes", 5]]


def test_files_of_a_folder_are_one_table_and_notes_are_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    (tmp_path / "b.csv").write_text("x,y\n3,4\n")
    (tmp_path / "_view.json").write_text("{}")
    assert tables.load(tmp_path).frame["x"].tolist() == [1, 3]


def test_every_number_is_made_plain() -> None:
    frame = pd.DataFrame({"a": [1.5, None], "t": pd.to_datetime(["2024-01-01", None])})
    shown = views.of_frame("F", frame)
    assert shown["rows"] == [[1.5, "2024-01-01T00:00:00"], [None, None]]


def test_a_column_of_several_kinds_cannot_be_kept_and_says_so(tmp_path: Path) -> None:
    with pytest.raises(ComponentError, match="Column 'a' holds values of several types .*so the table can't be kept"):
        tables.store(Table(pd.DataFrame({"a": [1, "x", {}]})), tmp_path)


def test_json_is_a_list_or_an_object_a_line(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text('[{"a": 1}, {"a": 2}]')
    (tmp_path / "lines.json").write_text('{"a": 1}\n{"a": 2}\n')
    assert [tables.load(tmp_path / f"{name}.json").frame["a"].tolist() for name in ("list", "lines")] == [
        [1, 2],
        [1, 2],
    ]


def test_a_table_without_columns_is_kept(tmp_path: Path) -> None:
    tables.store(Table(pd.DataFrame()), tmp_path)
    assert tables.load(tmp_path).frame.empty

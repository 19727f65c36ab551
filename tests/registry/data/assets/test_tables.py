"""What is found out about tables when they are registered: schema, rows, MLTable; and what is refused."""

import io

import pyarrow as pa
import pytest
from pyarrow import parquet

from registry.data.assets import files, pages, services
from registry.data.assets.models import DataVersion
from studio.access.models import Workspace
from tests.factories import sequence
from tests.factories.data import make_data, put_file

CSV = b"make,price,day\nvolvo,100,2026-01-02\nsaab,200,2026-03-04\n"


def parquet_bytes(rows: int = 3) -> bytes:
    sink = io.BytesIO()
    parquet.write_table(pa.table({"id": list(range(rows)), "name": ["x"] * rows}), sink)
    return sink.getvalue()


def make_table(workspace: Workspace, mltable: str = "", **contents: bytes) -> DataVersion:
    """A table of files in a folder; `a__csv=…` is the file `a.csv`."""
    folder = f"tables/{sequence.number()}"
    for name, content in contents.items():
        put_file(workspace, f"{folder}/{name.replace('__', '.')}", content)
    if mltable:
        put_file(workspace, f"{folder}/MLTable", mltable.encode())
    new = services.NewVersion(name="table", type="mltable", path=f"azureml://datastores/default/paths/{folder}")
    version = services.register(actor=None, workspace=workspace, new=new)
    return services.settle(version_id=version.pk)


def columns(version: DataVersion) -> list[tuple[str, str, bool]]:
    return [(one["name"], one["type"], one["included"]) for one in version.schema or []]


def test_a_csv_s_columns_and_types_are_known(workspace: Workspace) -> None:
    version = make_data(workspace, files={"cars.csv": CSV})
    assert columns(version) == [("make", "string", True), ("price", "int", True), ("day", "date", True)]
    assert version.reading["format"] == "delimited"


def test_parquet_tells_its_rows(workspace: Workspace) -> None:
    version = make_data(workspace, files={"t.parquet": parquet_bytes(7)})
    assert columns(version) == [("id", "int", True), ("name", "string", True)]
    assert version.row_count == 7


def test_a_folder_of_pictures_has_no_schema(workspace: Workspace) -> None:
    version = make_data(workspace, "pets", {"a.png": b"\x89PNG", "b.png": b"x"})
    assert version.state == "ready" and version.schema is None


@pytest.mark.parametrize("content", [b"", b"PAR1 nothing of it PAR1", parquet_bytes()[:-20], b"make,price\n"])
def test_a_malformed_parquet_is_refused_with_a_sentence(workspace: Workspace, content: bytes) -> None:
    version = make_data(workspace, files={"t.parquet": content})
    assert version.state == "failed"
    assert "t.parquet" in version.problem and version.problem.endswith(".")
    assert "/" not in version.problem.replace("t.parquet", "")  # no path of the studio's own


def test_text_that_is_no_table_is_a_file_like_any_other(workspace: Workspace) -> None:
    version = make_data(workspace, files={"a.csv": b"\xff\xfe\x00\x00garbage\x00\x01"})
    assert version.state == "ready"


def test_a_reading_that_does_not_fit_is_refused(workspace: Workspace) -> None:
    version = make_data(workspace, files={"a.csv": CSV}, reading={"format": "parquet"})
    assert version.state == "failed"


def test_a_chosen_schema_is_kept(workspace: Workspace) -> None:
    schema = [
        {"name": "make", "type": "string", "included": True},
        {"name": "price", "type": "string", "included": False},
    ]
    version = make_data(workspace, files={"cars.csv": CSV}, schema=schema)
    assert columns(version) == [("make", "string", True), ("price", "string", False)]
    wrong = make_data(workspace, files={"cars.csv": CSV}, schema=[{"name": "colour", "type": "string"}])
    assert wrong.state == "failed" and "colour" in wrong.problem


class TestMLTable:
    def test_a_plan_says_which_files_and_columns(self, workspace: Workspace) -> None:
        text = (
            "type: mltable\npaths:\n  - file: ./a.csv\ntransformations:\n"
            "  - read_delimited:\n      delimiter: ','\n  - filter: col(\"price\") > 100\n  - drop_columns: [day]\n"
        )
        version = make_table(workspace, text, a__csv=CSV, b__csv=b"other\n1\n")
        assert version.state == "ready", version.problem
        assert [file.path for file in files.listing(version)] == ["MLTable", "a.csv"]
        assert columns(version) == [("make", "string", True), ("price", "int", True), ("day", "date", False)]
        assert version.reading["where"] == '("price" > 100)' and version.mltable == text
        assert version.row_count in (None, 1)

    def test_files_without_an_mltable_get_one(self, workspace: Workspace) -> None:
        version = make_table(workspace, a__csv=CSV, b__csv=CSV)
        assert version.state == "ready", version.problem
        assert "pattern: ./**/*.csv" in version.mltable and "read_delimited" in version.mltable
        assert [file.path for file in files.listing(version)] == ["a.csv", "b.csv"]

    def test_one_file_can_be_a_table(self, workspace: Workspace) -> None:
        where = put_file(workspace, f"one/{sequence.number()}/cars.csv", CSV)
        schema = [
            {"name": "make", "type": "string", "included": True},
            {"name": "price", "type": "float", "included": True},
            {"name": "day", "type": "date", "included": False},
        ]
        new = services.NewVersion(
            name="one", type="mltable", path=where, schema=schema, reading={"format": "delimited"}
        )
        version = services.register(actor=None, workspace=workspace, new=new)
        version = services.settle(version_id=version.pk)
        assert version.state == "ready", version.problem
        assert [file.path for file in files.listing(version)] == ["cars.csv"]
        assert "file: ./cars.csv" in version.mltable
        assert "drop_columns" in version.mltable and "column_type: float" in version.mltable
        assert b"".join(files.read(version, "cars.csv")) == CSV

    def test_what_was_found_out_of_text_is_written_down(self, workspace: Workspace) -> None:
        where = put_file(workspace, f"one/{sequence.number()}/fair.csv", b"make;price\nvolvo;1,5\nsaab;2,5\n")
        new = services.NewVersion(name="fair", type="mltable", path=where, reading={"decimal": ","})
        version = services.register(actor=None, workspace=workspace, new=new)
        version = services.settle(version_id=version.pk)
        assert version.state == "ready", version.problem
        assert columns(version) == [("make", "string", True), ("price", "float", True)]
        assert "delimiter: ;" in version.mltable and "decimal: ','" in version.mltable

    def test_text_columns_stay_text_where_types_are_not_inferred(self, workspace: Workspace) -> None:
        text = "paths: [{file: a.csv}]\ntransformations:\n  - read_delimited: {infer_column_types: false}\n"
        version = make_table(workspace, text, a__csv=CSV)
        assert [one[1] for one in columns(version)] == ["string"] * 3

    def test_files_in_other_folders_are_files_of_the_version(self, workspace: Workspace) -> None:
        where = put_file(workspace, "elsewhere/far.csv", CSV)
        version = make_table(workspace, f"paths:\n  - file: {where}\ntransformations: [read_delimited]\n")
        assert version.state == "ready", version.problem
        assert [file.path for file in files.listing(version)] == ["MLTable", where]
        assert b"".join(files.read(version, where)) == CSV
        assert [item.path for item in files.entries(files.listing(version))] == ["MLTable", where]
        assert [node.name for node in pages.details(version).nodes] == ["MLTable", where]

    def test_what_can_t_be_shown_here_is_said(self, workspace: Workspace) -> None:
        text = (
            "paths: [{pattern: '*.csv'}]\ntransformations:\n  - read_delimited: {include_path_column: true}\n"
            '  - take: 1\n  - filter: col("price") > 1\n'
        )
        version = make_table(workspace, text, a__csv=CSV)
        assert [note.partition(" ")[0] for note in version.reading["notes"]] == ["The", "A"]

    def test_a_list_of_files_is_a_table_without_rows(self, workspace: Workspace) -> None:
        version = make_table(workspace, "paths:\n  - pattern: ./*.png\n", a__png=b"1", b__png=b"2")
        assert version.state == "ready" and version.schema is None and version.file_count == 3

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("paths:\n  - file: ./missing.csv\n", "Line 2 of the MLTable: There is no file at the file ./missing.csv"),
            ("paths:\n  - file: ../../other/secret.csv\n", "leads out of the folder"),
            ("paths:\n  - file: /etc/passwd\n", "absolute"),
            ("paths:\n  - file: azureml://datastores/nowhere/paths/x\n", "no datastore 'nowhere'"),
            ("paths:\n  - file: azureml://datastores/default/paths/../../x\n", "can't be used for a file"),
            ("paths:\n  - file: azureml:cars:1\n", "names a data asset"),
            ("paths: [{file: a.csv}]\ntransformations:\n  - read_csv\n", "Line 3"),
            ("\x00", "no YAML"),
            ("paths: [{file: a.csv}]\ntransformations: [read_parquet]\n", "a.csv"),
        ],
    )
    def test_a_malformed_mltable_is_refused_with_a_sentence(self, workspace: Workspace, text: str, words: str) -> None:
        version = make_table(workspace, text, a__csv=CSV)
        assert version.state == "failed"
        assert words in version.problem

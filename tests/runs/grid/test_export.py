"""The table as a file."""

import csv
import io
import json

import pyarrow.parquet
import pytest

from tests.runs.grid.conftest import BASE

pytestmark = pytest.mark.django_db

COLUMNS = ["metric:loss.last", "param:lr", "attribute:started"]


@pytest.fixture
def export(api, ben):
    client = api(ben, base=BASE)

    def send(kind: str, query=None, columns=COLUMNS) -> bytes:
        answer = client.post("grid/export", {"query": query or {}, "columns": columns, "format": kind})
        assert answer.status_code == 200
        assert answer["Content-Disposition"].startswith('attachment; filename="runs-')
        return b"".join(answer)

    return send


def test_csv_holds_all_runs_in_the_tables_order_with_its_columns(export, make):
    make("a", loss=0.25, lr="0.1")
    make("b", loss=float("nan"), lr="0.2")
    rows = list(csv.reader(io.StringIO(export("csv", {"order": ["attribute:name"]}).decode())))
    assert rows[0] == ["id", "name", "experiment", "loss", "lr", "started"]
    assert [row[1] for row in rows[1:]] == ["a", "b"]
    assert [row[3] for row in rows[1:]] == ["0.25", "NaN"]


@pytest.mark.parametrize("evil", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx"])
def test_no_cell_of_the_csv_is_a_formula(export, make, evil):
    make("=HYPERLINK(1)", params={"lr": evil})
    row = list(csv.reader(io.StringIO(export("csv").decode())))[1]
    assert row[1] == "'=HYPERLINK(1)"
    assert row[4] == f"'{evil}"


def test_a_negative_number_stays_a_number(export, make):
    make("a", loss=-1.5, lr="-3")
    row = list(csv.reader(io.StringIO(export("csv").decode())))[1]
    assert row[3:5] == ["-1.5", "-3"]


def test_json_keeps_long_texts_whole(export, make):
    make("a", lr="x" * 1000)
    assert json.loads(export("json"))[0]["lr"] == "x" * 1000
    assert json.loads(export("json", {"filter": "name = 'nobody'"})) == []


def test_parquet_has_types_and_reads_back(export, make):
    make("a", loss=0.25, lr="0.1")
    make("b")
    table = pyarrow.parquet.read_table(io.BytesIO(export("parquet", {"order": ["attribute:name"]})))
    assert table.column("loss").to_pylist() == [0.25, None]
    assert str(table.schema.field("started").type) == "timestamp[us, tz=UTC]"
    empty = pyarrow.parquet.read_table(io.BytesIO(export("parquet", {"filter": "name = 'nobody'"})))
    assert empty.num_rows == 0


def test_groups_come_first_and_keep_their_runs_together(export, make):
    for name, lr in (("a", "1"), ("b", "2"), ("c", "1")):
        make(name, lr=lr)
    rows = list(csv.reader(io.StringIO(export("csv", {"group": ["param:lr"]}, []).decode())))
    assert rows[0] == ["id", "name", "experiment", "lr"]
    assert [row[1] for row in rows[1:]] == ["c", "a", "b"]


def test_a_parameter_and_a_metric_of_one_name_have_two_heads(export, make):
    make("a", params={"loss": "x"}, loss=1.0)
    head = export("csv", columns=["metric:loss", "param:loss"]).decode().splitlines()[0]
    assert head.endswith("metric:loss.last,param:loss")


def test_the_pages_form_answers_the_same_file(browser, rita, make):
    make("a", lr="0.1")
    form = {"format": "csv", "query": "{}", "columns": '["param:lr"]'}
    answer = browser(rita).post("/w/vision/grid/export/", form)
    assert b"".join(answer).decode().splitlines()[1].endswith(",0.1")
    assert browser(rita).post("/w/vision/grid/export/", {**form, "format": "exe"}).status_code == 400
    assert browser(rita).post("/w/vision/grid/export/", {**form, "query": "{"}).status_code == 400


@pytest.mark.parametrize("evil", ["=1+1", "@SUM(A1)", "-2+3", "+cmd"])
def test_A50_no_head_of_the_csv_is_a_formula(export, make, evil):
    make("a", params={evil: "x"})
    head = next(csv.reader(io.StringIO(export("csv", columns=[f"param:{evil}"]).decode())))
    assert head[-1] == f"'{evil}"

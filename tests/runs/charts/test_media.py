"""Images, tables and figures of a wall of charts: the index of what there is, and what is in the files."""

import json
from urllib.parse import urlencode

import pytest

from runs.tracking.charts import media
from runs.tracking.models import Tag
from tests.factories.stored import give_file

pytestmark = pytest.mark.django_db

HISTOGRAM = {"atelier": "histogram/1", "edges": [0, 1, 2], "counts": [3, 4]}
MATRIX = {"atelier": "confusion/1", "labels": ["a", "b"], "matrix": [[5, 1], [0, 4]]}
CURVE = {"atelier": "curve/1", "kind": "roc", "x": [0, 0.5, 1], "y": [0, 1, 1], "area": 0.75}
TABLE = {"columns": ["name", "loss"], "data": [["a", 1.5], ["b", {"deep": [1]}]]}


def cards_of(get, runs):
    found = get("media/?ids=" + ",".join(run.pk for run in runs)).json()
    return {(card["kind"], card["key"]): card["files"] for card in found["cards"]}


def read(get, kind, *files):
    answer = get("media/content/?" + urlencode({"kind": kind, "file": files}, doseq=True))
    assert answer.status_code == 200, answer.content
    return answer.json()["files"]


def test_the_index_knows_kind_key_and_step_of_each_file(get, start):
    one, two = start("one"), start("two")
    for step in (10, 2):
        give_file(one, b"x", f"media/images/val/samples/{step}.png")
    give_file(two, b"x", "media/images/val/samples/2.jpg")
    give_file(one, b"x", "media/histograms/weights/0.json")
    for path in ("media/images/val/2.exe", "media/other/val/2.png", "media/tables/t/x.json", "model/images/a/1.png"):
        give_file(one, b"x", path)
    assert cards_of(get, [one, two]) == {
        ("image", "val/samples"): [
            [0, 2, "media/images/val/samples/2.png"], [0, 10, "media/images/val/samples/10.png"],
            [1, 2, "media/images/val/samples/2.jpg"],
        ],
        ("histogram", "weights"): [[0, 0, "media/histograms/weights/0.json"]],
    }  # fmt: skip


def test_images_and_tables_of_mlflow_are_found(get, start):
    run = start("one")
    new = "images/val~dogs+step+3+timestamp+1700000000000+0a1b-2c"
    old = "images/val#cats%step%4%timestamp%1700000000000%0a1b"
    for path in (
        f"{new}.png",
        f"{new}+compressed.webp",
        f"{old}.png",
        f"{old}%compressed.webp",
        "eval.json",
        "not.json",
    ):
        give_file(run, b"{}", path)
    listed = [{"path": "eval.json", "type": "table"}, {"path": "not.json", "type": "other"}, 7]
    Tag.objects.create(run=run, key="mlflow.loggedArtifacts", value=json.dumps(listed))
    assert cards_of(get, [run]) == {
        ("image", "val/dogs"): [[0, 3, f"{new}.png"]],
        ("image", "val/cats"): [[0, 4, f"{old}.png"]],
        ("table", "eval.json"): [[0, 0, "eval.json"]],
    }


def test_a_tag_of_mlflow_that_makes_no_sense_is_no_table(get, start):
    run = start("one")
    Tag.objects.create(run=run, key="mlflow.loggedArtifacts", value="[{")
    assert cards_of(get, [run]) == {}


def test_the_index_of_many_runs_takes_two_questions(start, django_assert_num_queries):
    runs = [start(f"run-{number}") for number in range(4)]
    with django_assert_num_queries(2):
        media.index(runs)


@pytest.mark.parametrize(
    ("kind", "data", "field"),
    [("histogram", HISTOGRAM, "edges"), ("confusion", MATRIX, "matrix"), ("curve", CURVE, "x")],
)
def test_a_figure_comes_checked(get, start, kind, data, field):
    run = start("one")
    give_file(run, json.dumps(data).encode(), "media/f/1.json")
    (found,) = read(get, kind, f"{run.pk}/media/f/1.json")
    assert found["data"][field] == data[field]


def test_a_table_has_its_first_rows_and_their_number(get, start):
    run = start("one")
    give_file(run, json.dumps({**TABLE, "data": TABLE["data"] * 150}).encode(), "t.json")
    (found,) = read(get, "table", f"{run.pk}/t.json")
    assert (len(found["data"]["rows"]), found["data"]["count"]) == (200, 300)
    assert found["data"]["rows"][:2] == [["a", 1.5], ["b", "{'deep': [1]}"]]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("histogram", "{"),
        ("histogram", "[]"),
        ("histogram", json.dumps({**HISTOGRAM, "counts": [1]})),
        ("histogram", json.dumps({**HISTOGRAM, "edges": [0, 2, 1]})),
        ("histogram", json.dumps({**HISTOGRAM, "counts": [True, 1]})),
        ("histogram", json.dumps(MATRIX)),
        ("confusion", json.dumps({**MATRIX, "matrix": [[1], [2]]})),
        ("confusion", json.dumps({**MATRIX, "labels": []})),
        ("confusion", json.dumps({**MATRIX, "matrix": [[], []]})),
        ("curve", json.dumps({**CURVE, "kind": "lift"})),
        ("curve", json.dumps({**CURVE, "x": "012"})),
        ("table", json.dumps({"columns": ["a"], "data": [[1, 2]]})),
        ("table", "[" * 900 + "]" * 900),
        ("table", json.dumps({"columns": ["a"], "data": [["x"]]})[:-1]),
    ],
)
def test_a_file_that_makes_no_sense_is_a_sentence(get, start, kind, text):
    run = start("one")
    give_file(run, text.encode(), "media/f/1.json")
    (found,) = read(get, kind, f"{run.pk}/media/f/1.json")
    assert found["problem"].endswith(".")
    assert "data" not in found


def test_a_file_that_is_gone_or_too_large_is_a_sentence(get, start, monkeypatch):
    run = start("one")
    give_file(run, json.dumps(CURVE).encode(), "media/f/1.json")
    monkeypatch.setattr(media, "MOST_BYTES", 10)
    gone, large = read(get, "curve", f"{run.pk}/media/f/2.json", f"{run.pk}/media/f/1.json")
    assert gone["problem"] == "This file is gone."
    assert "too large" in large["problem"]


def test_odd_questions_are_refused(get, start):
    run = start("one")
    for query in ("kind=figure", "kind=curve&file=r/../x", "kind=curve&" + "&".join([f"file={run.pk}/a"] * 61)):
        assert get(f"media/content/?{query}").status_code == 400
    assert get("media/content/?kind=curve").json() == {"files": []}


def test_a_stranger_reads_no_file_of_another_workspace(browser, stan, start):
    run = start("one")
    give_file(run, json.dumps(CURVE).encode(), "media/f/1.json")
    assert (
        browser(stan).get(f"/w/vision/charts/media/content/?kind=curve&file={run.pk}/media/f/1.json").status_code == 404
    )

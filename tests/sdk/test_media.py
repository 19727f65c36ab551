"""Images, tables and figures of a step, as a script logs them."""

import json
import zlib
from pathlib import Path

import atelier
import numpy as np
import pytest
from atelier import _errors, _media, _media_figures, _png

from tests.sdk import twin_server

ROC = {"y_true": [0, 0, 1, 1], "y_score": [0.1, 0.4, 0.35, 0.8]}


def test_each_kind_is_a_file_of_its_key_and_step(online: twin_server.Twin, spool: Path) -> None:
    with atelier.start_run() as run:
        atelier.log_image("val/samples", np.zeros((4, 6, 3)), step=5)
        atelier.log_table("worst", {"name": ["a", "b"], "loss": [1.5, float("nan")]}, step=1)
        atelier.log_histogram("weights", [0.0, 1.0, 2.0], bins=2)
        atelier.log_histogram("weights", [0.0], bins=2)
        atelier.log_confusion_matrix("digits", (["a", "b", "b"], ["a", "a", "b"]))
        atelier.log_curve("test", "roc", **ROC, step=3)
    files = online.run(run.id).artifacts
    assert sorted(files) == [
        "media/confusion/digits/0.json", "media/curves/test/3.json", "media/histograms/weights/0.json",
        "media/histograms/weights/1.json", "media/images/val/samples/5.png", "media/tables/worst/1.json",
    ]  # fmt: skip
    assert files["media/images/val/samples/5.png"].startswith(b"\x89PNG")
    table = json.loads(files["media/tables/worst/1.json"])
    assert table == {"atelier": "table/1", "columns": ["name", "loss"], "data": [["a", 1.5], ["b", "nan"]]}
    assert json.loads(files["media/histograms/weights/0.json"])["counts"] == [1, 2]
    matrix = json.loads(files["media/confusion/digits/0.json"])
    assert (matrix["labels"], matrix["matrix"]) == (["a", "b"], [[1, 0], [1, 1]])
    assert json.loads(files["media/curves/test/3.json"])["area"] == 0.75


def test_an_array_becomes_a_png_of_its_pixels() -> None:
    data = _png.of_array(np.array([[0.0, 1.0], [0.5, 2.0]]))
    at = data.index(b"IDAT")
    rows = zlib.decompress(data[at + 4 : at + 4 + int.from_bytes(data[at - 4 : at], "big")])
    assert rows == bytes([0, 0, 255, 0, 128, 255])
    assert _png.of_array(np.zeros((3, 5, 7)))[16:24] == bytes([0, 0, 0, 7, 0, 0, 0, 5])


@pytest.mark.parametrize(
    "make",
    [
        lambda: _media.image_of(b"GIF89a"),
        lambda: _png.of_array(np.zeros((5, 5, 9))),
        lambda: _media.table_of({"a": [1], "b": [1, 2]}),
        lambda: _media.table_of([1, 2]),
        lambda: _media_figures.histogram([float("nan")], 4),
        lambda: _media_figures.histogram([1.0], 0),
        lambda: _media_figures.confusion([[1, 2]], None),
        lambda: _media_figures.confusion(([1, 2], [1, 2]), [1]),
        lambda: _media_figures.curve("pr", [0, 1], [1], None, None),
        lambda: _media_figures.curve("lift", [0, 1], [1, 1], None, None),
        lambda: _media_figures.curve("roc", None, None, [1, 1], [0.5, 0.6]),
    ],
)
def test_what_makes_no_picture_is_refused_in_a_sentence(make) -> None:
    with pytest.raises(_errors.UsageError, match=r"\w \w"):
        make()


def test_average_precision_does_not_smooth_between_thresholds() -> None:
    found = _media_figures.curve("pr", None, None, ROC["y_true"], ROC["y_score"])
    assert found["area"] == pytest.approx(0.8333, abs=1e-4)


def test_a_histogram_of_the_greatest_floats_has_edges() -> None:
    found = _media_figures.histogram([-1.7e308, 1.7e308, float("inf")], 2)
    assert (found["edges"], found["counts"], found["nonfinite"]) == ([-1.7e308, 0.0, 1.7e308], [1, 1], 1)


def test_wrong_use_does_not_stop_a_script(online: twin_server.Twin, spool: Path) -> None:
    with atelier.start_run() as run:
        run.log_image("broken", b"nothing")
        run.log_table("good", {"a": [1]}, step=-1)
    assert online.run(run.id).artifacts == {}

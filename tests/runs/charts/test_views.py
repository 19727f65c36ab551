"""The numbers behind a wall of charts."""

import math
from urllib.parse import quote

import numpy as np
import pytest

from runs.tracking.charts import packing

pytestmark = pytest.mark.django_db


def lines_of(response):
    """The lines of a packed answer as plain lists, by (run, key)."""
    assert response.status_code == 200, response.content
    header, body = packing.unpack(response.content)
    found = {}
    for run, key, n, x, step, last, low, high, wide, points, odd, summary in header["series"]:
        kind = np.float64 if wide else np.float32
        column = lambda at, kind=kind, n=n: np.frombuffer(body, kind, n, at).tolist() if at >= 0 else None
        found[header["runs"][run], key] = {
            "x": column(x, np.float64), "step": column(step, np.float64), "last": column(last), "low": column(low),
            "high": column(high), "points": points, "odd": odd, "summary": summary,
        }  # fmt: skip
    return found


def bands_of(response):
    assert response.status_code == 200, response.content
    header, body = packing.unpack(response.content)
    found = {}
    for key, group, n, *places, points in header["bands"]:
        x, middle, low, high, count = (np.frombuffer(body, np.float64, n, at).tolist() for at in places)
        name = header["groups"][group]["name"]
        found[name, key] = {"x": x, "middle": middle, "low": low, "high": high, "n": count, "points": points}
    return header["groups"], found


def test_the_catalogue_names_runs_metrics_parameters_and_tags(get, start, log):
    run, other = start("one", lr=0.1, tags={"team": "vision", "mlflow.user": "x"}), start("two", lr=0.2)
    log(run, "loss", [(1, 0.5)])
    log(other, "val/acc", [(1, 0.5)])
    found = get(f"catalogue/?ids={run.pk},{other.pk}&with=params.lr").json()
    assert [one["name"] for one in found["runs"]] == ["one", "two"]
    assert found["metrics"] == [["loss", "min"], ["val/acc", "max"]]
    assert found["names"] == {"params": ["lr"], "tags": ["team"]}
    assert found["values"] == {"params.lr": [0.1, 0.2]}


def test_hidden_runs_stay_in_their_group_and_count_in_no_band(get, start, log):
    runs = [start(f"run-{number}", lr=0.1) for number in range(3)]
    for number, run in enumerate(runs):
        log(run, "loss", [(1, float(number)), (2, float(number))])
    named = ",".join(run.pk for run in runs)
    groups, found = bands_of(get(f"lines/?ids={named}&key=loss&group=params.lr&hide={runs[2].pk}"))
    assert groups[0]["runs"] == [run.pk for run in runs]
    assert found["0.1", "loss"]["middle"] == [0.5, 0.5]
    assert found["0.1", "loss"]["n"] == [2, 2]


def test_an_experiment_brings_its_newest_runs_and_a_filter_fewer(get, start, log):
    runs = [start(f"run-{number}", lr=number) for number in range(3)]
    start("elsewhere", experiment="audio")
    log(runs[0], "loss", [(1, 0.5)])
    named = lambda path: [one["id"] for one in get(f"catalogue/?{path}").json()["runs"]]
    assert named("experiment=vision/wall") == [run.pk for run in reversed(runs)]
    assert named("experiment=vision") == [run.pk for run in reversed(runs)]
    assert named("experiment=vision/wall&filter=" + quote("params.lr = 1")) == [runs[1].pk]
    assert named("experiment=nothing/here") == []
    assert get("catalogue/?filter=" + quote("params.lr =")).status_code == 400


def test_lines_are_exact_while_they_are_short(get, start, log):
    run = start("one")
    log(run, "loss", [(step, step / 4) for step in range(100)])
    line = lines_of(get(f"lines/?ids={run.pk}&key=loss"))[run.pk, "loss"]
    assert line["x"] == list(range(100))
    assert line["last"] == [step / 4 for step in range(100)]
    assert line["low"] is None
    assert line["points"] == 100
    assert line["summary"][0] == 100


def test_long_lines_are_cut_and_keep_their_extremes(get, start, log):
    run = start("one")
    values = [(step, 100.0 if step == 4321 else 0.0) for step in range(9_000)]
    log(run, "loss", values)
    line = lines_of(get(f"lines/?ids={run.pk}&key=loss&buckets=200"))[run.pk, "loss"]
    assert len(line["x"]) <= 200
    assert line["points"] == 9_000
    assert max(line["high"]) == 100
    zoomed = lines_of(get(f"lines/?ids={run.pk}&key=loss&buckets=200&min=4300&max=4340"))[run.pk, "loss"]
    assert zoomed["x"] == list(range(4300, 4341))


def test_what_is_not_finite_is_named_by_place(get, start, log):
    run = start("one")
    log(run, "loss", [(0, 1.0), (1, math.nan), (2, math.inf), (3, -math.inf)])
    line = lines_of(get(f"lines/?ids={run.pk}&key=loss"))[run.pk, "loss"]
    assert line["odd"] == [[[1], [1]], [[2], [1]], [[3], [1]]]


def test_values_that_need_64_bits_get_them(get, start, log):
    run = start("one")
    values = [1_000_000_000 + step / 8 for step in range(10)]
    log(run, "tokens", list(enumerate(values)))
    assert lines_of(get(f"lines/?ids={run.pk}&key=tokens"))[run.pk, "tokens"]["last"] == values


def test_only_what_is_new_is_sent_to_a_page_that_has_the_rest(get, start, log):
    run = start("one")
    log(run, "loss", [(step, float(step)) for step in range(50)])
    line = lines_of(get(f"lines/?ids={run.pk}&key=loss&after=46"))[run.pk, "loss"]
    assert line["step"] == [47, 48, 49]


def test_time_and_another_metric_can_be_the_axis(get, start, log):
    run = start("one")
    log(run, "loss", [(step, float(step)) for step in range(4)])
    log(run, "epoch", [(0, 0.0), (2, 1.0)])
    wall = lines_of(get(f"lines/?ids={run.pk}&key=loss&x=wall"))[run.pk, "loss"]
    assert wall["x"][1] - wall["x"][0] == 1000
    assert wall["step"] == [0, 1, 2, 3]
    epochs = lines_of(get(f"lines/?ids={run.pk}&key=loss&x=metric:epoch"))[run.pk, "loss"]
    assert epochs["x"] == [0, 0, 1, 1]


def test_an_expression_is_a_line_of_its_own(get, start, log):
    run = start("one")
    log(run, "a/loss", [(1, 1.0), (2, 2.0)])
    log(run, "b/loss", [(1, 5.0), (2, 7.0)])
    text = "b/loss - a/loss"
    line = lines_of(get(f"lines/?ids={run.pk}&expression={quote(text)}"))[run.pk, text]
    assert line["last"] == [4, 5]


def test_groups_come_as_bands(get, start, log):
    runs = [start(f"run-{number}", lr=(0.1, 0.1, 0.5)[number]) for number in range(3)]
    for number, run in enumerate(runs):
        log(run, "loss", [(step, float(number)) for step in range(5)])
    ids = ",".join(run.pk for run in runs)
    groups, found = bands_of(get(f"lines/?ids={ids}&key=loss&group=params.lr&spread=minmax"))
    assert [(group["name"], len(group["runs"])) for group in groups] == [("0.1", 2), ("0.5", 1)]
    assert found["0.1", "loss"]["middle"] == [0.5] * 5
    assert (found["0.1", "loss"]["low"], found["0.1", "loss"]["high"]) == ([0] * 5, [1] * 5)
    assert found["0.5", "loss"]["n"] == [1] * 5


def test_runs_without_the_value_are_a_group_too(get, start, log):
    run, other = start("one", lr=0.1), start("two")
    for one in (run, other):
        log(one, "loss", [(1, 1.0), (2, 1.0)])
    groups, _ = bands_of(get(f"lines/?ids={run.pk},{other.pk}&key=loss&group=params.lr"))
    assert [group["name"] for group in groups] == ["0.1", "no value"]


def test_values_of_runs_come_in_columns(get, start, log):
    run, other = start("one", lr="0.1", net="vit"), start("two", lr="0.2", net="cnn")
    log(run, "acc", [(1, 0.5), (2, 0.9), (3, 0.7)])
    fields = "&".join(f"field={name}" for name in ("params.lr", "params.net", "metrics.acc:max", "attributes.name"))
    found = get(f"values/?ids={run.pk},{other.pk}&{fields}").json()
    assert found["values"] == {
        "params.lr": [0.1, 0.2],
        "params.net": ["vit", "cnn"],
        "metrics.acc:max": [0.9, None],
        "attributes.name": ["one", "two"],
    }


@pytest.mark.parametrize(
    "query",
    [
        "",
        "key=loss&x=sideways",
        "key=loss&x=metric:",
        "key=loss&x=metric:unknown",
        "key=loss&min=abc",
        "key=loss&min=1e400",
        "key=loss&buckets=many",
        "key=loss&after=x",
        "expression=loss+%2B",
        "expression=unknown",
        "key=loss&group=lr",
        "key=loss&group=params.lr&spread=wide",
    ],
)
def test_a_question_that_makes_no_sense_is_refused(get, start, log, query):
    run = start("one")
    log(run, "loss", [(1, 1.0)])
    assert get(f"lines/?ids={run.pk}&{query}").status_code == 400


@pytest.mark.parametrize("field", ["lr", "params.", "attributes.secret", "metrics."])
def test_a_field_that_names_nothing_is_refused(get, start, field):
    assert get(f"values/?ids={start('one').pk}&field={field}").status_code == 400


def test_runs_of_elsewhere_are_left_out_without_a_word(get, start, browser, stan):
    run = start("one")
    assert get("catalogue/?ids=nosuchrun").json()["runs"] == []
    assert browser(stan).get(f"/w/vision/charts/catalogue/?ids={run.pk}").status_code == 404


def test_more_runs_than_can_be_drawn_are_refused(get):
    ids = ",".join(f"r{number}" for number in range(1_001))
    assert get(f"lines/?ids={ids}&key=loss").status_code == 400


def test_the_page_stands_alone(get, start):
    run = start("one")
    assert b"<metric-charts" in get("?experiment=vision/wall").content
    assert run.pk.encode() in get(f"?ids={run.pk}").content


def test_a_wall_of_many_lines_takes_few_queries(get, start, log, django_assert_max_num_queries):
    runs = [start(f"run-{number}") for number in range(6)]
    for run in runs:
        for key in ("a", "b", "c"):
            log(run, key, [(1, 1.0), (2, 2.0)])
    ids = ",".join(run.pk for run in runs)
    with django_assert_max_num_queries(10):
        assert len(lines_of(get(f"lines/?ids={ids}&key=a&key=b&key=c"))) == 18


def test_the_page_asks_ahead_for_every_file_it_needs():
    """A file that is missing from the head is found only when another one names it: one more wait."""
    import re
    from pathlib import Path

    from studio.web.packing import Modules

    static = Path(__file__).parents[3] / "static"
    texts = {path.relative_to(static).as_posix(): path.read_text() for path in (static / "js").rglob("*.js")}
    modules = Modules(texts)
    found: dict[str, None] = {}

    def walk(name: str) -> None:
        if name not in found:
            found[name] = None
            for below in modules.imports.get(name, ()):
                walk(below)

    walk("js/charts/metric-charts.js")
    files = [
        name for name in found if name not in modules.pack_of
    ]  # the others come inside of these or of every page's
    head = (static.parent / "templates/runs/charts/head.html").read_text()
    assert sorted(re.findall(r"modulepreload\" href=\"{% static '([^']+)'", head)) == sorted(files)

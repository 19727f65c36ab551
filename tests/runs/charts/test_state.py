"""The state of a page of charts, as a saved view stores it."""

import pytest

from runs.tracking.charts import state
from studio.errors import Invalid

FULL = {
    "version": 1,
    "x": "metric:epoch",
    "smooth": 0.6,
    "method": "gaussian",
    "logx": True,
    "logy": "symlog",
    "zero": False,
    "outliers": True,
    "group": "params.lr",
    "centre": "median",
    "spread": "ci95",
    "colour": "tags.team",
    "dash": "",
    "facet": "attributes.experiment",
    "palette": "viridis",
    "by": "metrics.val/acc:best",
    "q": "^val/",
    "columns": 3,
    "height": 320,
    "order": ["val", "train"],
    "closed": ["system"],
    "opened": [],
    "pinned": ["val/loss"],
    "hidden": ["k3v9x2m7qabc"],
    "zooms": {"val/loss": [0, 100.5]},
    "ranges": {"val/loss": [-1, 1]},
    "brushes": {"params.lr": [0.001, 0.1]},
    "steps": {"image": 100},
    "picks": {"table/worst": {"run": "k3v9x2m7qabc", "share": True}},
    "sections": {"system": {"x": "relative"}},
    "cards": [
        {"kind": "expression", "text": "val/loss - train/loss"},
        {"kind": "scatter", "x": "params.lr", "y": "metrics.val/acc:best"},
        {"kind": "parallel", "fields": ["params.lr", "metrics.val/acc:best"]},
    ],
}


def test_a_whole_state_is_kept_as_it_is():
    assert state.validated(FULL) == FULL


def test_an_empty_state_is_one():
    assert state.validated({}) == {"version": 1}


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        "text",
        {"version": 2},
        {"unknown": 1},
        {"steps": {"video": 1}},
        {"steps": {"image": 1.5}},
        {"steps": {"image": True}},
        {"picks": {"table/worst": {"run": 1}}},
        {"picks": {"table/worst": {"colour": "red"}}},
        {"picks": {"table/worst": "k3v9x2m7qabc"}},
        {"brushes": {"params.lr": [1]}},
        {"x": "sideways"},
        {"smooth": 2},
        {"smooth": True},
        {"smooth": float("nan")},
        {"method": "magic"},
        {"logy": True},
        {"group": "lr"},
        {"colour": 5},
        {"columns": 7},
        {"closed": "system"},
        {"hidden": [1]},
        {"zooms": {"loss": [1]}},
        {"zooms": {"loss": [1, None]}},
        {"sections": {"system": {"y": 1}}},
        {"cards": [{"kind": "unknown"}]},
        {"cards": [{"kind": "expression", "text": "1 +"}]},
        {"cards": [{"kind": "scatter", "x": "nothing", "y": "params.lr"}]},
        {"cards": [{"kind": "scatter", "x": "params.lr", "script": "x"}]},
        {"cards": [{"kind": "expression", "text": "loss"}] * 51},
        {"q": "x" * 601},
    ],
)
def test_what_does_not_fit_is_refused(wrong):
    with pytest.raises(Invalid):
        state.validated(wrong)

"""ROC, precision–recall and lift curves of a two-class model, and its figures at every threshold of a slider."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from atelier.components.evaluation import figures

MOST = 200  # points of a curve
STEPS = 100  # of the slider between 0 and 1


def curves(true: np.ndarray, share: np.ndarray) -> dict[str, Any]:
    """Points of the three curves, from the highest threshold to the lowest, each {"x": [...], "y": [...]}.

    Points on a straight line are left out; of more than 200 corners those are kept that lie evenly along the curve, so
    every point is one of the exact curve, its ends among them. `auc` is of all points.
    """
    told, hits = _told_and_hits(true, share)
    positives, rows = int((true == 1).sum()), len(true)
    alarms = told - hits
    found: dict[str, Any] = {"auc": figures.auc(true, share)}
    found["roc"] = _thinned(alarms / max(rows - positives, 1), hits / max(positives, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.where(told > 0, hits / told, math.nan)
    precision[0] = precision[1] if len(precision) > 1 else 1.0
    found["precision_recall"] = _thinned(hits / max(positives, 1), precision)
    base = positives / rows
    lift = precision / base if base else np.full_like(precision, math.nan)
    found["lift"] = _thinned(told / rows, lift)
    return found


def thresholds(true: np.ndarray, share: np.ndarray) -> dict[str, list[float]]:
    """Exact counts and figures at 0, 0.01, … 1, a list each: what a page needs to follow its slider alone."""
    names = ("true_positives", "false_positives", "true_negatives", "false_negatives")
    found: dict[str, list[float]] = {"threshold": [step / STEPS for step in range(STEPS + 1)]}
    rows = [figures.confusion_at(true, share, threshold) for threshold in found["threshold"]]
    for place, name in enumerate(names):
        found[name] = [counts[place] for counts in rows]
    at_each = [figures.of_counts(*counts) for counts in rows]
    for name in at_each[0]:
        found[name] = [one[name] for one in at_each]
    return found


def _told_and_hits(true: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many rows are told positive, and how many of these are, from none on over each different probability down."""
    order = np.argsort(-share, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(share[order])), len(share) - 1)
    hits = np.cumsum(true[order] == 1)[ends]
    return np.insert(ends + 1, 0, 0), np.insert(hits, 0, 0)


def _thinned(x: np.ndarray, y: np.ndarray) -> dict[str, list[float]]:
    kept = _corners(x, y)
    if len(kept) > MOST:
        steps = np.hypot(np.diff(x[kept]), np.nan_to_num(np.diff(y[kept])))
        along = np.insert(np.cumsum(steps), 0, 0.0)
        places = np.searchsorted(along, np.linspace(0, along[-1], MOST - 2))
        kept = kept[np.unique(np.clip(np.append(places, [0, len(kept) - 1]), 0, len(kept) - 1))]
    return {"x": x[kept].tolist(), "y": y[kept].tolist()}


def _corners(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The places of the ends and of the points where the line turns."""
    if len(x) < 3:
        return np.arange(len(x))
    turn = np.diff(x[:-1]) * np.diff(y[1:]) - np.diff(y[:-1]) * np.diff(x[1:])
    bent = np.flatnonzero(~(np.abs(turn) <= 1e-15)) + 1
    found: np.ndarray = np.concatenate([[0], bent, [len(x) - 1]])
    return found

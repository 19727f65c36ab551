"""Figures of merit, from true and predicted values.

| task | figures |
|---|---|
| regression | mean_absolute_error, root_mean_squared_error, relative_squared_error, relative_absolute_error, coefficient_of_determination |
| binary | accuracy, precision, recall, f1_score, auc, average_log_loss, training_log_loss |
| multiclass | overall_accuracy, micro_ and macro_ precision, recall and f1_score, average_log_loss, macro_auc (each class against the rest) |
| quantile | quantile_loss_<quantile>, coverage_<quantile>, average_quantile_loss |

A figure that the rows cannot tell, such as the AUC of one class alone, is NaN.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

SMALLEST = 1e-15  # of a probability in a logarithm


def regression(true: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """How far predicted numbers are off, also against always saying the mean."""
    error, spread = predicted - true, true - true.mean()
    relative = _ratio(float((error**2).sum()), float((spread**2).sum()))
    return {
        "mean_absolute_error": float(np.abs(error).mean()),
        "root_mean_squared_error": math.sqrt(float((error**2).mean())),
        "relative_squared_error": relative,
        "relative_absolute_error": _ratio(float(np.abs(error).sum()), float(np.abs(spread).sum())),
        "coefficient_of_determination": 1 - relative,
    }


def binary(true: np.ndarray, share: np.ndarray, threshold: float = 0.5) -> dict[str, float]:
    """How well probabilities (`share`) of the positive class fit truths of 0 and 1."""
    counts = confusion_at(true, share, threshold)
    loss = -float(np.log(np.clip(np.where(true == 1, share, 1 - share), SMALLEST, 1)).mean())
    base = float(true.mean())
    prior = -_entropy_part(base) - _entropy_part(1 - base)
    return {
        **of_counts(*counts),
        "auc": auc(true, share),
        "average_log_loss": loss,
        "training_log_loss": 100 * (1 - _ratio(loss, prior)),
    }


def of_counts(hits: float, false_alarms: float, rejections: float, misses: float) -> dict[str, float]:
    """Accuracy, precision, recall and F1 of true positives, false positives, true negatives and false negatives.

    Where nothing is told positive the precision is 1 if nothing is, else 0, as Azure's slider has it at its ends.
    """
    precision = _ratio(hits, hits + false_alarms, otherwise=float(misses == 0))
    recall = _ratio(hits, hits + misses, otherwise=0.0)
    return {
        "accuracy": _ratio(hits + rejections, hits + false_alarms + rejections + misses),
        "precision": precision,
        "recall": recall,
        "f1_score": _ratio(2 * precision * recall, precision + recall, otherwise=0.0),
    }


def confusion_at(true: np.ndarray, share: np.ndarray, threshold: float) -> tuple[int, int, int, int]:
    """True positives, false positives, true negatives and false negatives, told positive from the threshold on."""
    told, positive = share >= threshold, true == 1
    hits, alarms = int((told & positive).sum()), int((told & ~positive).sum())
    return hits, alarms, int((~positive).sum()) - alarms, int(positive.sum()) - hits


def auc(true: np.ndarray, share: np.ndarray) -> float:
    """The area under the ROC curve: how often a positive row has more than a negative one, ties counted half."""
    positives = int((true == 1).sum())
    negatives = len(true) - positives
    if not positives or not negatives:
        return math.nan
    _, place, counts = np.unique(share, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[true == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def multiclass(true: np.ndarray, told: np.ndarray, count: int, shares: np.ndarray | None = None) -> dict[str, float]:
    """How well told classes fit, both as places from 0; `shares` has a column of probabilities for each class."""
    each = by_class(confusion(true, told, count))
    accuracy = float((true == told).mean())
    found = {"overall_accuracy": accuracy}
    for name in ("precision", "recall", "f1_score"):
        found[f"micro_{name}"] = accuracy  # of one label a row, all three are the share of right rows
        found[f"macro_{name}"] = float(np.mean([one[name] for one in each]))
    if shares is not None:
        own = np.clip(shares[np.arange(len(true)), true], SMALLEST, 1)
        found["average_log_loss"] = -float(np.log(own).mean())
        each_auc = [auc((true == place).astype(int), shares[:, place]) for place in range(count)]
        found["macro_auc"] = float(np.nanmean(each_auc)) if not np.isnan(each_auc).all() else math.nan
    return found


def confusion(true: np.ndarray, told: np.ndarray, count: int) -> np.ndarray:
    """How many rows of each class (a row) were told each class (a column)."""
    return np.bincount(true * count + told, minlength=count * count).reshape(count, count)


def by_class(matrix: np.ndarray) -> list[dict[str, float]]:
    """Precision, recall, F1 and rows of each class of a confusion matrix. A class that is never told has precision 0."""
    found = []
    for place in range(len(matrix)):
        hits = float(matrix[place, place])
        precision = _ratio(hits, float(matrix[:, place].sum()), otherwise=0.0)
        recall = _ratio(hits, float(matrix[place].sum()), otherwise=0.0)
        both = _ratio(2 * precision * recall, precision + recall, otherwise=0.0)
        found.append({"precision": precision, "recall": recall, "f1_score": both, "rows": float(matrix[place].sum())})
    return found


def quantiles(true: np.ndarray, predicted: np.ndarray, wanted: Sequence[float]) -> dict[str, float]:
    """The pinball loss of each quantile, and the share of rows that lie at it or below."""
    found: dict[str, float] = {}
    for place, quantile in enumerate(wanted):
        error = true - predicted[:, place]
        found[f"quantile_loss_{quantile:g}"] = float(np.maximum(quantile * error, (quantile - 1) * error).mean())
        found[f"coverage_{quantile:g}"] = float((error <= 0).mean())
    losses = [value for name, value in found.items() if name.startswith("quantile_loss")]
    return {**found, "average_quantile_loss": float(np.mean(losses))}


def _entropy_part(share: float) -> float:
    return share * math.log(share) if share > 0 else 0.0


def _ratio(above: float, below: float, otherwise: float = math.nan) -> float:
    return above / below if below else otherwise

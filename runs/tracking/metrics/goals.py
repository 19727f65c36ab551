"""Whether less or more of a metric is better, as far as its name tells: a script's `define_metric` always wins."""

import re

from runs.tracking.metrics.models import MetricKey

_WORDS = re.compile(r"[a-z]+|[0-9]+")
_LESS = frozenset({"loss", "error", "err", "mse", "rmse", "mae", "mape", "nll", "perplexity", "wer", "cer", "fid"})
_MORE = frozenset(
    {"acc", "accuracy", "auc", "auroc", "auprc", "f1", "precision", "recall", "iou", "map", "bleu", "rouge", "r2"}
)


def goal_of(name: str) -> str:
    """ "min" for `val/loss`, "max" for `val/top5_accuracy`, "" where the name tells nothing, or both."""
    last = name.rpartition("/")[2].lower()
    words = {*_WORDS.findall(last), *re.split(r"[^a-z0-9]+", last)}
    is_less, is_more = bool(words & _LESS), bool(words & _MORE)
    if is_less == is_more:
        return MetricKey.Goal.NONE
    return MetricKey.Goal.MIN if is_less else MetricKey.Goal.MAX

import pytest

from runs.tracking.metrics import goals


@pytest.mark.parametrize("name", ["loss", "train/loss", "val/log_loss", "test/RMSE", "error_rate"])
def test_less_of_an_error_is_better(name):
    assert goals.goal_of(name) == "min"


@pytest.mark.parametrize("name", ["accuracy", "val/acc", "val/top5_accuracy", "roc_auc", "macro-f1", "r2"])
def test_more_of_a_score_is_better(name):
    assert goals.goal_of(name) == "max"


@pytest.mark.parametrize("name", ["score", "lr", "system/cpu_percent", "lossless", "accurate", "loss_vs_accuracy", ""])
def test_a_name_that_tells_nothing_has_no_goal(name):
    assert goals.goal_of(name) == ""

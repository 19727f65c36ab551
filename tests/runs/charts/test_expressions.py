"""Expressions of metrics: what they mean, and what is refused."""

import math

import numpy as np
import pytest

from runs.tracking.charts import expressions
from runs.tracking.metrics.curves import Curve
from studio.errors import Invalid


def curve(*points):
    step = np.array([step for step, _ in points], np.int64)
    return Curve(step, 1000 * step, np.array([value for _, value in points], np.float64))


METRICS = {
    "train/loss": curve((1, 1.0), (2, 2.0), (3, 4.0), (4, 8.0)),
    "val/loss": curve((2, 3.0), (4, 6.0)),
    "lr": curve((1, 0.1), (2, 0.1), (3, 0.01), (4, 0.01)),
    "odd-name (x)": curve((1, 5.0), (2, 5.0)),
}


def of(text):
    return expressions.evaluate(expressions.parse(text), METRICS)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("train/loss", [1, 2, 4, 8]),
        ("2 * train/loss + 1", [3, 5, 9, 17]),
        ("train/loss / 2", [0.5, 1, 2, 4]),
        ("train/loss ** 2", [1, 4, 16, 64]),
        ("-train/loss ^ 2", [-1, -4, -16, -64]),
        ("(train/loss - 1) * 2", [0, 2, 6, 14]),
        ("10 - train/loss - 1", [8, 7, 5, 1]),
        ("max(train/loss, 3)", [3, 3, 4, 8]),
        ("min(train/loss, 3, lr)", [0.1, 0.1, 0.01, 0.01]),
        ("log2(train/loss)", [0, 1, 2, 3]),
        ("abs(0 - train/loss)", [1, 2, 4, 8]),
        ("cumsum(train/loss)", [1, 3, 7, 15]),
        ("cummax(0 - train/loss)", [-1, -1, -1, -1]),
        ("sqrt(exp(log(train/loss)) ** 2)", [1, 2, 4, 8]),
        ("`odd-name (x)` * 2", [10, 10]),
        ('"odd-name (x)" * 2', [10, 10]),
    ],
)
def test_an_expression_means_what_it_says(text, values):
    assert of(text).value.tolist() == pytest.approx(values)


def test_the_rarest_metric_sets_the_steps_and_the_others_count_with_their_latest_value():
    found = of("val/loss - train/loss")
    assert found.step.tolist() == [2, 4]
    assert found.value.tolist() == [1, -2]


def test_nothing_is_shown_before_every_metric_has_begun():
    late = {"a": curve((1, 1.0), (2, 2.0)), "b": curve((2, 5.0), (3, 6.0), (4, 7.0))}
    found = expressions.evaluate(expressions.parse("a + b"), late)
    assert found.step.tolist() == [2]


def test_an_average_is_debiased():
    assert of("ewm(train/loss, 0.5)").value.tolist() == pytest.approx([1, 5 / 3, 3, 17 / 3])


def test_a_division_by_zero_is_infinite_not_an_error():
    assert math.isinf(of("1 / (train/loss - 1)").value[0])


def test_a_run_without_one_of_the_metrics_has_no_line():
    assert len(expressions.evaluate(expressions.parse("lr - unknown"), METRICS)) == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "character 1"),
        ("loss +", "character"),
        ("loss ) ", "character 6"),
        ("1 + 2", "at least one metric"),
        ("eval(loss)", "no function 'eval'"),
        ("__import__('os')", "character"),
        ("loss.__class__()", "character"),
        ("log(loss, 2)", "log takes 1"),
        ("ewm(loss)", "ewm takes 2"),
        ("(" * 60 + "loss" + ")" * 60 + " +", "character"),
        ("loss" + " + loss" * 200, "500 characters"),
        ("a+b+c+d+e+f+g+h+i+j+k", "at most 10"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(text, words):
    with pytest.raises(Invalid) as refused:
        expressions.parse(text)
    assert words in refused.value.message


def test_a_weight_that_is_none_is_refused():
    with pytest.raises(Invalid, match="weight of ewm"):
        of("ewm(train/loss, 1.5)")


def test_a_name_of_any_characters_can_be_read_as_an_expression():
    assert expressions.evaluate(expressions.naming("odd-name (x)"), METRICS).value.tolist() == [5, 5]

"""The order of a list."""

import pytest

from studio.search import SearchError, order


def read(text: str) -> list[tuple[str, str, bool]]:
    return [(each.field.family, each.field.key, each.descending) for each in order.parse(text)]


def test_orders_are_read_as_mlflow_reads_them() -> None:
    assert read("metrics.x DESC, params.`batch size` asc, start_time") == [
        ("metrics", "x", True), ("params", "batch size", False), ("attributes", "start_time", False),
    ]  # fmt: skip
    assert read('metrics."Mean Square Error" aSc') == [("metrics", "Mean Square Error", False)]


def test_a_minus_descends() -> None:
    assert read("-metrics.val/acc.best,-start_time") == [
        ("metrics", "val/acc.best", True), ("attributes", "start_time", True),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["attribute.run_id ACS", "metrics.A != 1", "a,,b", "`a", "a DESC b"])
def test_wrong_orders_are_refused(text: str) -> None:
    with pytest.raises(SearchError):
        order.parse(text)


def test_no_order_is_no_order() -> None:
    assert order.parse(" ") == []


def test_orders_are_written_as_they_are_read() -> None:
    assert order.write(order.parse("-metrics.a, params.`b c`")) == "metrics.a DESC, params.`b c`"

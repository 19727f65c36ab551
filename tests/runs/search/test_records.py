"""Many runs as plain tuples."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from runs.tracking import search
from tests.runs.search.conftest import Make


def test_records_hold_what_lists_show_in_four_statements(make: Make) -> None:
    one = make("one", params={"b": "2", "a": "1"}, tags={"t": "x"}, metrics={"loss": 0.5, "acc": None})
    two = make("two")
    with CaptureQueriesContext(
        connection,
    ) as statements:
        found = search.records([two.pk, one.pk, "absent"])
    assert len(statements) == 4
    assert [record.run.name for record in found] == ["two", "one"]
    assert found[1].params == [("a", "1"), ("b", "2")]
    assert found[1].tags == [("t", "x")]
    assert [row[:2] for row in found[1].metrics] == [("acc", None), ("loss", 0.5)]
    assert found[0].params == found[0].tags == found[0].metrics == []
    assert found[1].run.started_at == one.started_at
    assert search.records([]) == []

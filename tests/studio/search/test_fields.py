"""What a feature can be searched by: one check and one wording for all."""

from datetime import UTC, datetime, timedelta

import pytest

from studio import search
from studio.search import Ago, Attribute, Compare, Family, Fields, Items, Kind, Moment, SearchError, Text

FIELDS = Fields(
    families=(
        Family("metrics", "metric", Kind.NUMBER),
        Family("params", "param", Kind.VALUE),
        Family("tags", "tag", Kind.VALUE),
        Family(
            "attributes",
            "attribute",
            keys=(
                Attribute("run_id"),
                Attribute("run_name", aliases=("run name", "Run name")),
                Attribute("status", choices=("running",)),
                Attribute("start_time", Kind.TIME, aliases=("created",)),
                Attribute("user", Kind.PERSON),
                Attribute("secret_order", orders=False),
            ),
        ),
    ),
    aliases=(("trace", "attributes"),),
)


def checked(text: str) -> Compare:
    node = search.read(text, FIELDS)
    assert isinstance(node, Compare)
    return node


def refused(text: str) -> SearchError:
    with pytest.raises(SearchError) as caught:
        search.read(text, FIELDS)
    return caught.value


def test_aliases_become_the_fields_own_name() -> None:
    assert checked("attr.`Run name` = 'x'").field.key == "run_name"
    assert checked("created > 5").field.key == "start_time"
    assert checked("trace.status = 'x'").field.family == "attributes"


def test_times_are_milliseconds_dates_or_so_long_ago() -> None:
    assert checked("start_time > '7d'").value == Ago(timedelta(days=7))
    assert checked("start_time > 2h").value == Ago(timedelta(hours=2))
    assert checked("start_time > 1000").value == Moment(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    assert checked("start_time >= '2026-01-31'").value == Moment(datetime(2026, 1, 31, tzinfo=UTC))
    assert checked("start_time >= '2026-01-31T10:00+02:00'").value == Moment(datetime(2026, 1, 31, 8, tzinfo=UTC))
    for odd in ("nan", "1e300", "'soon'", "'0000-00-00'", "me"):
        assert "numeric" in refused(f"start_time > {odd}").message
    assert checked("start_time < 99999999999").operator == "<"


def test_parameters_compare_as_text_or_as_numbers() -> None:
    assert checked("params.lr = '0.1'").value == Text("0.1")
    assert checked("params.lr > 0.1").operator == ">"
    assert "Invalid comparator" in refused("params.lr > 'a'").message


def test_lists_hold_texts() -> None:
    assert checked("run_id IN ('a', 'b')").value == Items((Text("a"), Text("b")))
    assert "quoted string" in refused("run_id IN (1, 2)").message


WRONG = [  # text, part of the message, the wrong characters, the suggestion
    ("metric.model = 'LR'", "Expected numeric value type for metric", "'LR'", ""),
    ("tags.acc = 7d", "Expected a quoted string value for tag", "7d", "'7d'"),
    ("status = 1", "Expected a quoted string value for attribute", "1", "'1'"),
    ("metric.x LIKE 'a'", "Invalid comparator 'LIKE'", " LIKE ", ""),
    ("start_time ILIKE 'a'", "Invalid comparator 'ILIKE'", " ILIKE ", ""),
    ("status > 'a'", "Invalid comparator '>'", " > ", ""),
    ("m.acc >= 0.94", "Invalid entity type 'm'", "m", ""),
    ("metrisc.acc >= 0.94", "Invalid entity type 'metrisc'", "metrisc", "metrics.acc"),
    ("acc >= 0.94", "Invalid attribute key 'acc'", "acc", "metrics.acc"),
    ("model = 'LR'", "Invalid attribute key 'model'", "model", "params.model"),
    ("statu = 'x'", "Invalid attribute key 'statu'", "statu", "status"),
    ("params.acc LR", "Expected an operator after params.acc", " ", ""),
    ("params.a ~ '('", "regular expression", "'('", ""),
    ("params.a ~ '(a)\\1'", "regular expression", "'(a)\\1'", ""),
    ("params.a ~ 'a(?=b)'", "regular expression", "'a(?=b)'", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message", "wrong", "suggestion"), WRONG)
def test_what_does_not_fit_is_said_with_its_place(text: str, message: str, wrong: str, suggestion: str) -> None:
    error = refused(text)
    assert message in error.message
    assert text[error.position : error.position + error.length] == wrong
    assert error.suggestion == suggestion
    assert error.code == "bad_search" and error.fields == {"filter": error.message}


def test_an_order_is_checked_too() -> None:
    found = search.read_order("created DESC, metrics.x", FIELDS)
    assert [(each.field.key, each.descending) for each in found] == [("start_time", True), ("x", False)]
    for text in ("nothing", "m.x", "secret_order"):
        with pytest.raises(SearchError) as caught:
            search.read_order(text, FIELDS)
        assert list(caught.value.fields) == ["order_by"]

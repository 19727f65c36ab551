"""A statement of a web request is stopped after a while, and the answer says so."""

from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection, connections, transaction

from studio import statement_limit
from studio.api import problems


@pytest.fixture
def options(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, object]]:
    """The options of a PostgreSQL, as settings have them."""
    found: dict[str, object] = {"connect_timeout": 3}
    database = {"ENGINE": "django.db.backends.postgresql", "OPTIONS": found}
    monkeypatch.setitem(connections.settings, "default", database)
    yield found


def test_the_connections_of_a_web_process_carry_the_limit(options: dict[str, object], settings: object) -> None:
    settings.STATEMENT_TIMEOUT_SECONDS = 7  # type: ignore[attr-defined]
    statement_limit.limit_statements()
    assert options == {"connect_timeout": 3, "options": "-c statement_timeout=7000"}


def test_nothing_is_limited_where_the_limit_is_0(options: dict[str, object], settings: object) -> None:
    settings.STATEMENT_TIMEOUT_SECONDS = 0  # type: ignore[attr-defined]
    statement_limit.limit_statements()
    assert options == {"connect_timeout": 3}


def test_a_limit_that_was_given_with_the_database_wins() -> None:
    given = "-c statement_timeout=1000"
    assert statement_limit.with_limit(given, 30) == f"-c statement_timeout=30000 {given}"


def test_a_database_that_is_away_is_another_matter() -> None:
    assert not statement_limit.stopped(OperationalError("the connection is lost"))


@pytest.mark.only_on_postgresql(reason="SQLite has no such limit")
@pytest.mark.django_db
def test_a_statement_that_takes_too_long_is_answered_with_a_sentence() -> None:
    with pytest.raises(OperationalError) as raised, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 50")
        cursor.execute("SELECT pg_sleep(5)")
    found = problems.as_studio_error(raised.value)
    assert found is not None
    assert (found.status, found.code) == (504, "query_too_slow")
    assert "longer than one request may take" in found.message

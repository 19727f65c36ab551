"""Writers of one process wait for each other in a queue of their own, and nobody's turn is kept by somebody who left."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection, transaction

from studio.accounts.models import User
from tests.factories import make_user

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.only_on_sqlite(reason="PostgreSQL has locks of its own"),
]


def elsewhere(work: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_second_writer_begins_the_moment_the_first_one_ends() -> None:
    user, began, waited = make_user(), threading.Event(), []

    def second() -> None:
        began.set()
        with transaction.atomic():
            waited.append(time.monotonic())
            User.objects.filter(pk=user.pk).update(name="second")

    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(name="first")
        thread = elsewhere(second)
        began.wait(5)
        time.sleep(0.15)  # SQLite's own waiting would look again after up to 100 ms
        assert not waited
    thread.join(5)
    user.refresh_from_db()
    assert (len(waited), user.name) == (1, "second")


@pytest.mark.parametrize("end", ["an error", "a closed connection", "no beginning"])
def test_a_turn_ends_with_its_transaction_however_that_ends(end: str) -> None:
    user = make_user()

    def first() -> None:
        if end == "no beginning":
            connection.ensure_connection()
            connection.transaction_mode = "NONSENSE"
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(name="first")
            if end == "a closed connection":
                connection.close()
            raise RuntimeError(end)

    def quietly() -> None:
        with pytest.raises((RuntimeError, OperationalError)):
            first()

    elsewhere(quietly).join(5)
    began = time.monotonic()
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(name="later")
    assert time.monotonic() - began < 5
    user.refresh_from_db()
    assert user.name == "later"

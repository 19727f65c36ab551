"""What may be lost is not waited for, and everything else is."""

import pytest
from django.db import connection, transaction

from studio import prepared
from studio.access.models import Workspace
from tests.factories import make_user, make_workspace

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.only_on_postgresql(reason="SQLite's commits are all alike"),
]
SETTING = "SELECT current_setting('synchronous_commit')"


@pytest.fixture(autouse=True)
def waits_for_the_disk():
    """The tests' server waits for nothing: say here what one in use says."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
        yield
        cursor.execute("RESET synchronous_commit")


def rename(condition: str) -> list[tuple]:
    sql = f'UPDATE "studio_workspace" SET "name" = %s WHERE {condition} RETURNING {SETTING.removeprefix("SELECT ")}'
    return prepared.all_rows(sql, ["Another"])


def test_a_change_that_may_be_lost_is_made_without_a_wait_and_the_next_one_waits():
    workspace = make_workspace("hints", owner=make_user())
    assert rename(prepared.may_be_lost()) == [("off",)]
    assert Workspace.objects.get(pk=workspace.pk).name == "Another"
    assert prepared.first_row(SETTING, []) == ("on",)


def test_within_a_transaction_it_spares_nothing_for_the_rest_may_not_be_lost():
    make_workspace("hints", owner=make_user())
    with transaction.atomic():
        assert rename(prepared.may_be_lost()) == [("on",)]
        assert prepared.first_row(SETTING, []) == ("on",)

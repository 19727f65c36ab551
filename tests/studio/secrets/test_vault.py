"""Values go in and are used; nothing gives one back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity.models import Event
from studio.errors import Conflict, Invalid, NotFound, Unavailable
from studio.lineage.things import Thing
from studio.secrets import uses, vault
from studio.secrets.models import Secret, SecretUse, SecretVersion, WorkspaceKey
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
JOB = Thing("job", "1")


def kept(workspace: Workspace, value: str = "word", **more: Any) -> Secret:
    return vault.put(actor=None, workspace=workspace, name="token", value=value, **more).secret


def test_a_value_is_kept_sealed_and_opened_for_a_user_that_is_written_down(workspace: Workspace, ada: User) -> None:
    version = vault.put(actor=ada, workspace=workspace, name="token", value="canary-1", description="for CI")
    assert (version.number, version.created_by, "canary" in version.sealed) == (1, ada, False)
    assert vault.reveal(version.secret, user=JOB) == "canary-1"
    use = SecretUse.objects.get()
    assert (use.number, use.user_kind, use.user_id) == (1, "job", "1")
    assert version.secret.description == "for CI"
    assert "canary" not in str(Event.objects.values())


def test_setting_it_again_makes_a_version_and_the_latest_is_used(workspace: Workspace) -> None:
    kept(workspace, "one", description="about")
    secret = vault.put(actor=None, workspace=workspace, name="TOKEN", value="two").secret
    assert (secret.name, secret.description, secret.last_number) == ("token", "about", 2)
    assert vault.reveal(secret, user=JOB) == "two"
    assert [row.number for row in secret.versions.all()] == [2, 1]


def test_old_versions_go_in_time(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault, "KEPT_VERSIONS", 2)
    for value in "abcd":
        secret = kept(workspace, value)
    assert [row.number for row in secret.versions.all()] == [4, 3]


def test_a_row_put_elsewhere_does_not_open(workspace: Workspace, people: People) -> None:
    mine, other = kept(workspace), vault.put(actor=None, workspace=workspace, name="other", value="other").secret
    SecretVersion.objects.filter(secret=other).update(sealed=mine.versions.get().sealed)
    with pytest.raises(Unavailable):
        vault.reveal(other, user=JOB)
    assert not SecretUse.objects.exists()
    vault.put(actor=None, workspace=people.elsewhere, name="token", value="theirs")
    assert WorkspaceKey.objects.count() == 2


def test_an_earlier_version_passed_off_as_the_latest_does_not_open(workspace: Workspace) -> None:
    secret = kept(workspace, "one")
    old = secret.versions.get().sealed
    kept(workspace, "two")
    SecretVersion.objects.filter(secret=secret, number=2).update(sealed=old)
    with pytest.raises(Unavailable):
        vault.reveal(secret, user=JOB)


@pytest.mark.parametrize("name", ["", "-a", "a b", "a/b", "datastore:lake", "ä", "a.", "x" * 121, "a\n"])
def test_a_name_that_is_none_is_refused(workspace: Workspace, name: str) -> None:
    with pytest.raises(Invalid) as caught:
        vault.put(actor=None, workspace=workspace, name=name, value="word")
    assert list(caught.value.fields) == ["name"]


@pytest.mark.parametrize("value", ["", "a\0b", "\ud800", "x" * 40_000])
def test_a_value_that_no_program_could_be_given_is_refused(workspace: Workspace, value: str) -> None:
    with pytest.raises(Invalid) as caught:
        kept(workspace, value)
    assert list(caught.value.fields) == ["value"]
    assert not Secret.objects.exists()


def test_what_something_holds_is_changed_and_removed_by_it_alone(workspace: Workspace) -> None:
    mine = kept(workspace)
    held = vault.put(actor=None, workspace=workspace, name="datastore:lake", value="key", held_by="datastore:3").secret
    with pytest.raises(Conflict) as caught:
        vault.put(actor=None, workspace=workspace, name="datastore:lake", value="key", held_by="datastore:4")
    assert caught.value.code == "secret_held"
    with pytest.raises(Conflict) as caught:
        vault.remove(actor=None, secret=held)
    assert caught.value.message == "The secret datastore:lake is used by a datastore."
    vault.remove(actor=None, secret=held, held_by="datastore:3")
    assert (vault.find(workspace=workspace, name="Token"), vault.find(workspace=workspace, name="datastore:lake")) == (
        mine,
        None,
    )


def test_one_that_is_needed_is_not_deleted_and_says_by_whom(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uses, "_asked", [lambda secret: [f"the run {index}" for index in range(7)]])
    secret = kept(workspace)
    with pytest.raises(Conflict, match="the run 0, the run 1, .* and 2 more"):
        vault.remove(actor=None, secret=secret)
    monkeypatch.setattr(uses, "_asked", [])
    vault.remove(actor=None, secret=secret)
    assert not Secret.objects.exists()


def test_the_same_user_a_moment_later_is_one_use(workspace: Workspace) -> None:
    secret = kept(workspace)
    for _ in range(3):
        vault.reveal(secret, user=JOB)
    vault.reveal(secret, user=Thing("job", "2"))
    assert SecretUse.objects.count() == 2
    SecretUse.objects.update(used_at=timezone.now() - timedelta(days=400))
    assert vault.forget_old_uses() == 2


def test_a_secret_without_a_value_is_said(workspace: Workspace) -> None:
    secret = kept(workspace)
    secret.versions.all().delete()
    with pytest.raises(NotFound):
        vault.reveal(secret, user=JOB)


def test_no_table_holds_the_value(workspace: Workspace, ada: User) -> None:
    vault.put(actor=ada, workspace=workspace, name="token", value="canary-database")
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            assert "canary-database" not in str(cursor.fetchall())


@pytest.mark.django_db(transaction=True)
def test_people_who_set_a_value_at_the_same_moment_make_a_version_each() -> None:
    workspace = make_people().workspace

    def set_value(value: str) -> None:
        try:
            vault.put(actor=None, workspace=workspace, name="token", value=value)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(set_value, "abcd"))
    secret = Secret.objects.get()
    assert [row.number for row in secret.versions.all()] == [4, 3, 2, 1]
    assert (vault.reveal(secret, user=JOB) in "abcd", WorkspaceKey.objects.count()) == (True, 1)

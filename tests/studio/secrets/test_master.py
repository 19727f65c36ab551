"""The master keys: where they come from, and a change of them while people read."""

import stat
import threading
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from studio.access.models import Workspace
from studio.errors import Unavailable
from studio.lineage.things import Thing
from studio.secrets import keys, master, vault
from studio.secrets.models import Secret, WorkspaceKey

pytestmark = pytest.mark.django_db
JOB = Thing("job", "1")


def rotate(*options: str) -> str:
    out = StringIO()
    call_command("rotate_master_key", *options, stdout=out)
    return out.getvalue()


def kept(workspace: Workspace, value: str = "word") -> Secret:
    return vault.put(actor=None, workspace=workspace, name="token", value=value).secret


def test_the_file_is_made_once_and_for_its_owner_alone(master_file: Path) -> None:
    first = master.present()
    assert stat.S_IMODE(master_file.stat().st_mode) == 0o600
    assert master.present() == first
    assert list(master_file.parent.iterdir()) == [master_file]


def test_many_processes_that_start_at_once_make_one_key(master_file: Path) -> None:
    seen: set[str] = set()
    threads = [threading.Thread(target=lambda: seen.add(master.present().id)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 1
    assert list(master_file.parent.iterdir()) == [master_file]


def test_a_key_of_the_environment_comes_first_and_the_files_still_opens(
    master_file: Path, workspace: Workspace, settings: Any
) -> None:
    secret = kept(workspace)
    settings.MASTER_KEY = "m" * 40
    assert vault.reveal(secret, user=JOB) == "word"
    assert "1 keys wrapped anew, 0 were" in rotate()
    master_file.unlink()
    assert vault.reveal(secret, user=JOB) == "word"
    assert not master_file.exists()


def test_a_short_key_is_refused(master_file: Path, settings: Any) -> None:
    settings.MASTER_KEY = "short"
    with pytest.raises(ImproperlyConfigured, match="at least 32"):
        master.present()


def test_a_new_key_wraps_everything_anew_and_the_old_one_can_go(master_file: Path, workspace: Workspace) -> None:
    secret = kept(workspace)
    old = master.present().id
    said = rotate()
    assert "1 keys wrapped anew" in said
    assert "0 rows need an earlier key" in said
    assert WorkspaceKey.objects.get().master_id == master.present().id != old
    assert master.by_id(old) is not None
    assert "1 earlier keys were dropped" in rotate("--forget-old")
    assert (master.by_id(old), vault.reveal(secret, user=JOB)) == (None, "word")


def test_a_key_that_is_still_needed_is_not_dropped(master_file: Path, workspace: Workspace) -> None:
    secret = kept(workspace)
    master.renew()
    assert "0 earlier keys" in rotate("--forget-old")
    assert vault.reveal(secret, user=JOB) == "word"


def test_F46_nobody_fails_to_read_while_the_key_is_changed(master_file: Path, workspace: Workspace) -> None:
    """Every step a reader may fall between, one after the other: each read asks for file and row anew."""
    secret = kept(workspace)
    row = WorkspaceKey.objects.get()
    for _ in range(20):
        stale = WorkspaceKey.objects.get()
        master.renew()
        assert vault.reveal(secret, user=JOB) == "word"
        keys.rewrap()
        # One who had read the row before it was wrapped anew opens it all the same.
        keys.cipher_of(stale)
        assert vault.reveal(secret, user=JOB) == "word"
    keys.cipher_of(row)


def test_a_lost_master_key_is_said_and_a_new_beginning_takes_a_word_of_the_operator(
    master_file: Path, workspace: Workspace
) -> None:
    secret = kept(workspace)
    master_file.unlink()
    with pytest.raises(Unavailable) as caught:
        vault.reveal(secret, user=JOB)
    assert caught.value.code == "secret_unreadable"
    with pytest.raises(Unavailable):
        kept(workspace, "other")
    with pytest.raises(CommandError, match=workspace.slug):
        rotate()
    assert "1 keys were given up" in rotate("--give-up-lost")
    assert vault.reveal(kept(workspace, "again"), user=JOB) == "again"


def test_a_wrapping_of_another_workspace_does_not_open(master_file: Path, workspace: Workspace, people: Any) -> None:
    kept(workspace)
    row = WorkspaceKey.objects.get()
    row.workspace_id = people.elsewhere.pk
    with pytest.raises(Unavailable):
        keys.cipher_of(row)

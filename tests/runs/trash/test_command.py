"""The command and the SDK against a real server: rm, restore, purge, storage."""

import json
from collections.abc import Callable, Iterator

import pytest
from atelier import Workspace as Client
from atelier import _cli

from runs.trash import engine
from runs.trash.models import Purge
from studio.access.models import Workspace
from studio.accounts.models import User
from tests.factories import make_experiment, make_token
from tests.factories.stored import make_full_run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def command(ada: User, live_server: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., int]]:
    monkeypatch.setenv("ATELIER_URL", str(live_server))
    monkeypatch.setenv("ATELIER_TOKEN", make_token(ada))
    monkeypatch.setenv("ATELIER_WORKSPACE", "vision")
    yield lambda *words: _cli.main(list(words))


def test_a_run_goes_comes_back_and_is_removed_for_good(
    command: Callable[..., int], workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    experiment = make_experiment(workspace, "vision/digits")
    run = make_full_run(workspace, experiment=experiment)
    assert command("run", "rm", run.pk) == 0
    assert not list(Client().runs())
    assert command("run", "restore", run.pk) == 0
    assert command("experiment", "rm", "vision/digits") == 0
    assert command("experiment", "restore", "vision/digits") == 0
    assert command("experiment", "restore", "vision/digits") == 3
    assert command("run", "rm", run.pk) == 0
    capsys.readouterr()
    assert command("purge", "--dry-run", "-o", "json") == 0
    assert json.loads(capsys.readouterr().out)["freed_bytes"] == 2000
    assert not Purge.objects.exists()
    assert command("purge") == 2  # nobody is there to be asked
    assert not Purge.objects.exists()
    assert command("purge", "--yes") == 0
    engine.work(Purge.objects.get().pk)
    assert Client().receipt(Purge.objects.get().pk)["bytes_freed"] == 2000
    assert command("storage") == 0
    assert "0 B in 0 stored files" in capsys.readouterr().err
    assert command("purge", "--yes") == 5

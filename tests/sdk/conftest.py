"""A running twin or the real application, and an environment that points at it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from atelier import _cli, _notices, _start

from tests.factories import make_token
from tests.people import People, make_people
from tests.sdk import twin_server


@pytest.fixture
def twin() -> Iterator[twin_server.Twin]:
    server = twin_server.Twin()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A clean machine: no settings but the ones a test makes; the journals' folder is the value."""
    for name in (
        "ATELIER_URL",
        "ATELIER_TOKEN",
        "ATELIER_WORKSPACE",
        "ATELIER_RUN_ID",
        "ATELIER_JOB_ID",
        "ATELIER_STRICT",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("ATELIER_DIR", str(tmp_path / "journals"))
    monkeypatch.setenv("ATELIER_CONSOLE", "off")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    _notices.forget()
    yield tmp_path / "journals"
    while _start.active_run() is not None:
        _start.active_run().finish()


@pytest.fixture
def online(spool: Path, twin: twin_server.Twin, monkeypatch: pytest.MonkeyPatch) -> twin_server.Twin:
    """The settings point at the twin."""
    monkeypatch.setenv("ATELIER_URL", twin.url)
    monkeypatch.setenv("ATELIER_TOKEN", twin_server.TOKEN)
    monkeypatch.setenv("ATELIER_WORKSPACE", twin_server.WORKSPACE)
    return twin


@pytest.fixture
def studio(live_server: Any, spool: Path, monkeypatch: pytest.MonkeyPatch) -> People:
    """The real application serves, and the settings are Ada's."""
    people = make_people()
    monkeypatch.setenv("ATELIER_URL", live_server.url)
    monkeypatch.setenv("ATELIER_TOKEN", make_token(people.ada))
    monkeypatch.setenv("ATELIER_WORKSPACE", "vision")
    return people


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Says a command that goes well, and answers the JSON it prints."""

    def answer(*words: str) -> Any:
        assert _cli.main([*words, "-o", "json"]) == 0, capsys.readouterr().err
        return json.loads(capsys.readouterr().out)

    return answer

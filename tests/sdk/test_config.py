"""Where settings come from, and what is never given away."""

import json
from pathlib import Path

import atelier
import pytest
from atelier import _client, _config, _git


@pytest.fixture
def user(spool: Path) -> Path:
    """A user who has logged in to http://studio."""
    return _config.store_user(url="http://studio", token="secret-token", workspace="vision")


def test_argument_beats_environment_beats_project_beats_user_beats_default(
    user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def workspace(argument: str | None = None) -> tuple[str, str]:
        found = _config.load(workspace=argument).settings["workspace"]
        return found.value, found.origin.split()[0]

    assert workspace() == ("vision", "user")
    Path(".atelier.toml").write_text('workspace = "project"\n')
    assert workspace() == ("project", "project")
    monkeypatch.setenv("ATELIER_WORKSPACE", "environment")
    assert workspace() == ("environment", "environment")
    assert workspace("argument") == ("argument", "argument")
    assert _config.load().settings["mode"] == _config.Setting("mode", "online", "default")


def test_a_project_file_is_found_in_a_folder_above(user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".atelier.json").write_text(json.dumps({"experiment": "vision/digits"}))
    Path("deep/down").mkdir(parents=True)
    monkeypatch.chdir("deep/down")
    assert _config.load().get("experiment") == "vision/digits"


def test_a_token_is_never_sent_to_another_server_than_its_own(user: Path) -> None:
    assert _config.load().token == "secret-token"
    Path(".atelier.toml").write_text('url = "http://evil.invalid"\n')
    assert _config.load().url == "http://evil.invalid"
    assert _config.load().token == ""
    with pytest.raises(atelier.ConfigurationError, match="no token for http://evil.invalid"):
        _client.connect()


def test_a_run_id_in_a_file_is_ignored(user: Path) -> None:
    Path(".atelier.toml").write_text('run_id = "k3v9x2m7qabc"\n')
    assert _config.load().get("run_id") == ""


@pytest.mark.parametrize(
    ("name", "text"), [(".atelier.toml", "url = "), (".atelier.json", "{"), (".atelier.json", "[]")]
)
def test_an_unreadable_project_file_is_named(spool: Path, name: str, text: str) -> None:
    Path(name).write_text(text)
    with pytest.raises(atelier.ConfigurationError, match=name):
        _config.load()


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://x", "http://", "nonsense"])
def test_an_address_that_is_none_is_refused(spool: Path, url: str) -> None:
    with pytest.raises(atelier.ConfigurationError, match="no server address"):
        _client.connect(url=url, token="x")


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("", {}),
        ("team=vision, gpu", {"team": "vision", "gpu": ""}),
        ('{"team": "vision", "n": 1}', {"team": "vision", "n": "1"}),
    ],
)
def test_tags_are_pairs_or_json(text: str, tags: dict[str, str]) -> None:
    assert _config.parse_tags(text) == tags


@pytest.mark.parametrize(
    ("remote", "clean"),
    [
        ("https://ada:token@git.example/x.git", "https://git.example/x.git"),
        ("https://token@git.example:8443/x?key=1", "https://git.example:8443/x"),
        ("ssh://git@git.example/x", "ssh://git.example/x"),
        ("git@git.example:team/x.git", "git@git.example:team/x.git"),
        ("secret@git.example:team/x.git", "git.example:team/x.git"),
        ("/srv/git/x", "/srv/git/x"),
        ("", ""),
    ],
)
def test_a_remote_is_recorded_without_credentials(remote: str, clean: str) -> None:
    assert _git.without_credentials(remote) == clean


def test_git_facts_of_a_folder_that_is_no_repository_are_empty(tmp_path: Path) -> None:
    assert _git.facts(tmp_path) == {}


def test_git_facts_name_commit_branch_and_changes(tmp_path: Path) -> None:
    import subprocess

    def git(*words: str) -> str:
        identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
        command = ["git", "-C", str(tmp_path), *identity, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "-q", "-b", "main")
    (tmp_path / "a.py").write_text("1")
    git("add", "a.py")
    git("commit", "-q", "-m", "first")
    git("remote", "add", "origin", "https://ada:token@git.example/x.git")
    expected = {
        "commit": git("rev-parse", "HEAD"),
        "branch": "main",
        "dirty": False,
        "remote": "https://git.example/x.git",
    }
    assert _git.facts(tmp_path) == expected
    (tmp_path / "a.py").write_text("2")
    assert _git.facts(tmp_path)["dirty"] is True

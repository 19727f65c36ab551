"""The command against the twin: exit codes, output, submitting, following."""

import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import atelier
import pytest
from atelier import _cli, _config, _errors
from atelier._cli import commands

from tests.sdk import twin_server

SDK = str(Path(atelier.__file__).parents[1])
ALL = [("", verb) for verb in commands.TOP] + [(noun, verb) for noun, _, verbs in commands.NOUNS for verb in verbs]


def ids(case: Any) -> str:
    return getattr(case, "name", case) or "top"


@pytest.mark.parametrize(("noun", "verb"), ALL, ids=ids)
def test_every_command_has_help_with_an_example(noun: str, verb: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        _cli.main([*([noun] if noun else []), verb.name, "--help"])
    assert stop.value.code == 0
    shown = capsys.readouterr().out
    assert f"example: atelier {noun} {verb.name}".replace("  ", " ") in shown
    assert "--output {table,json}" in shown


@pytest.mark.parametrize(("noun", "verb"), ALL, ids=ids)
def test_every_example_can_be_parsed(noun: str, verb: Any) -> None:
    import shlex

    from atelier._cli import parser

    options = parser.build().parse_args(shlex.split(verb.example)[1:])
    assert callable(options.handler)


@pytest.mark.parametrize(
    ("status", "code"), [(400, 2), (401, 4), (403, 4), (404, 3), (409, 5), (413, 2), (500, 1), (503, 1)]
)
def test_exit_codes_tell_what_kind_of_trouble(
    online: twin_server.Twin,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    code: int,
) -> None:
    monkeypatch.setattr("atelier._client.READ_PAUSES", ())
    problem = {"detail": "It did not work.", "hint": "Do this.", "request_id": "req-7"}
    with online.misbehaving(lambda method, path: (status, {}, problem)):
        assert _cli.main(["run", "show", "k3v9x2m7qabc"]) == code
    assert capsys.readouterr().err == "atelier: It did not work. Do this. (request req-7)\n"


def test_wrong_usage_ends_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        _cli.main(["run", "fly"])
    assert stop.value.code == 2


def test_without_a_server_the_command_says_what_to_do(spool: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _cli.main(["run", "list"]) == 2
    assert "atelier login URL" in capsys.readouterr().err


def test_login_checks_the_token_and_stores_it_for_this_user_only(
    spool: Path, twin: twin_server.Twin, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _cli.main(["login", twin.url + "/", "--token", twin_server.TOKEN]) == 0
    assert "ada@example.org" in capsys.readouterr().out
    path = _config.user_file()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text())["workspace"] == "vision"
    assert _cli.main(["run", "list", "-o", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_login_reads_the_token_from_a_pipe(
    spool: Path, twin: twin_server.Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(twin_server.TOKEN + "\n"))
    assert _cli.main(["login", twin.url]) == 0
    assert _config.load().token == twin_server.TOKEN


def test_login_with_a_wrong_token_stores_nothing(spool: Path, twin: twin_server.Twin) -> None:
    assert _cli.main(["login", twin.url, "--token", "wrong"]) == 4
    assert not _config.user_file().exists()


def test_config_shows_where_each_value_comes_from_and_no_token(
    online: twin_server.Twin, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(".atelier.json").write_text('{"experiment": "vision/digits"}')
    assert _cli.main(["config", "--show-origin", "-o", "json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["url"]["origin"] == "environment ATELIER_URL"
    assert rows["experiment"]["value"] == "vision/digits"
    assert rows["experiment"]["origin"].startswith("project file")
    assert rows["mode"]["origin"] == "default"
    assert rows["token"]["value"] == "twin…"


def test_names_from_others_cannot_move_the_cursor(online: twin_server.Twin, capsys: pytest.CaptureFixture[str]) -> None:
    online.state.runs["a"] = twin_server.TwinRun({"id": "a", "name": "x\033[2Jy\nz", "state": "running"})
    assert _cli.main(["run", "list"]) == 0
    shown = capsys.readouterr().out
    assert "\033" not in shown
    assert len(shown.splitlines()) == 2


def test_lists_fetch_as_many_pages_as_asked_for(online: twin_server.Twin, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(250):
        online.state.runs[f"r{number}"] = twin_server.TwinRun({"id": f"r{number}", "state": "running"})
    assert _cli.main(["run", "list", "--limit", "230", "-o", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 230


def job_folder(folder: Path) -> Path:
    (folder / "src").mkdir()
    (folder / "src" / "train.py").write_text("print('hello')\n")
    (folder / "data").mkdir()
    (folder / "data" / "a.csv").write_text("1,2\n")
    (folder / "one.csv").write_text("3\n")
    (folder / "conda.yml").write_text("name: x\n")
    (folder / "job.yml").write_text("command: python train.py\ncode: src\n")
    return folder / "job.yml"


NEEDS = [
    {"role": "code", "path": "src", "kind": "folder"},
    {"role": "input", "name": "table", "path": "one.csv", "kind": "file"},
    {"role": "input", "name": "tables", "path": "data", "kind": "folder"},
    {"role": "text", "path": "conda.yml", "kind": "file"},
]


def test_submit_sends_code_inputs_and_texts_once(
    online: twin_server.Twin, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    online.state.check = lambda body: (200, {"job": {}, "needs": NEEDS})
    job = job_folder(tmp_path)
    assert _cli.main(["run", "submit", str(job), "--set", "inputs.lr=0.1", "--name", "try"]) == 0
    (body,) = online.state.submitted
    assert body["set"] == {"inputs.lr": "0.1", "display_name": "try"}
    assert body["files"] == {"conda.yml": "name: x\n"}
    assert set(body["inputs"]) == {"table", "tables"}
    stored = set(online.state.stored)
    assert stored == {
        f"/snapshots/{body['snapshot']}",
        f"/blobs/{body['inputs']['table']}",
        f"/snapshots/{body['inputs']['tables']}",
    }
    assert _cli.main(["run", "submit", str(job)]) == 0
    puts = [path for method, path in online.state.requests if method == "PUT"]
    assert len(puts) == 3
    assert "sub000000001" in capsys.readouterr().out


def test_submit_takes_a_dictionary_too(online: twin_server.Twin) -> None:
    seen: list[dict[str, Any]] = []
    online.state.check = lambda body: (seen.append(body) or 200, {"job": {}, "needs": []})
    run = atelier.Workspace().submit({"command": "echo hi"}, set={"inputs.lr": 0.1})
    assert json.loads(seen[0]["text"]) == {"command": "echo hi"}
    assert run.id == "sub000000001"


def test_a_wrong_job_file_is_told_by_line_and_column(
    online: twin_server.Twin, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sentence = "job.yml:2:1: unknown field 'comand'. Did you mean 'command'?"
    problem = {"detail": sentence, "code": "invalid_job_file", "errors": [{"field": "comand", "message": sentence}]}
    online.state.check = lambda body: (400, problem)
    assert _cli.main(["run", "submit", str(job_folder(tmp_path))]) == 2
    assert capsys.readouterr().err == f"atelier: {sentence}\n"
    assert online.state.submitted == []


def test_a_missing_job_file_is_told(online: twin_server.Twin, capsys: pytest.CaptureFixture[str]) -> None:
    assert _cli.main(["run", "submit", "nothing.yml"]) == 2
    assert "There is no file nothing.yml" in capsys.readouterr().err


def test_a_dry_run_creates_nothing(
    online: twin_server.Twin, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    online.state.check = lambda body: (200, {"job": {"command": "x"}, "needs": NEEDS})
    assert _cli.main(["run", "submit", str(job_folder(tmp_path)), "--dry-run"]) == 0
    assert json.loads(capsys.readouterr().out)["job"] == {"command": "x"}
    assert online.state.submitted == [] and online.state.stored == {}


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        ({"state": "completed", "exit_code": 0}, 0),
        ({"state": "failed", "exit_code": 3}, 3),
        ({"state": "failed", "exit_code": None, "signal": "SIGKILL"}, 137),
        ({"state": "failed", "exit_code": None, "signal": 9}, 137),
        ({"state": "canceled", "exit_code": None}, 130),
        ({"state": "failed", "exit_code": None}, 1),
        ({"state": "failed", "exit_code": 0}, 1),
    ],
)
def test_stream_prints_the_log_and_ends_with_the_runs_exit_code(
    online: twin_server.Twin,
    tmp_path: Path,
    capsysbinary: pytest.CaptureFixture[bytes],
    ending: dict[str, Any],
    code: int,
) -> None:
    log = "epoch 1\r\033[32mgrün\033[0m\nlast line without end"

    def prepare(method: str, path: str) -> None:
        if path == "/runs/sub000000001/log" and "sub000000001" in online.state.runs:
            run = online.state.runs["sub000000001"]
            run.log, run.data = log.encode(), {**run.data, **ending}

    with online.misbehaving(prepare):
        assert _cli.main(["run", "submit", str(job_folder(tmp_path)), "--stream"]) == code
    assert capsysbinary.readouterr().out == log.encode()


def test_stream_goes_on_when_the_server_restarts(
    online: twin_server.Twin, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    answers = iter(["drop", (503, {}, {}), None])

    def shaky(method: str, path: str) -> Any:
        if not path.endswith("/log"):
            return None
        online.state.runs["sub000000001"].log = b"all of it\n"
        return next(answers, None)

    with online.misbehaving(shaky):
        assert _cli.main(["run", "submit", str(job_folder(tmp_path)), "--stream"]) == 0
    assert capsysbinary.readouterr().out == b"all of it\n"


def test_a_lost_answer_to_a_submit_makes_one_run(online: twin_server.Twin, tmp_path: Path) -> None:
    answers = iter(["drop", "drop after", None])

    def lossy(method: str, path: str) -> Any:
        return next(answers, None) if (method, path) == ("POST", "/runs") else None

    with online.misbehaving(lossy):
        assert _cli.main(["run", "submit", str(job_folder(tmp_path))]) == 0
    assert len(online.state.submitted) == 1


def test_sync_tells_what_it_did(online: twin_server.Twin, capsys: pytest.CaptureFixture[str]) -> None:
    with atelier.start_run(mode="offline") as run:
        run.log({"loss": 1.0})
    assert _cli.main(["sync"]) == 0
    assert "1 run records, 1 batches" in capsys.readouterr().out
    assert online.run(run.id).points("loss") == [(0, 1.0)]


@pytest.mark.parametrize("name", ["../../.bashrc", "/etc/x", "a/../../x", "..\\x"])
def test_A113_a_download_never_leaves_its_folder(online: twin_server.Twin, tmp_path: Path, name: str) -> None:
    with atelier.start_run() as run:
        run.log_text("fine", "fine.txt")
    online.run(run.id).artifacts[name] = b"evil"
    dest = tmp_path / "deep" / "down"
    with pytest.raises(atelier.UnsafeName):
        atelier.Workspace().run(run.id).download_artifacts(dest)
    with pytest.raises(atelier.UnsafeName):
        atelier.Workspace().run(run.id).download_artifact(name, dest)
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes() == b"evil"] == []
    assert list(dest.iterdir()) == []


def test_A113_a_link_in_the_folder_is_not_followed(online: twin_server.Twin, tmp_path: Path) -> None:
    with atelier.start_run() as run:
        run.log_text("evil", "out/x.txt")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "dest").mkdir()
    (tmp_path / "dest" / "out").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(atelier.UnsafeName):
        atelier.Workspace().run(run.id).download_artifacts(tmp_path / "dest")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_artifacts_are_downloaded_under_their_own_paths(
    online: twin_server.Twin, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with atelier.start_run() as run:
        run.log_text("one", "a/b/one.txt")
        run.log_text("two", "two.txt")
    assert _cli.main(["run", "download", run.id, "--to", str(tmp_path / "got")]) == 0
    assert (tmp_path / "got/a/b/one.txt").read_text() == "one"
    assert (tmp_path / "got/two.txt").read_text() == "two"
    assert "2 files saved" in capsys.readouterr().err
    assert _cli.main(["run", "download", run.id, "no/such", "--to", str(tmp_path / "got")]) == 3


def test_the_package_can_be_run_as_a_module(online: twin_server.Twin) -> None:
    env = {**os.environ, "PYTHONPATH": SDK}
    command = [sys.executable, "-m", "atelier", "run", "list"]
    done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=30, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "There are no such runs.\n")


@pytest.mark.parametrize(
    ("message", "errors", "said"),
    [
        ("name: It is taken.", [{"field": "name", "message": "It is taken."}], "name: It is taken. Give another."),
        ("It is taken.", [{"field": "name", "message": "It is taken."}], "It is taken. Give another."),
        ("Two are wrong.", [{"field": "a", "message": "It is."}], "Two are wrong. a: It is. Give another."),
        (
            "a: It is needed.",
            [{"field": "a", "message": "It is needed."}, {"field": "b", "message": "It is needed."}],
            "a: It is needed. b: It is needed. Give another.",
        ),
    ],
)
def test_what_an_error_says_of_its_fields_is_said_once(message: str, errors: list[dict[str, str]], said: str) -> None:
    assert str(_errors.Refused(message, errors=errors, hint="Give another.")) == said

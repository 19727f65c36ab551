"""Models through the package and the command, against the real studio."""

import io
from pathlib import Path
from typing import Any

import atelier
import pytest
from atelier import _cli

from runs.tracking.services import artifacts
from tests.factories import make_run, make_token
from tests.people import People, make_people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(live_server: Any, spool: Path, monkeypatch: pytest.MonkeyPatch) -> People:
    found = make_people()
    monkeypatch.setenv("ATELIER_URL", live_server.url)
    monkeypatch.setenv("ATELIER_WORKSPACE", "vision")
    monkeypatch.setenv("ATELIER_TOKEN", make_token(found.ben))
    return found


@pytest.fixture
def source(people: People) -> str:
    run = make_run(people.workspace, created_by=people.ben)
    for path in ("model/weights.bin", "model/notes/read me.txt"):
        artifacts.put_artifact(actor=people.ben, run=run, path=path, stream=io.BytesIO(path.encode()))
    return f"runs:/{run.pk}/model"


def test_a_model_is_registered_named_downloaded_and_deleted(source: str, tmp_path: Path) -> None:
    models = atelier.Workspace().models
    made = models.register("digits svm?", source, aliases=["champion"], tags={"team": "vision"})
    assert (made["version"], made["aliases"]) == (1, ["champion"])
    assert [row["name"] for row in models.search("name LIKE 'digits%'")] == ["digits svm?"]
    saved = models.download("digits svm?", tmp_path / "m", "champion")
    assert {path.relative_to(tmp_path / "m").as_posix() for path in saved} == {"weights.bin", "notes/read me.txt"}
    assert (tmp_path / "m/weights.bin").read_bytes() == b"model/weights.bin"
    assert models.update_version("digits svm?", 1, stage="Production")["stage"] == "Production"
    models.update("digits svm?", new_name="digits", tags={"team": "text"})
    assert models.version("digits")["model"] == "digits"
    models.delete_alias("digits", "champion")
    models.delete("digits", 1)
    models.delete("digits")
    with pytest.raises(atelier.NotFound):
        models.get("digits")


def test_the_commands_do_the_same(source: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def say(*words: str) -> str:
        assert _cli.main(list(words)) in (0, None)
        told = capsys.readouterr()
        return told.out + told.err

    assert "version 1" in say("model", "register", "digits", source, "--alias", "candidate")
    assert "candidate=1" in say("model", "ls")
    assert "@champion leads to version 1" in say("model", "alias", "digits", "champion")
    assert "Production" in say("model", "stage", "digits", "champion", "production")
    assert "champion" in say("model", "show", "digits")
    assert "2 files saved" in say("model", "download", "digits", "--to", str(tmp_path / "m"))
    assert "leads nowhere" in say("model", "alias", "digits", "champion", "--remove")
    assert _cli.main(["model", "delete", "digits"]) == 2  # nobody can be asked
    assert "Say --yes" in capsys.readouterr().err
    assert "Deleted" in say("model", "delete", "digits", "--yes")
    assert "no models yet" in say("model", "ls")


def test_a_version_gets_its_stage_by_request_and_approval(
    people: People, source: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def say(*words: str) -> str:
        assert _cli.main(["model", *words]) in (0, None)
        told = capsys.readouterr()
        return told.out + told.err

    (tmp_path / "card.md").write_text("# What it is for")
    say("register", "digits", source)
    say("edit", "digits", "--version", "1", "--card", str(tmp_path / "card.md"))
    assert atelier.Workspace().models.version("digits")["card"] == "# What it is for"
    monkeypatch.setenv("ATELIER_TOKEN", make_token(people.ada))
    say("define-stage", "Production", "--approval", "--check", "bias")
    assert "anybody who may" in say("stages")
    monkeypatch.setenv("ATELIER_TOKEN", make_token(people.ben))
    assert "Asked" in say("request", "digits", "1", "Production", "--comment", "better")
    say("check", "digits", "1", "bias", "--passed")
    assert "passed" in say("check", "digits", "1")
    assert _cli.main(["model", "approve", "digits", "1"]) != 0  # not one's own
    monkeypatch.setenv("ATELIER_TOKEN", make_token(people.ada))
    assert "approved" in say("approve", "digits", "1")
    say("register", "digits", source)
    assert "stage" in say("compare", "digits", "1", "2")
    assert "Nothing uses it" in say("uses", "digits", "1")
    say("archive", "digits", "--version", "1")
    assert atelier.Workspace().models.version("digits", 1)["is_archived"]
    say("define-stage", "Production", "--no-rules")
    assert atelier.Workspace().models.stages()[2]["checks"] == []


def test_a_model_file_with_a_folder_beside_it_becomes_a_version(
    people: People, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "weights.bin").write_bytes(b"1")
    file = tmp_path / "model.yml"
    file.write_text("name: iris\nversion: 7\npath: ./net\ntype: custom_model\ndescription: small\n")
    assert _cli.main(["model", "create", "-f", str(file)]) in (0, None)
    told = capsys.readouterr()
    assert "iris has version 1 now" in told.out + told.err
    assert "Versions are counted here: the file says 7, this is version 1." in told.err
    saved = atelier.Workspace().models.download("iris", tmp_path / "back")
    assert [path.relative_to(tmp_path / "back").as_posix() for path in saved] == ["net/weights.bin"]
    assert atelier.Workspace().models.register("iris", tmp_path / "net" / "weights.bin")["version"] == 2
    file.write_text("name: iris\npath: ./net\ntype: mlflow_model\n")
    assert _cli.main(["model", "create", "-f", str(file)]) not in (0, None)
    assert "has no file MLmodel" in capsys.readouterr().err

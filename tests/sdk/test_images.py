"""Images through the package and the command, against the real studio."""

from pathlib import Path
from typing import Any

import atelier
import pytest
from atelier import _cli

from registry.images.models import ImageVersion
from tests.factories import make_token
from tests.factories.images import finish, make_model
from tests.people import People, make_people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(live_server: Any, spool: Path, monkeypatch: pytest.MonkeyPatch) -> People:
    found = make_people()
    monkeypatch.setenv("ATELIER_URL", live_server.url)
    monkeypatch.setenv("ATELIER_WORKSPACE", "vision")
    monkeypatch.setenv("ATELIER_TOKEN", make_token(found.ben))
    return found


def test_an_image_is_asked_for_tagged_and_deleted(people: People, tmp_path: Path) -> None:
    make_model(people.workspace, files={"model.pkl": b"1"})
    script = tmp_path / "answer.py"
    script.write_text("def init(): ...\ndef run(data): return data\n")
    images = atelier.Workspace().images
    needs = tmp_path / "requirements.txt"
    needs.write_text("numpy==2.4.*\n")
    other = images.build("digits:1", code=script, environment=needs, name="of-a-file")
    assert ImageVersion.objects.get().environment.definition["packages"] == ["numpy==2.4.*"]
    images.cancel(other["image"])
    images.delete(other["image"])
    made = images.build("digits:1", code=script, environment="minimal", tags={"team": "vision"})
    assert (made["state"], made["scoring_script"], made["tags"]) == ("queued", "answer.py", {"team": "vision"})
    assert images.build("digits:1", code=script, environment="minimal")["version"] == 1
    assert images.cancel("digits")["state"] == "canceled"
    assert images.retry("digits", 1)["attempt"] == 2
    finish(ImageVersion.objects.get())
    assert "".join(images.stream("digits")) == images.log("digits", 1) == ""
    assert images.wait("digits")["state"] == "ready"
    assert images.tag("digits", "stable", 1)["aliases"] == ["stable"]
    assert images.sbom("digits", "stable")["bomFormat"] == "CycloneDX"
    assert [row["name"] for row in images.list("state = 'ready'")] == ["digits"]
    images.untag("digits", "stable")
    images.delete("digits", 1)
    images.delete("digits")
    with pytest.raises(atelier.NotFound):
        images.get("digits")


def test_the_commands_do_the_same(people: People, capsys: pytest.CaptureFixture[str]) -> None:
    def say(*words: str, code: int = 0) -> str:
        assert (_cli.main(list(words)) or 0) == code
        told = capsys.readouterr()
        return told.out + told.err

    make_model(people.workspace)
    assert "digits:1 is queued" in say("image", "build", "--model", "digits:1")
    assert "digits" in say("image", "list")
    assert "canceled" in say("image", "cancel", "digits", "1")
    assert "tried again" in say("image", "retry", "digits", "1")
    finish(ImageVersion.objects.get())
    assert "stable leads to digits:1" in say("image", "tag", "digits", "stable")
    assert "digits:1" in say("image", "show", "digits")
    assert "reference" in say("image", "show", "digits", "--version", "stable")
    assert "CycloneDX" in say("image", "sbom", "digits")
    assert say("image", "log", "digits") == ""
    assert "nowhere" in say("image", "tag", "digits", "stable", "--remove")
    assert "is built already" in say("image", "build", "--model", "digits:1")
    assert "Deleted" in say("image", "delete", "digits", "--yes")

"""Pages of images as people use them."""

import io
from typing import Any

import pytest
from django.utils import timezone

from compute.engines.models import Engine
from registry.images import services
from registry.images.models import ImageVersion
from studio.access.models import Workspace
from tests.factories.images import begin, make_image, make_model, ready_image
from tests.people import People

pytestmark = pytest.mark.django_db
TABS = ("", "log/", "layers/", "packages/", "used-by/")


def test_an_image_is_asked_for_on_the_models_page(people: People, browser: Any, workspace: Workspace) -> None:
    model = make_model(workspace)
    ben = browser(people.ben)
    address = "/w/vision/build-image/?model=digits:1"
    assert address in ben.get(model.get_absolute_url()).content.decode()
    form = ben.get(address).content.decode()
    assert 'value="digits:1"' in form
    made = ben.post("/w/vision/build-image/", {"model": "digits:1"}, follow=True)
    assert made.redirect_chain[-1][0] == "/w/vision/images/digits/versions/1/"
    assert "Queued" in made.content.decode()
    again = ben.post("/w/vision/build-image/", {"model": "digits:1"}, follow=True)
    assert "nothing is built" in again.content.decode()


def test_a_script_is_sent_alone(people: People, browser: Any, workspace: Workspace) -> None:
    make_model(workspace, files={"model.pkl": b"1"})
    script = io.BytesIO(b"def init(): ...\ndef run(data): return data\n")
    script.name = "answer.py"
    values = {"model": "digits:1", "code": script, "environment": "minimal"}
    made = browser(people.ben).post("/w/vision/build-image/", values)
    assert made.status_code == 302, made.content.decode()
    assert ImageVersion.objects.get().scoring_script == "answer.py"


def test_what_is_wrong_is_said_in_the_form(people: People, browser: Any, workspace: Workspace) -> None:
    make_model(workspace, files={"model.pkl": b"1"})
    ben = browser(people.ben)
    for values, words in (
        ({"model": "digits:1"}, "a scoring script must say how it is asked"),
        ({"model": "digits:1", "name": "../up"}, "is no name of an image"),
        ({"model": "other:1"}, "There is no model"),
        ({"model": ""}, "needs a model or a scoring script"),
        ({"model": "digits:1", "scoring_script": "score.py"}, "Choose the file"),
    ):
        refused = ben.post("/w/vision/build-image/", values)
        assert (refused.status_code, words in refused.content.decode()) == (422, True), words


def test_every_tab_shows_what_there_is(people: People, browser: Any, workspace: Workspace) -> None:
    version = ready_image(workspace, actor=people.ben)
    services.set_tag(actor=None, version=version, word="stable")
    pages = {tab: browser(people.ben).get(version.get_absolute_url() + tab).content.decode() for tab in TABS}
    for words in ("sha256:dddd", "stable", "was there already", "docker run"):
        assert words in pages[""]
    assert 'data-topic="image:' in pages["log/"]
    assert "ADD rootfs.tar" in pages["layers/"]
    assert "scikit-learn" in pages["packages/"]
    assert "digits 1" in pages["used-by/"]
    assert "digits" in browser(people.ben).get("/w/vision/images/").content.decode()
    assert "scikit" not in browser(people.ben).get(version.get_absolute_url() + "packages/?q=num").content.decode()


def test_every_tab_of_a_waiting_build_stands(people: People, browser: Any, workspace: Workspace) -> None:
    version = make_image(workspace)
    for tab in TABS:
        answer = browser(people.ben).get(version.get_absolute_url() + tab)
        assert answer.status_code == 200
        assert "Cancel" in answer.content.decode()


def test_an_engine_that_is_away_is_told(people: People, browser: Any, workspace: Workspace) -> None:
    now = timezone.now()
    Engine.objects.create(
        address="", state="down", problem="The Docker engine of this machine does not answer: nothing listens there.",
        checked_at=now, changed_at=now,
    )  # fmt: skip
    version = make_image(workspace)
    for address in ("/w/vision/images/", "/w/vision/build-image/", version.get_absolute_url()):
        assert "does not answer" in browser(people.ben).get(address).content.decode()


def test_buttons_do_what_they_say(people: People, browser: Any, workspace: Workspace) -> None:
    version = make_image(workspace, actor=people.ben)
    ben, path = browser(people.ben), version.get_absolute_url()
    ben.post(path + "cancel/")
    version.refresh_from_db()
    assert version.state == "canceled"
    assert "Retry" in ben.get(path).content.decode()
    ben.post(path + "retry/")
    version.refresh_from_db()
    assert version.state == "queued"
    ben.post("/w/vision/images/digits/tag/", {"version": "1", "word": "stable"})
    assert [word.name for word in version.words.all()] == ["stable"]
    assert (
        "no tag"
        in ben.post("/w/vision/images/digits/tag/", {"version": "1", "word": "a b"}, follow=True).content.decode()
    )
    ben.post("/w/vision/images/digits/tag/", {"version": "1", "word": "stable", "remove": "1"})
    assert not version.words.exists()
    ben.post(path + "edit/", {"description": "good"})
    assert "is being built" in ben.post(path + "delete/", follow=True).content.decode()
    ben.post(path + "cancel/")
    ben.post(path + "delete/")
    assert not ImageVersion.objects.exists()
    ben.post("/w/vision/images/digits/delete/")
    assert ben.get("/w/vision/images/digits/").status_code == 404


def test_a_reader_is_offered_nothing_to_change(people: People, browser: Any, workspace: Workspace) -> None:
    version = make_image(workspace)
    begin(version)
    rita = browser(people.rita)
    for address in ("/w/vision/images/", version.image.get_absolute_url(), version.get_absolute_url()):
        text = rita.get(address).content.decode()
        for word in ("Build image", "Build a version", "/cancel/", "Set tag", 'data-confirm="Delete'):
            assert word not in text


def test_the_list_takes_few_questions(
    people: People, browser: Any, workspace: Workspace, django_assert_max_num_queries: Any
) -> None:
    for number in range(4):
        make_image(workspace, models=[make_model(workspace, f"m{number}")])
    ben = browser(people.ben)
    with django_assert_max_num_queries(18):
        ben.get("/w/vision/images/")

"""Pages of models as people use them."""

from collections.abc import Callable
from typing import Any

import pytest

from registry.mlmodels.models import ModelVersion
from runs.tracking.models import Run
from tests.people import People

pytestmark = pytest.mark.django_db
Register = Callable[..., ModelVersion]


def test_a_version_is_registered_from_a_runs_files(people: People, browser: Any, run: Run) -> None:
    ben = browser(people.ben)
    tab = ben.get(f"/w/vision/runs/{run.pk}/artifacts/", {"path": "model/MLmodel"}).content.decode()
    address = f"/w/vision/register-model/?source=runs%3A%2F{run.pk}%2Fmodel"
    assert address in tab
    form = ben.get(address).content.decode()
    assert f"runs:/{run.pk}/model" in form
    values = {"name": "digits", "source": f"runs:/{run.pk}/model", "alias": "champion", "description": "**good**"}
    made = ben.post("/w/vision/register-model/", values, follow=True)
    page = made.content.decode()
    assert made.redirect_chain[-1][0] == "/w/vision/models/digits/versions/1/"
    for expected in ("champion", "<strong>good</strong>", "petal width", run.name, "load_model", "weights.bin"):
        assert expected in page or expected == "weights.bin"
    refused = ben.post("/w/vision/register-model/", {**values, "source": "/etc/passwd"})
    assert (refused.status_code, "local path" in refused.content.decode()) == (422, True)


def test_a_reader_is_offered_nothing_to_change(people: People, browser: Any, run: Run, register: Register) -> None:
    version = register(source=f"runs:/{run.pk}/model")
    rita = browser(people.rita)
    for address in (version.get_absolute_url(), version.model.get_absolute_url(), "/w/vision/models/"):
        text = rita.get(address).content.decode()
        assert "digits-svm" in text
        for word in ("Register version", "New model", "Change stage", "Set alias", 'data-confirm="Delete'):
            assert word not in text
    tab = rita.get(f"/w/vision/runs/{run.pk}/artifacts/").content.decode()
    assert "register-model" not in tab


def test_markdown_and_names_of_people_are_harmless(people: People, browser: Any, register: Register) -> None:
    version = register("<img src=x onerror=alert(1)>", description="<script>alert(1)</script>[x](javascript:alert(1))")
    text = browser(people.rita).get(version.get_absolute_url()).content.decode()
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert 'href="javascript' not in text


def test_aliases_stages_and_tags_are_changed_by_forms(people: People, browser: Any, register: Register) -> None:
    version = register()
    ben, base = browser(people.ben), "/w/vision/models/digits-svm/"
    ben.post(f"{base}alias/", {"alias": "champion", "version": 1})
    ben.post(f"{base}versions/1/stage/", {"stage": "Staging"})
    ben.post(f"{base}versions/1/tag/", {"key": "ok", "value": "yes"})
    ben.post(f"{base}tag/", {"key": "team", "value": "vision"})
    version.refresh_from_db()
    assert version.stage == "Staging"
    text = ben.get(f"{base}versions/1/").content.decode()
    assert "champion" in text
    assert "ok" in text
    refused = ben.post(f"{base}alias/", {"alias": "latest", "version": 1}, follow=True)
    assert "reserved" in refused.content.decode()
    ben.post(f"{base}alias/", {"alias": "champion", "remove": "1"})
    assert not version.aliases.exists()
    assert ben.post(f"{base}versions/1/delete/", follow=True).redirect_chain[-1][0] == base


def test_a_filter_that_can_not_be_read_is_said_on_the_page(people: People, browser: Any, register: Register) -> None:
    register()
    answer = browser(people.rita).get("/w/vision/models/", {"filter": "nme = 'x'"})
    assert answer.status_code == 200
    assert "nme" in answer.content.decode()


def test_the_list_costs_the_same_for_many_models(
    people: People, browser: Any, register: Register, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        register(f"model-{number}")
        register(f"model-{number}")
    rita = browser(people.rita)
    with django_assert_max_num_queries(16):
        rita.get("/w/vision/models/")


def test_who_has_no_model_gets_lines_to_copy(people: People, browser: Any) -> None:
    text = browser(people.ben).get("/w/vision/models/").content.decode()
    assert "mlflow.register_model(&quot;runs:/RUN_ID/model&quot;" in text
    assert "{%" not in text


def test_the_list_says_a_description_in_plain_words(people: People, browser: Any, register: Register) -> None:
    model = register().model
    browser(people.ben).post(f"{model.get_absolute_url()}edit/", {"name": model.name, "description": "**Bold** & <b>"})
    text = browser(people.rita).get("/w/vision/models/").content.decode()
    assert "Bold &amp;" in text
    assert "**Bold**" not in text

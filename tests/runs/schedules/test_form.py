"""The form of a schedule: a field for each input of what it runs, and a clear choice of when."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from runs.pipelines.models import Pipeline
from runs.schedules.models import Schedule
from studio.access.models import Workspace
from studio.accounts.models import User
from tests.factories import make_target
from tests.factories.pipelines import make_document, make_pipeline, make_pipeline_endpoint
from tests.factories.schedules import make_schedule
from tests.people import ApiClient

pytestmark = pytest.mark.django_db
INPUTS = {
    "rate": {"type": "number", "default": 0.1, "min": 0, "max": 1},
    "kind": {"type": "string", "enum": ["linear", "tree"], "default": "tree"},
    "count": {"type": "integer"},
    "fast": {"type": "boolean", "default": True},
}
WHEN = {"how": "recurrence", "interval": "2", "frequency": "hour", "time_zone": "UTC"}


@pytest.fixture
def pipeline(ben: User, workspace: Workspace) -> Pipeline:
    make_target(name="local")
    return make_pipeline(workspace, actor=ben, document={**make_document(), "inputs": INPUTS}, kept=True)


@pytest.fixture
def browser(client: Client, ben: User) -> Client:
    client.force_login(ben)
    return client


def posted(browser: Client, pipeline: Pipeline, **more: Any) -> Any:
    body = {"name": "nightly", "runs": f"pipeline:{pipeline.pk}", **WHEN, **more}
    return browser.post("/w/vision/schedule-new/", body)


def test_each_input_has_a_field_of_its_type(browser: Client, pipeline: Pipeline) -> None:
    page = browser.get(f"/w/vision/schedule-new/?runs=pipeline:{pipeline.pk}").content.decode()
    assert "rate (number)" in page and "From 0 to 1".lower() in page.lower()
    assert '<select name="input_kind"' in page and '<option value="tree">' in page
    assert "Cron expression <span" not in page and "As JSON" not in page
    made = posted(browser, pipeline, input_rate="0.5", input_kind="linear", input_count="3", input_fast="false")
    assert made.status_code == 302
    schedule = Schedule.objects.get()
    assert schedule.inputs == {"rate": 0.5, "kind": "linear", "count": 3, "fast": False}
    assert (schedule.kind, schedule.trigger) == ("recurrence", {"frequency": "hour", "interval": 2})


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "This field is required."),
        ({"input_count": "1.5"}, "The input count must be of the type integer, and &#x27;1.5&#x27; is none."),
        ({"input_count": "1", "input_rate": "7"}, "The input rate must be from 0 to 1, not 7.0."),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(
    browser: Client, pipeline: Pipeline, given: dict[str, str], sentence: str
) -> None:
    answer = posted(browser, pipeline, **given)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not Schedule.objects.exists()


def test_another_choice_brings_its_fields_and_keeps_what_was_filled_in(browser: Client, pipeline: Pipeline) -> None:
    make_pipeline_endpoint(pipeline, "score")
    body = {"runs": "endpoint:score", "input_rate": "0.7", "input_other": "x"}
    part = browser.post("/w/vision/schedule-inputs/", body).content.decode()
    assert 'name="input_rate" value="0.7"' in part and "input_other" not in part
    assert "It takes no inputs" in browser.post("/w/vision/schedule-inputs/", {"runs": "pipeline:999"}).content.decode()


def test_what_an_event_brings_may_stand_in_any_field(browser: Client, pipeline: Pipeline) -> None:
    place = "${{event.body.count}}"
    made = posted(browser, pipeline, how="event", event="webhook", input_count=place)
    assert made.status_code == 302
    schedule = Schedule.objects.get()
    assert (schedule.kind, schedule.inputs) == ("webhook", {"count": place})


def test_editing_keeps_values_that_were_not_touched_and_takes_away_what_is_no_input_any_more(
    browser: Client, pipeline: Pipeline, ben: User, workspace: Workspace
) -> None:
    version = pipeline.versions.get(number=1)
    kept = {"count": 4, "fast": "${{event.body.fast}}"}
    schedule = make_schedule(workspace, actor=ben, version=version, inputs=kept)
    Schedule.objects.update(inputs={**kept, "gone": "old"})
    page = browser.get("/w/vision/schedules/nightly/edit/").content.decode()
    assert "The pipeline has no such input" in page and 'value="${{event.body.fast}}"' in page
    fields = {"name": "nightly", "runs": "", "how": "cron", "expression": "15 2 * * *", "time_zone": "UTC"}
    values = {"input_count": "4", "input_fast": "${{event.body.fast}}", "input_gone": "old"}
    refused = browser.post("/w/vision/schedules/nightly/edit/", {**fields, **values})
    assert refused.status_code == 422 and "has no input gone" in refused.content.decode()
    changed = browser.post("/w/vision/schedules/nightly/edit/", {**fields, **values, "input_gone": ""})
    assert changed.status_code == 302
    schedule.refresh_from_db()
    assert (schedule.inputs, schedule.pipeline_version) == (kept, version)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"how": "cron", "expression": "15 2 * * 1-5"}, "At 02:15 on Monday to Friday"),
        ({"how": "recurrence", "interval": "2", "frequency": "week", "week_days": ["monday", "friday"], "hours": "9"},
         "Every 2 weeks on Monday and Friday at 09:00"),
        ({"how": "recurrence", "interval": "5", "frequency": "minute", "hours": "9"}, "Every 5 minutes"),
        ({"how": "event", "event": "data", "watched": "cars"}, "When the data asset cars gets a new version"),
        ({"how": "event", "event": "webhook"}, "When its address is called"),
        ({"how": "recurrence", "interval": "x", "frequency": "day"}, "interval must be a whole number"),
    ],
)  # fmt: skip
def test_the_choice_is_told_in_words_while_it_is_made(
    browser: Client, workspace: Workspace, given: dict[str, Any], words: str
) -> None:
    shown = browser.post("/w/vision/schedule-preview/", {"time_zone": "Europe/Berlin", **given}).content.decode()
    assert words in shown


def test_what_could_not_be_started_is_refused_over_rest_too(
    api: Callable[..., ApiClient], pipeline: Pipeline, ben: User
) -> None:
    client = api(ben, base="/api/v1/workspaces/vision/")
    body = {
        "name": "n",
        "kind": "webhook",
        "pipeline": pipeline.pk,
        "inputs": {"speed": 1, "count": "${{event.body.n}}"},
    }
    refused = client.post("schedules", body)
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_inputs")
    assert "has no input speed" in refused.json()["detail"]
    assert client.post("schedules", {**body, "inputs": {"count": "${{event.body.n}}"}}).status_code == 201

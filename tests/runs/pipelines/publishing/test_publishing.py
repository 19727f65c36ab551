import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from runs.pipelines.drafts import queries as drafts
from runs.pipelines.drafts import running
from runs.pipelines.drafts import services as draft_services
from runs.pipelines.models import PipelineRun
from runs.pipelines.publishing import parameters, queries, services
from runs.schedules.models import Schedule
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Conflict, Invalid
from tests.factories import make_target, make_user, make_workspace
from tests.factories.pipelines import make_document, make_pipeline
from tests.people import ApiClient

pytestmark = pytest.mark.django_db

INPUTS = {
    "rate": {"type": "number", "default": 0.1, "min": 0, "max": 1},
    "mode": {"type": "string", "enum": ["fast", "slow"], "default": "fast"},
    "rounds": {"type": "integer"},
}


@pytest.fixture
def published(ben: User, workspace: Workspace) -> Any:
    make_target(name="local")
    pipeline = make_pipeline(workspace, document={**make_document(), "inputs": INPUTS}, kept=True)
    version = drafts.version_at(pipeline, 1)
    return services.publish(actor=ben, version=version, endpoint="score", description="Scores.").endpoint


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        ({}, "The input rounds is missing: it has no default."),
        ({"rounds": 1, "speed": 2}, "has no input speed. It has: "),
        ({"rounds": 1.5}, "The input rounds must be of the type integer, and '1.5' is none"),
        ({"rounds": True}, "The input rounds must be of the type integer"),
        ({"rounds": 1, "rate": 2}, "The input rate must be from 0 to 1, not 2"),
        ({"rounds": 1, "mode": "best"}, "The input mode must be one of fast, slow, not best"),
    ],
)
def test_what_does_not_fit_a_declaration_is_refused_with_a_sentence(
    published: Any, ben: User, inputs: dict, sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        services.invoke(actor=ben, endpoint=published, inputs=inputs)
    assert not PipelineRun.objects.exists()


def test_a_token_that_may_submit_runs_calls_it(
    published: Any, api: Callable[..., ApiClient], ben: User, rita: User
) -> None:
    path = "pipeline-endpoints/score/runs"
    client = api(ben, base="/api/v1/workspaces/vision/")
    started = client.post(path, {"inputs": {"rounds": 3}, "experiment": "calls"}, headers={"Idempotency-Key": "k"})
    again = client.post(path, {"inputs": {"rounds": 3}, "experiment": "calls"}, headers={"Idempotency-Key": "k"})
    assert started.status_code == 201 and started.json()["id"] == again.json()["id"]
    run = PipelineRun.objects.get()
    assert (run.endpoint, run.origin, run.run.experiment.path) == (published, "endpoint", "calls")
    assert client.get(path).json()["results"][0]["id"] == run.pk
    assert api(rita, base="/api/v1/workspaces/vision/").post(path, {"inputs": {"rounds": 3}}).status_code == 403


def test_versions_answer_by_default_and_what_is_off_starts_nothing(
    published: Any, ben: User, workspace: Workspace
) -> None:
    pipeline = drafts.pipelines_in(workspace).get()
    draft_services.save_draft(actor=ben, pipeline=pipeline, document=make_document(), stamp=1)
    second = draft_services.keep_version(actor=ben, pipeline=pipeline)
    services.publish(actor=ben, version=second, endpoint="score", is_default=False)
    assert services.callable_version(endpoint=queries.current(published)).number == 1
    changed = services.set_default(actor=ben, endpoint=published, number=2)
    assert services.callable_version(endpoint=changed).number == 2
    with pytest.raises(Conflict, match="the one that answers"):
        services.enable_version(actor=ben, version=queries.version_at(changed, 2), is_enabled=False)
    services.enable_version(actor=ben, version=queries.version_at(changed, 1), is_enabled=False)
    with pytest.raises(Conflict, match="score v1 is switched off"):
        services.invoke(actor=ben, endpoint=changed, version=1)
    with pytest.raises(Conflict, match="score is switched off"):
        services.invoke(actor=ben, endpoint=services.enable(actor=ben, endpoint=changed, is_enabled=False))


def test_a_pipeline_that_could_not_run_is_not_published_and_one_that_is_scheduled_stays(
    published: Any, ben: User, workspace: Workspace
) -> None:
    broken = make_pipeline(workspace, "broken", document={"jobs": {"a": {"component": "atelier:nothing:1"}}}, kept=True)
    with pytest.raises(Invalid):
        services.publish(actor=ben, version=drafts.version_at(broken, 1), endpoint="broken")
    assert queries.endpoint_named(workspace, "broken") is None
    Schedule.objects.create(workspace=workspace, name="nightly", kind="cron", endpoint=published)
    with pytest.raises(Conflict, match="called by the schedule nightly"):
        services.delete(actor=ben, endpoint=published)


def test_a_call_from_the_page_is_typed_by_the_declaration(
    published: Any, browser: Callable[[User], Any], ben: User
) -> None:
    page = browser(ben)
    shown = page.get("/w/vision/pipeline-endpoints/score/").content.decode()
    assert "api/v1/workspaces/vision/pipeline-endpoints/score/runs" in shown and "from 0 to 1" in shown
    wrong = page.post("/w/vision/pipeline-endpoints/score/call/", {"input_rounds": "many"})
    assert wrong.status_code == 422 and "The input rounds must be of the type integer" in wrong.content.decode()
    assert page.post("/w/vision/pipeline-endpoints/score/call/", {"input_rounds": "4"}).status_code == 302
    assert PipelineRun.objects.get().inputs["rounds"]["value"] == 4


@pytest.mark.django_db(transaction=True)
def test_two_people_who_press_run_at_once_make_two_runs() -> None:
    ada = make_user("ada@example.org")
    workspace = make_workspace("vision", owner=ada)
    make_target(name="local")
    pipeline = make_pipeline(workspace)
    made: list[str] = []

    def press() -> None:
        try:
            made.append(running.run(actor=ada, pipeline=pipeline, stamp=1).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 2 == PipelineRun.objects.filter(pipeline=pipeline).count()


def test_a_default_is_shown_as_somebody_would_write_it() -> None:
    found = parameters.of({"inputs": {"fast": True, "rate": {"type": "number", "default": 0.1}}})
    assert [one.default_text for one in found] == ["true", "0.1"]

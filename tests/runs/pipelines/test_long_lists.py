"""Lists of pipelines, of what is published and of schedules ask as many questions however long they are."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from runs.pipelines.models import Pipeline, PipelineEndpoint, PipelineEndpointVersion, PipelineRun, PipelineVersion
from runs.schedules.models import Firing, Schedule
from studio.access.models import Workspace
from studio.accounts.models import User
from tests.factories import make_run, make_target
from tests.factories.pipelines import make_document, make_pipeline, make_pipeline_endpoint
from tests.factories.schedules import make_schedule

pytestmark = pytest.mark.django_db
PAGES, REST = "/w/vision/", "/api/v1/workspaces/vision/"
LISTS = ["pipelines", "pipeline-endpoints", "schedules"]


def a_row_of_each(workspace: Workspace, name: str) -> None:
    """A pipeline that ran, is published and has been fired by its schedule."""
    pipeline = make_pipeline(workspace, name, kept=True)
    endpoint = make_pipeline_endpoint(pipeline, name)
    schedule = make_schedule(workspace, name, version=pipeline.versions.get())
    run = make_run(workspace, source="pipeline", job=None)
    PipelineRun.objects.create(run=run, pipeline=pipeline, endpoint=endpoint, document=pipeline.document)
    Firing.objects.create(schedule=schedule, key="1", due_at=timezone.now(), state="started", run=run)


def many_versions(pipeline: Pipeline, count: int) -> None:
    numbers = range(2, count + 2)
    facts = {"document": pipeline.document}
    PipelineVersion.objects.bulk_create(
        PipelineVersion(pipeline=pipeline, number=each, digest=str(each), **facts) for each in numbers
    )


@pytest.mark.parametrize("address", [*(f"{PAGES}{each}/" for each in LISTS), *(f"{REST}{each}" for each in LISTS)])
def test_a_longer_list_asks_no_more(
    address: str, workspace: Workspace, rita: User, browser: Callable[[User], Client],
    django_assert_max_num_queries: Callable,
) -> None:  # fmt: skip
    make_target(name="local")
    client = browser(rita)
    a_row_of_each(workspace, "first")
    client.get(address)
    with django_assert_max_num_queries(100) as one:
        assert b"first" in client.get(address).content
    for number in range(5):
        a_row_of_each(workspace, f"another-{number}")
    with django_assert_max_num_queries(len(one.captured_queries)):
        assert b"another-4" in client.get(address).content


def test_the_list_of_schedules_names_the_newest_firing_of_each(
    workspace: Workspace, rita: User, browser: Callable
) -> None:
    make_target(name="local")
    a_row_of_each(workspace, "nightly")
    schedule = Schedule.objects.get()
    before = timezone.now() - timedelta(days=1)
    Firing.objects.create(schedule=schedule, key="0", due_at=before, state="failed", problem="No compute.")
    page = browser(rita).get(f"{PAGES}schedules/")
    assert page.context["page"].rows[0].last.key == "1"


def test_versions_come_in_pages_and_all_can_be_compared(workspace: Workspace, rita: User, browser: Callable) -> None:
    pipeline = make_pipeline(workspace, kept=True)
    many_versions(pipeline, 70)
    address = f"{PAGES}pipelines/{pipeline.pk}/versions/"
    first = browser(rita).get(address)
    assert [row.version.number for row in first.context["page"].rows] == list(range(71, 21, -1))
    second = browser(rita).get(address + first.context["page"].next_url)
    assert [row.version.number for row in second.context["page"].rows] == list(range(21, 0, -1))
    assert b'<option value="1">version 1</option>' in first.content
    assert browser(rita).get(f"{address}?b=²").status_code == 200


def test_a_version_older_than_those_shown_may_answer(workspace: Workspace, rita: User, browser: Callable) -> None:
    inputs = {"rate": {"type": "number", "default": 0.1}}
    pipeline = make_pipeline(workspace, document={**make_document(), "inputs": inputs}, kept=True)
    endpoint = make_pipeline_endpoint(pipeline)
    PipelineEndpointVersion.objects.bulk_create(
        PipelineEndpointVersion(endpoint=endpoint, number=each, document=make_document()) for each in range(2, 60)
    )
    PipelineEndpoint.objects.update(version_count=59)
    page = browser(rita).get(f"{PAGES}pipeline-endpoints/{endpoint.name}/")
    assert [each.name for each in page.context["page"].parameters] == ["rate"]
    assert b"The newest 50 of 59." in page.content

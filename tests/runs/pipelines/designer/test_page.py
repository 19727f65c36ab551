"""What the page of the canvas is told about who looks at it and about the last run."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from runs.pipelines.models import PipelineRun
from studio.accounts.models import User
from tests.factories.pipeline_runs import make_pipeline_run
from tests.factories.pipelines import make_pipeline
from tests.people import People

RIGHTS = ("canEdit", "canRun", "canStop")


def config(client: Client, pipeline: Any) -> dict[str, Any]:
    return client.get(f"/w/vision/pipelines/{pipeline.pk}/edit/").context["page"].config


@pytest.mark.parametrize(("who", "may"), [("ada", True), ("ben", True), ("rita", False)])
def test_only_who_may_edit_run_and_stop_is_offered_it(
    people: People, browser: Callable[[User], Client], who: str, may: bool
) -> None:
    told = config(browser(getattr(people, who)), make_pipeline(people.workspace))
    assert [told[right] for right in RIGHTS] == [may] * 3
    assert told["lastRun"] is None


def test_what_the_last_run_carried_out_is_told_without_what_the_engine_keeps(
    people: People, browser: Callable[[User], Client]
) -> None:
    pipeline = make_pipeline(people.workspace)
    row = make_pipeline_run(people.workspace)
    PipelineRun.objects.filter(pk=row.pk).update(pipeline=pipeline)
    told = config(browser(people.rita), pipeline)["lastRun"]
    assert told["id"] == row.pk and set(told["document"]) == {"inputs", "jobs"}
    assert set(told["document"]["jobs"]) == set(row.document["jobs"])

import threading
from typing import Any

import pytest
from django.db import connection

from runs.pipelines.drafts import queries, services
from runs.pipelines.drafts.conflict import DraftChanged
from runs.pipelines.models import Pipeline, PipelineVersion
from runs.schedules.models import Schedule
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Conflict, Invalid, TooLarge
from tests.factories import make_user, make_workspace
from tests.factories.pipelines import make_document, make_pipeline

pytestmark = pytest.mark.django_db


def test_an_empty_pipeline_has_every_part_a_canvas_counts_on(ben: User, workspace: Workspace) -> None:
    made = services.create(actor=ben, workspace=workspace)
    assert made.name == "Untitled pipeline"
    assert made.document["jobs"] == {} and made.document["layout"] == {} and made.document["settings"] == {}
    assert services.create(actor=ben, workspace=workspace).name == "Untitled pipeline 2"


def test_a_name_that_is_taken_is_refused_when_it_was_asked_for(ben: User, workspace: Workspace) -> None:
    make_pipeline(workspace, "prices")
    with pytest.raises(Conflict, match="There is a pipeline prices already"):
        services.create(actor=ben, workspace=workspace, name="prices")


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ([1], "A pipeline is a mapping"),
        ({"jobs": []}, "jobs must be a mapping"),
        ({"jobs": {"a": 1}}, "The step a must be a mapping"),
        ({"type": "command"}, "not of the type pipeline"),
        ({"description": 1}, "description must be a text"),
    ],
)
def test_a_draft_without_the_shape_of_a_pipeline_is_refused(
    ben: User, workspace: Workspace, document: Any, sentence: str
) -> None:
    pipeline = make_pipeline(workspace)
    with pytest.raises(Invalid, match=sentence):
        services.save_draft(actor=ben, pipeline=pipeline, document=document, stamp=pipeline.stamp)
    assert queries.current(pipeline).stamp == pipeline.stamp


def test_a_draft_of_too_many_steps_is_refused(ben: User, workspace: Workspace) -> None:
    with pytest.raises(TooLarge):
        services.create(actor=ben, workspace=workspace, document={"jobs": {f"n{i}": {} for i in range(5_001)}})


def test_a_draft_that_somebody_saved_meanwhile_is_not_overwritten(ada: User, ben: User, workspace: Workspace) -> None:
    pipeline = make_pipeline(workspace)
    bens = services.save_draft(actor=ben, pipeline=pipeline, document=make_document(a={}), stamp=1)
    with pytest.raises(DraftChanged, match="Ben Carver saved this pipeline") as raised:
        services.save_draft(actor=ada, pipeline=pipeline, document=make_document(b={}), stamp=1)
    assert raised.value.extensions == {"stamp": 2, "by": "Ben Carver", "at": bens.updated_at}
    assert list(queries.current(pipeline).document["jobs"]) == ["a"]


def test_the_same_document_kept_twice_is_one_version(ben: User, workspace: Workspace) -> None:
    pipeline = make_pipeline(workspace)
    first = services.keep_version(actor=ben, pipeline=pipeline, name="First")
    moved = {**pipeline.document, "layout": {"hello": [999, 999]}}
    services.save_draft(actor=ben, pipeline=pipeline, document=moved, stamp=1)
    assert services.keep_version(actor=ben, pipeline=pipeline) == first
    services.save_draft(actor=ben, pipeline=pipeline, document=make_document(other={}), stamp=2)
    second = services.keep_version(actor=ben, pipeline=pipeline)
    assert (second.number, queries.current(pipeline).version_count) == (2, 2)


def test_a_version_restored_is_the_draft_again_and_says_so_by_its_stamp(ben: User, workspace: Workspace) -> None:
    pipeline = make_pipeline(workspace, kept=True)
    services.save_draft(actor=ben, pipeline=pipeline, document=make_document(other={}), stamp=1)
    restored = services.restore_version(actor=ben, version=queries.version_at(pipeline, 1), stamp=2)
    assert (list(restored.document["jobs"]), restored.stamp) == (["hello"], 3)


def test_a_clone_is_a_pipeline_of_its_own(ben: User, workspace: Workspace) -> None:
    pipeline = make_pipeline(workspace, kept=True)
    services.save_draft(actor=ben, pipeline=pipeline, document=make_document(other={}), stamp=1)
    copy = services.clone(actor=ben, pipeline=pipeline, version=queries.version_at(pipeline, 1))
    assert (copy.name, list(copy.document["jobs"]), copy.version_count) == ("prices copy", ["hello"], 0)
    assert services.clone(actor=ben, pipeline=queries.current(pipeline)).name == "prices copy 2"


def test_a_pipeline_that_a_schedule_runs_is_not_deleted(ben: User, workspace: Workspace) -> None:
    pipeline = make_pipeline(workspace, kept=True)
    version = queries.version_at(pipeline, 1)
    schedule = Schedule.objects.create(workspace=workspace, name="nightly", kind="cron", pipeline_version=version)
    with pytest.raises(Conflict, match="run by the schedule nightly"):
        services.delete(actor=ben, pipeline=pipeline)
    schedule.delete()
    services.delete(actor=ben, pipeline=pipeline)
    assert not PipelineVersion.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_once_write_one_draft_and_two_who_keep_make_one_version() -> None:
    workspace = make_workspace("vision", owner=make_user("ada@example.org"))
    pipeline = make_pipeline(workspace)
    said: list[str] = []

    def save(name: str) -> None:
        try:
            services.save_draft(actor=None, pipeline=pipeline, document=make_document(**{name: {}}), stamp=1)
            said.append(name)
        except DraftChanged:
            said.append("refused")
        finally:
            connection.close()

    def keep() -> None:
        try:
            services.keep_version(actor=None, pipeline=pipeline)
        finally:
            connection.close()

    for threads in (
        [threading.Thread(target=save, args=(name,)) for name in "ab"],
        [threading.Thread(target=keep) for _ in range(2)],
    ):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(said)[1] == "refused"
    now = Pipeline.objects.get()
    assert list(now.document["jobs"]) == [min(said)] and now.stamp == 2
    assert (now.version_count, PipelineVersion.objects.count()) == (1, 1)

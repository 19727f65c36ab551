"""Dataflows: drafts that nobody overwrites unseen, versions that were tried before they are kept."""

from typing import Any

import pytest

from registry.data.assets import services as assets
from registry.data.dataflows import queries, services, uses
from registry.data.dataflows.models import Dataflow
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Conflict, Invalid, NotFound
from studio.lineage import queries as lineage
from studio.lineage.things import Thing
from tests.factories.data import make_data
from tests.factories.dataflows import make_flow

pytestmark = pytest.mark.django_db
CHEAP = {"kind": "filter", "parameters": {"expression": "price < 150"}}


def test_a_flow_begins_with_a_version_by_number(workspace: Workspace, ben: User) -> None:
    make_data(workspace, "cars")
    flow = services.create_flow(actor=ben, workspace=workspace, name="clean", source="azureml:cars@latest")
    assert flow.draft == {"source": "azureml:cars:1", "steps": []}
    with pytest.raises(Conflict, match="already"):
        services.create_flow(actor=ben, workspace=workspace, name="clean", source="azureml:cars:1")
    with pytest.raises(NotFound, match="no data asset 'trucks'"):
        services.create_flow(actor=ben, workspace=workspace, name="other", source="azureml:trucks:1")
    with pytest.raises(Invalid, match="one of the studio's own pages"):
        services.create_flow(actor=ben, workspace=workspace, name="new", source="azureml:cars:1")


def test_an_older_page_does_not_overwrite_the_draft(workspace: Workspace, ben: User) -> None:
    flow = make_flow(workspace)
    source = flow.draft["source"]
    saved = services.save_draft(actor=ben, flow=flow, recipe={"source": source, "steps": [CHEAP]}, stamp=0)
    assert (saved.draft_stamp, saved.draft["steps"]) == (1, [CHEAP])
    with pytest.raises(services.DraftChanged, match="changed on another page") as caught:
        services.save_draft(actor=ben, flow=flow, recipe={"source": source, "steps": []}, stamp=0)
    assert caught.value.extensions == {"stamp": 1}
    assert queries.current(flow).draft["steps"] == [CHEAP]


@pytest.mark.parametrize(
    "steps",
    [
        [{"kind": "explode"}], [{"kind": "filter", "parameters": {"nope": 1}}], [7], [{}],
        [{"kind": "filter", "parameters": 3}], [{"kind": "take", "parameters": {"count": 1}}] * 201,
    ],
)  # fmt: skip
def test_steps_of_no_known_kind_or_parameter_are_refused(workspace: Workspace, ben: User, steps: Any) -> None:
    flow = make_flow(workspace)
    with pytest.raises(Invalid) as caught:
        services.save_draft(actor=ben, flow=flow, recipe={"source": flow.draft["source"], "steps": steps}, stamp=0)
    assert caught.value.code == "bad_recipe"


def test_a_draft_may_lack_what_is_not_filled_in_yet_and_a_version_may_not(workspace: Workspace, ben: User) -> None:
    flow = make_flow(workspace)
    recipe = {"source": flow.draft["source"], "steps": [CHEAP, {"kind": "rename", "parameters": {}}]}
    saved = services.save_draft(actor=ben, flow=flow, recipe=recipe, stamp=0)
    with pytest.raises(Invalid, match="Step 2") as caught:
        services.save_version(actor=ben, flow=saved)
    assert set(caught.value.fields) == {"steps[1].names"}
    assert queries.versions_of(flow).count() == 1


def test_a_version_is_counted_kept_and_led_to_by_its_data(workspace: Workspace, ben: User) -> None:
    data = make_data(workspace, "cars")
    flow = services.create_flow(actor=ben, workspace=workspace, name="clean", source="azureml:cars:1", steps=[CHEAP])
    first = services.save_version(actor=ben, flow=flow, note="the cheap ones")
    assert (first.number, first.recipe, first.source) == (
        1, {"source": "azureml:cars:1", "steps": [CHEAP]}, data,
    )  # fmt: skip
    steps = lineage.down(workspace, Thing("data_version", str(data.pk)))
    assert [step.thing for step in steps] == [Thing("dataflow_version", str(first.pk))]
    with pytest.raises(Conflict, match="Version 1 of the dataflow clean reads cars:1"):
        assets.delete_version(actor=ben, version=data)


def test_a_version_comes_back_as_the_draft(workspace: Workspace, ben: User) -> None:
    flow = make_flow(workspace)
    services.save_draft(actor=ben, flow=flow, recipe={"source": flow.draft["source"], "steps": []}, stamp=0)
    version = queries.version_at(flow, "1")
    with pytest.raises(services.DraftChanged):
        services.restore_version(actor=ben, version=version, stamp=0)
    flow = services.restore_version(actor=ben, version=version, stamp=1)
    assert (flow.draft, flow.draft_stamp) == (version.recipe, 2)
    with pytest.raises(NotFound, match="no version '7'"):
        queries.version_at(flow, "7")


def test_a_flow_in_use_is_not_deleted(workspace: Workspace, ben: User, monkeypatch: pytest.MonkeyPatch) -> None:
    flow = make_flow(workspace)
    monkeypatch.setattr(uses, "_asked", [lambda flow: [f"A run carries out {flow.name}."]])
    with pytest.raises(Conflict, match="A run carries out clean"):
        services.delete_flow(actor=ben, flow=flow)
    monkeypatch.setattr(uses, "_asked", [])
    services.delete_flow(actor=ben, flow=flow)
    assert not Dataflow.objects.exists()


def test_a_flow_is_renamed_put_away_and_found(workspace: Workspace, ben: User) -> None:
    flow, _ = make_flow(workspace, "clean"), make_flow(workspace, "tidy")
    with pytest.raises(Conflict, match="dataflow tidy already"):
        services.edit_flow(actor=ben, flow=queries.current(flow), name="tidy")
    services.edit_flow(actor=ben, flow=flow, name="spotless", description="All of it")
    assert [row.name for row in queries.flows_in(workspace, words="all")] == ["spotless"]
    services.edit_flow(actor=ben, flow=flow, is_archived=True)
    assert [row.name for row in queries.flows_in(workspace)] == ["tidy"]
    assert [row.name for row in queries.flows_in(workspace, is_archived=True)] == ["spotless"]

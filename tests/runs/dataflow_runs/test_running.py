"""Dataflows over all of their data: the result is a version, and leads back."""

import datetime

import polars
import pytest

from registry.data.assets import files, queries
from registry.data.dataflows import services as dataflows
from runs.dataflow_runs import services
from runs.tracking.models import Run
from studio.errors import Conflict
from studio.lineage import queries as lineage
from studio.lineage.things import Thing
from tests.compute.conftest import Bench
from tests.factories import make_target
from tests.factories.data import make_data
from tests.factories.dataflows import make_flow
from tests.people import ApiClient, People

CARS = b"make;price;sold;plate\nvolvo;100;2024-01-05;007\nsaab;;2024-02-06;008\nfiat;300;;009\n"
MAKERS = b'{"name": "volvo", "country": "SE"}\n{"name": "fiat", "country": "IT"}\n'
SCHEMA = [
    {"name": "make", "type": "string", "included": True}, {"name": "price", "type": "float", "included": True},
    {"name": "sold", "type": "date", "included": True}, {"name": "plate", "type": "string", "included": True},
]  # fmt: skip


def test_a_flow_runs_over_everything_as_its_preview_showed(bench: Bench) -> None:
    workspace = bench.workspace
    cars = make_data(workspace, "cars", {"cars.csv": CARS}, reading={"delimiter": ";"}, schema=SCHEMA)
    make_data(workspace, "makers", {"makers.jsonl": MAKERS})
    steps = [
        {"kind": "filter", "parameters": {"expression": "price > 50"}},
        {"kind": "join", "parameters": {"other": "azureml:makers:1", "on": [{"left": "make", "right": "name"}]}},
    ]
    flow = dataflows.create_flow(
        actor=bench.actor, workspace=workspace, name="clean", source=cars.reference, steps=steps
    )
    version = dataflows.save_version(actor=bench.actor, flow=flow)
    run = services.run_flow(actor=bench.actor, workspace=workspace, version=version, output="clean-cars")
    with pytest.raises(Conflict, match="is carrying it out"):
        dataflows.delete_flow(actor=bench.actor, flow=flow)
    bench.step()
    assert run.job is not None
    job = bench.wait(run.job, seconds=60)
    run = Run.objects.get(pk=run.pk)
    assert run.state == "completed", bench.log(job)
    made = queries.resolve(workspace, "clean-cars")
    (file,) = files.listing(made)
    table = polars.read_parquet(b"".join(files.read(made, file.path)))
    assert table.to_dicts() == [
        {"make": "volvo", "price": 100.0, "sold": datetime.date(2024, 1, 5), "plate": "007", "country": "SE"},
        {"make": "fiat", "price": 300.0, "sold": None, "plate": "009", "country": "IT"},
    ]  # fmt: skip
    down = lineage.down(workspace, Thing("dataflow_version", str(version.pk)))
    assert [step.thing for step in down] == [Thing("run", run.pk)]


def test_the_draft_that_runs_is_kept_as_a_version(people: People) -> None:
    make_target(None, name="local", slots=2)
    data = make_data(people.workspace, "cars")
    make_flow(people.workspace, "clean", data=data)
    api = ApiClient(people.ben, base=f"/api/v1/workspaces/{people.workspace.slug}/dataflows/clean")
    first = api.request("post", "/run", {"output": "done", "stamp": 0})
    assert (first.status_code, first.json()["version"]) == (201, 1), first.content
    draft = {"source": data.reference, "steps": [{"kind": "take", "parameters": {"count": 1}}], "stamp": 0}
    api.request("put", "/draft", draft)
    assert api.request("post", "/run", {"output": "done", "stamp": 0}).status_code == 409
    second = api.request("post", "/run", {"output": "done", "stamp": 1}).json()
    assert second["version"] == 2
    run = Run.objects.get(pk=second["run_id"])
    assert run.experiment.path == "dataflows"
    assert api.request("post", "/run", {"output": "../x"}).status_code == 400
    assert api.request("post", "/run", {"output": "cars"}).status_code == 400  # another type
    rita = ApiClient(people.rita, base=api.base)
    assert rita.request("post", "/run", {"output": "done"}).status_code == 403

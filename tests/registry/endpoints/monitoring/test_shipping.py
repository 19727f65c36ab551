"""From the gateway's files to the datastore: once, in Azure's shape, and nobody waits for anybody else's datastore."""

import json
import os
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from registry.data.assets.models import DataVersion
from registry.data.datastores import opening
from registry.data.datastores import services as datastores
from registry.endpoints.models import Deployment
from registry.endpoints.monitoring import queries, retention, shipping
from registry.endpoints.monitoring import services as monitoring
from registry.endpoints.monitoring.models import CollectedFile
from studio.access.models import Workspace
from tests.factories.endpoints import make_deployment, make_endpoint
from tests.factories.workspaces import make_workspace
from tests.registry.endpoints.monitoring.conftest import COLLECTOR, Spool, asked, cars

pytestmark = pytest.mark.django_db


def stored(workspace: Workspace) -> dict[str, list[dict[str, Any]]]:
    """The records below `collected`, by path."""
    store = opening.file_store(datastores.ensure_default(workspace))
    found = {}
    for entry in store.walk(""):
        with store.read(entry.path) as pieces:
            found[entry.path] = [json.loads(line) for line in b"".join(pieces).splitlines()]
    return found


def test_inputs_and_outputs_become_records_that_belong_together(blue: Deployment, spool: Spool) -> None:
    workspace = blue.endpoint.workspace
    file = spool.write(blue, [({"data": [{"age": 3, "city": "Oslo"}]}, [1.5])], missed=2)
    assert shipping.ship() == 1
    assert not file.exists()
    hour = (datetime.now(UTC) - timedelta(seconds=60)).strftime("%Y/%m/%d/%H")
    found = stored(workspace)
    inputs, outputs = (f"collected/prices/blue/{name}/{hour}/{file.name}" for name in ("model_inputs", "model_outputs"))
    assert set(found) == {inputs, outputs}
    ((asked_, answered),) = zip(found[inputs], found[outputs], strict=True)
    assert asked_["data"] == [{"age": 3, "city": "Oslo"}]
    assert answered["data"] == [{"prediction": 1.5}]
    assert asked_["correlationid"] == answered["correlationid"]
    assert asked_["id"] != answered["id"]
    assert (asked_["specversion"], asked_["type"]) == ("1.0", "azureml.inference.inputs")
    assert (asked_["xrequestid"], asked_["time"][-1]) == ("trace-1", "Z")
    (figures, _) = queries.collected(blue)
    assert (figures.collection, figures.records, figures.rows, figures.missed) == ("model_inputs", 1, 1, 2)
    assert figures.folder == "azureml://datastores/default/paths/collected/prices/blue/model_inputs/"


def test_what_is_shipped_again_replaces_itself(blue: Deployment, spool: Spool) -> None:
    file = spool.write(blue, asked(cars(3)))
    raw = file.read_bytes()
    shipping.ship()
    before = stored(blue.endpoint.workspace)
    file.write_bytes(raw)  # the worker died before it removed the file
    shipping.ship()
    assert stored(blue.endpoint.workspace) == before
    assert CollectedFile.objects.count() == 2


def test_half_a_line_of_a_killed_gateway_and_what_is_no_line_are_left_out(blue: Deployment, spool: Spool) -> None:
    file = spool.write(blue, asked(cars(2)))
    lines = file.read_bytes().splitlines(keepends=True)
    odd = b'[]\n{}\n{"deployment": true, "at": 1}\nnull\n{"deployment": 1, "at": 1e99}\n' + b"[" * 5000 + b"\n"
    part = file.with_suffix(".part")
    part.write_bytes(lines[0] + odd + lines[1][:40])
    file.unlink()
    assert shipping.ship() == 0  # it may still be written to
    os.utime(part, (time.time() - 600,) * 2)
    assert shipping.ship() == 1
    assert not list(spool.folder.iterdir())


def test_a_datastore_that_is_away_keeps_its_own_samples_waiting_alone(blue: Deployment, spool: Spool) -> None:
    other = make_deployment(make_endpoint(make_workspace("other"), "prices"))
    monitoring.set_collector(actor=None, deployment=other, given=COLLECTOR)
    away = datastores.ensure_default(blue.endpoint.workspace)
    type(away).objects.filter(pk=away.pk).update(is_read_only=True)
    file = spool.write(blue, asked(cars(2)))
    with file.open("a") as more:
        more.write(json.dumps(spool.line(other, [1], [2], at=time.time())) + "\n")
        more.write(json.dumps(spool.line(blue, [1], [2], at=time.time() - 2 * 86_400)) + "\n")  # has waited too long
    assert shipping.ship() == 2
    assert set(CollectedFile.objects.values_list("deployment", flat=True)) == {other.pk}
    type(away).objects.filter(pk=away.pk).update(is_read_only=False)
    assert shipping.ship() == 2
    assert queries.rows_between(blue, "model_inputs", timezone.now() - timedelta(hours=1), timezone.now()) == 2
    assert not list(spool.folder.iterdir())


def test_only_what_is_on_and_what_is_a_table_is_kept(blue: Deployment, spool: Spool) -> None:
    given = {"rolling_rate": "day", "collections": {"model_inputs": {}, "model_inputs_outputs": {}, "request": {}}}
    monitoring.set_collector(actor=None, deployment=blue, given={**given, "sampling_rate": 1})
    spool.write(blue, [("no JSON", "x"), ([[1, 2]], [3]), (None, None)])
    shipping.ship()
    found = {
        path.split("/")[3]: (path.count("/"), [one["data"] for one in each])
        for path, each in stored(blue.endpoint.workspace).items()
    }
    assert found == {
        "model_inputs": (7, [[{"input_0": 1, "input_1": 2}]]),
        "model_inputs_outputs": (7, [[{"input_0": 1, "input_1": 2, "prediction": 3}]]),
        "request": (7, ["no JSON", "[[1, 2]]"]),
    }


def test_a_day_that_is_over_is_a_version_of_a_data_asset_and_goes_in_time(
    blue: Deployment, spool: Spool, settings: Any
) -> None:
    spool.write(blue, asked(cars(5)), age=86_400)
    shipping.ship()
    assert retention.register_days() == 1
    assert retention.register_days() == 0
    version = DataVersion.objects.select_related("asset").get()
    yesterday = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y%m%d")
    assert (version.asset.name, version.version) == ("prices-blue-inputs", yesterday)
    assert retention.drop_old() == 0
    settings.COLLECTED_DAYS = 0
    assert retention.drop_old() == 2
    assert not DataVersion.objects.exists()
    assert not CollectedFile.objects.exists()
    assert stored(blue.endpoint.workspace) == {}

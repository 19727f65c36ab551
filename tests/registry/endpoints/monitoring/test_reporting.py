"""Reports: what moved is found, what chance does is not, and why none can be made is said."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from registry.data.assets.models import DataVersion
from registry.endpoints.models import Deployment, DeploymentEvent
from registry.endpoints.monitoring import reporting, services, shipping
from registry.endpoints.monitoring.models import DriftReport
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity.models import Activity, Event
from studio.errors import Conflict, Invalid, NotFound
from studio.notifications.models import Notification
from studio.webhooks.models import WebhookDelivery
from studio.webhooks.services import create_webhook
from tests.factories.data import make_data
from tests.registry.endpoints.monitoring.conftest import Spool, asked, cars

pytestmark = pytest.mark.django_db
REFERENCE = "azureml:cars:1"


@pytest.fixture
def trained(workspace: Workspace) -> DataVersion:
    text = io.StringIO()
    writer = csv.DictWriter(text, ["age", "city", "price"])
    writer.writeheader()
    writer.writerows(cars(1500, seed=7))
    return make_data(workspace, "cars", {"cars.csv": text.getvalue().encode()})


def reported(deployment: Deployment, **facts: Any) -> DriftReport:
    report = services.request_report(actor=None, deployment=deployment, **facts)
    reporting.make(report.pk)
    report.refresh_from_db()
    return report


def test_samples_like_the_training_data_show_no_drift(blue: Deployment, spool: Spool, trained: DataVersion) -> None:
    spool.write(blue, asked(cars(200, seed=3)))
    shipping.ship()
    found = reported(blue, reference=REFERENCE)
    assert (found.state, found.drifted, found.row_count, found.reference_rows) == ("ready", False, 200, 1500)
    assert found.summary == "No drift in 3 columns."
    assert {(one["name"], one["role"], one["against"]) for one in found.columns} == {
        ("age", "input", "age"), ("city", "input", "city"), ("prediction", "output", "price"),
    }  # fmt: skip
    assert not Event.objects.filter(verb="deployment.drifted").exists()


def test_a_moved_column_and_a_new_value_are_found_and_told(
    blue: Deployment, spool: Spool, trained: DataVersion, ben: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_webhook(
        actor=ben, workspace=blue.endpoint.workspace, name="hook", url="https://hooks.example/x",
        events=["deployment.drifted"],
    )  # fmt: skip
    spool.write(blue, asked(cars(200, seed=3, years=6, cities=("Oslo", "Rome", "Bonn"))))
    shipping.ship()
    found = reported(blue, reference=REFERENCE)
    by = {one["name"]: one for one in found.columns}
    assert found.drifted is True
    assert by["age"]["is_drifted"]
    assert by["age"]["psi"] > by["age"]["chance"]
    assert "rose" in by["age"]["sentence"]
    assert "Bonn" in by["city"]["sentence"]
    assert by["prediction"]["is_drifted"]
    assert len(by["age"]["bins"]) == len(by["age"]["before"]) == len(by["age"]["now"]) > 1
    assert found.summary.startswith("3 of 3 columns drifted: ")
    assert Event.objects.get(verb="deployment.drifted").detail == found.summary
    assert DeploymentEvent.objects.filter(kind="DriftFound").count() == 1
    assert Notification.objects.get(user=ben).level == "warning"
    assert WebhookDelivery.objects.get().event == "deployment.drifted"
    assert Activity.objects.get(kind="drift").state == "succeeded"
    reporting.make(found.pk)  # a task that runs twice tells nothing twice
    assert DeploymentEvent.objects.filter(kind="DriftFound").count() == 1


def test_few_rows_that_differ_by_chance_are_no_drift(blue: Deployment, spool: Spool, trained: DataVersion) -> None:
    spool.write(blue, asked(cars(40, seed=5)))
    shipping.ship()
    found = reported(blue, reference=REFERENCE)
    assert found.drifted is False
    assert all(one["chance"] is None or one["chance"] > 0.05 for one in found.columns)


def test_missing_values_and_columns_of_one_side_are_said(blue: Deployment, spool: Spool, trained: DataVersion) -> None:
    rows = [({"data": [{"age": None if n % 2 else 5, "colour": "red"}]}, {"odd": {}}) for n in range(60)]
    spool.write(blue, rows)
    shipping.ship()
    found = reported(blue, reference=REFERENCE)
    (age,) = found.columns
    assert age["missing"] == [0.0, 0.5]
    assert age["is_drifted"]
    assert found.summary.endswith("Not compared, being in one of the two alone: colour, city, price.")


def test_why_there_can_be_no_report_is_said_before_anything_is_written(
    blue: Deployment, spool: Spool, trained: DataVersion
) -> None:
    def refused(kind: type[Exception], code: str, **facts: Any) -> None:
        with pytest.raises(kind) as caught:
            services.request_report(actor=None, deployment=blue, **facts)
        assert caught.value.code == code  # type: ignore[attr-defined]

    refused(Conflict, "reference_unknown")
    refused(Conflict, "too_few_samples", reference=REFERENCE)
    refused(NotFound, "not_found", reference="azureml:nothing:1")
    refused(Invalid, "bad_endpoint_value", reference="https://elsewhere.example/x.csv")
    now = timezone.now()
    refused(Invalid, "bad_endpoint_value", reference=REFERENCE, since=now, until=now)
    refused(Invalid, "bad_endpoint_value", reference=REFERENCE, since=now - timedelta(days=400))
    assert not DriftReport.objects.exists()


def test_a_report_that_finds_nothing_to_compare_fails_with_a_sentence(
    blue: Deployment, spool: Spool, workspace: Workspace
) -> None:
    make_data(workspace, "pets", {"pets.csv": b"kind,legs\ncat,4\nbird,2\n"})
    spool.write(blue, asked(cars(40)))
    shipping.ship()
    found = reported(blue, reference="azureml:pets")
    assert (found.state, found.reference) == ("failed", "azureml:pets:1")
    assert found.problem.startswith("azureml:pets:1 has none of the columns that blue is asked with: age, city.")
    assert Activity.objects.get(kind="drift").state == "failed"


def test_the_clock_asks_once_a_day_where_it_shall(blue: Deployment, spool: Spool, trained: DataVersion) -> None:
    spool.write(blue, asked(cars(40)))
    shipping.ship()
    assert services.request_daily() == 0
    given = {**blue.collector, "drift": {"daily": True, "reference": REFERENCE}}
    services.set_collector(actor=None, deployment=blue, given=given)
    assert services.request_daily() == 1
    assert services.request_daily() == 0
    report = DriftReport.objects.get()
    assert (report.is_scheduled, report.created_by) == (True, None)
    DriftReport.objects.update(created_at=timezone.now() - timedelta(days=1))
    assert services.request_daily() == 1

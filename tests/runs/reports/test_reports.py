"""Reports over pages and REST: drafts, versions, live parts, PDF."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from runs.reports.models import Report
from runs.tracking.metrics import columns
from runs.tracking.metrics import services as metrics
from runs.tracking.models import Param, Run
from studio.accounts.models import User
from studio.activity.models import Event
from tests.factories import make_experiment, make_run
from tests.people import ApiClient, People

BASE = "/api/v1/workspaces/vision/"
BODY = """# Results

```chart
metrics: [loss]
experiment: vision/digits
smoothing: 0.5
```

```runs
experiment: vision/digits
columns: [state, params.lr, metrics.loss.min, tags.none]
```
"""


@pytest.fixture
def client(api: Callable[..., ApiClient], ben: User, people: People) -> ApiClient:
    return api(ben, base=BASE)


@pytest.fixture
def run(people: People, ben: User) -> Run:
    made = make_run(
        people.workspace,
        experiment=make_experiment(people.workspace, "vision/digits"),
        name="brisk-otter",
        created_by=ben,
    )
    Param.objects.create(run=made, key="lr", value="0.1")
    points = [
        {"key": "loss", "step": step, "time_ms": 1_700_000_000_000 + step, "value": 1 / (step + 1)}
        for step in range(50)
    ]
    metrics.ingest(actor=ben, run=made, writer="test", seq=0, columns=columns.from_points(points))
    return made


def write(client: ApiClient, **changes: Any) -> dict[str, Any]:
    response = client.post("reports", {"title": "What we found", "body": BODY, **changes})
    assert response.status_code == 201, response.content
    return dict(response.json())


def signed_in(person: User) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


def test_a_draft_is_seen_by_writers_alone_until_it_is_published(
    client: ApiClient, api: Callable[..., ApiClient], people: People
) -> None:
    report = write(client)
    reader = api(people.rita, base=BASE)
    assert reader.get("reports").json()["results"] == []
    assert reader.get(f"reports/{report['id']}").status_code == 404
    assert signed_in(people.rita).get(f"/w/vision/reports/{report['id']}/").status_code == 404
    assert client.patch(f"reports/{report['id']}", {"publish": True}).json()["state"] == "published"
    assert reader.get(f"reports/{report['id']}").json()["body"] == BODY
    assert signed_in(people.rita).get(f"/w/vision/reports/{report['id']}/").status_code == 200
    assert reader.patch(f"reports/{report['id']}", {"title": "mine"}).status_code == 403
    assert [event.verb for event in Event.objects.order_by("id")] == ["report.created", "report.published"]


def test_a_page_shows_its_charts_tables_and_errors(client: ApiClient, people: People, run: Run) -> None:
    report = write(client, body=BODY + "\n```run\nnothinghere2\n```\n")
    page = signed_in(people.ben).get(f"/w/vision/reports/{report['id']}/").content.decode()
    assert "<report-chart" in page
    assert "brisk-otter" in page
    assert "0.02" in page  # the least loss
    assert "This run is gone" in page


def test_a_runs_card_names_metrics_with_a_goal_first_and_not_the_machines(
    client: ApiClient, people: People, ben: User, run: Run
) -> None:
    names = ["system/gpu_0_utilization_percentage", *(f"grad/layer{number:02}" for number in range(15))]
    points = [{"key": key, "step": 1, "time_ms": 1_700_000_000_000, "value": 1.5} for key in names]
    metrics.ingest(actor=ben, run=run, writer="test", seq=1, columns=columns.from_points(points))
    report = write(client, body=f"```run\n{run.pk}\n```\n")
    page = signed_in(people.ben).get(f"/w/vision/reports/{report['id']}/").content.decode()
    assert "system/gpu" not in page
    assert page.index(">loss</dt>") < page.index(">grad/layer00</dt>")
    assert ">grad/layer11</dt>" not in page


def test_the_curves_of_a_chart_are_asked_for_by_its_place(client: ApiClient, people: People, run: Run) -> None:
    report = write(client)
    browser = signed_in(people.ben)
    chart = browser.get(f"/w/vision/reports/{report['id']}/charts/1/").json()
    (line,) = chart["lines"]
    assert (line["name"], line["metric"], line["x"][:3], line["y"][:2]) == (
        "brisk-otter",
        "loss",
        [0, 1, 2],
        [1.0, 0.5],
    )
    assert chart["words"].startswith("loss: 1 runs, 1 curves")
    assert browser.get(f"/w/vision/reports/{report['id']}/charts/0/").status_code == 404
    assert browser.get(f"/w/vision/reports/{report['id']}/charts/99/").status_code == 404


def test_who_saves_over_somebody_is_told_and_loses_nothing(client: ApiClient, people: People) -> None:
    report = write(client)
    address = f"reports/{report['id']}"
    assert client.patch(address, {"body": "mine", "version": 1}).json()["version"] == 2
    refused = client.patch(address, {"body": "yours", "version": 1})
    assert (refused.status_code, refused.json()["code"]) == (409, "report_changed")
    assert Report.objects.get().body == "mine"
    form = {"title": "What we found", "body": "typed for an hour", "version": 1}
    page = signed_in(people.ben).post(f"/w/vision/reports/{report['id']}/edit/", form)
    assert page.status_code == 422
    assert "typed for an hour" in page.content.decode()
    assert [one.body for one in Report.objects.get().revisions.all()] == [BODY]
    old = signed_in(people.ben).get(f"/w/vision/reports/{report['id']}/versions/1/")
    assert "Version 1" in old.content.decode()


def test_earlier_versions_are_read_by_who_writes(
    client: ApiClient, api: Callable[..., ApiClient], people: People
) -> None:
    report = write(client, publish=True)
    path = f"reports/{report['id']}"
    assert client.get(f"{path}/versions").json()["results"] == []
    for body in ("second", "third"):
        client.patch(path, {"body": body})
    found = client.get(f"{path}/versions", {"limit": 1}).json()
    assert [row["version"] for row in found["results"]] == [2]
    assert "body" not in found["results"][0]
    older = client.get(f"{path}/versions?{found['next'].split('?')[1]}").json()["results"]
    assert [row["version"] for row in older] == [1]
    assert client.get(f"{path}/versions/1").json()["body"] == report["body"]
    assert client.get(f"{path}/versions/2").json()["body"] == "second"
    for unknown in (3, 0, 10**30):
        assert client.get(f"{path}/versions/{unknown}").status_code == 404
    assert api(people.rita, base=BASE).get(f"{path}/versions/1").status_code == 403


def test_a_report_becomes_a_pdf(client: ApiClient, run: Run, people: People) -> None:
    report = write(
        client, body=BODY + "\n![x](http://169.254.169.254/)\n\n- a\n- `b`\n\n| a | b |\n|---|---|\n| 1 | ü – 漢 |\n"
    )
    answer = client.get(f"reports/{report['id']}/pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert len(answer.content) > 20_000
    assert 'filename="what-we-found.pdf"' in answer["Content-Disposition"]


def test_runs_of_another_workspace_are_not_shown(client: ApiClient, people: People) -> None:
    other = make_run(people.elsewhere, name="secret-run")
    report = write(client, body=f"```run\n{other.pk}\n```\n\n```runs\nruns: [{other.pk}]\n```\n")
    page = signed_in(people.ben).get(f"/w/vision/reports/{report['id']}/").content.decode()
    assert "secret-run" not in page


def test_the_pages_write_preview_publish_and_delete(people: People, run: Run) -> None:
    browser = signed_in(people.ben)
    assert browser.get("/w/vision/reports/new/").status_code == 200
    made = browser.post("/w/vision/reports/new/", {"title": "Mine", "body": "text"})
    assert made.status_code == 302
    address = made["Location"]
    preview = browser.post("/w/vision/reports/preview/", {"body": BODY}).content.decode()
    assert "brisk-otter" in preview
    assert browser.post(f"{address}publish/", {"publish": "1"}).status_code == 302
    assert Report.objects.get().is_published
    assert "Mine" in browser.get("/w/vision/reports/").content.decode()
    assert browser.post(f"{address}delete/").status_code == 302
    assert not Report.objects.exists()
    assert browser.post("/w/vision/reports/new/", {"title": "", "body": "text"}).status_code == 422

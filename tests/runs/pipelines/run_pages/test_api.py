"""What went through a wire, over REST."""

import pytest

from runs.pipelines.models import PipelineRun
from tests.factories.pipeline_runs import make_gathered, make_pipeline_run
from tests.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(people: People) -> PipelineRun:
    return make_pipeline_run(people.workspace, actor=people.ben)


@pytest.fixture
def outputs(made: PipelineRun) -> str:
    return f"/api/v1/workspaces/{made.run.workspace.slug}/pipeline-runs/{made.pk}/steps"


def test_an_output_says_what_it_is(client, people: People, outputs: str) -> None:
    client.force_login(people.rita)
    table = client.get(f"{outputs}/clean/outputs/cleaned").json()
    assert (table["kind"], table["hash"]) == ("table", "c1")
    assert client.get(f"{outputs}/score/outputs/count").json()["value"] == 3
    evaluation = client.get(f"{outputs}/train/outputs/evaluation").json()
    assert (evaluation["kind"], evaluation["view"]["task"]) == ("evaluation", "regression")
    missing = client.get(f"{outputs}/clean/outputs/other")
    assert missing.status_code == 404
    assert "it has cleaned" in missing.json()["detail"]


def test_a_table_that_went_through_is_asked_like_a_data_assets(client, people: People, outputs: str) -> None:
    client.force_login(people.rita)
    where = f"{outputs}/clean/outputs/cleaned"
    rows = client.get(f"{where}/rows?where=price>100").json()
    assert rows["rows"] == [["saab", 200]]
    sketch = client.get(f"{where}/sketch").json()
    assert [(column["name"], column["missing"]) for column in sketch["columns"]] == [("make", 0), ("price", 1)]
    asked = client.post(f"{where}/sql", {"sql": "SELECT max(price) AS top FROM data"}, content_type="application/json")
    assert asked.json()["rows"] == [[200]]
    none = client.get(f"{outputs}/score/outputs/count/rows")
    assert none.status_code == 404
    assert "is a value, not files" in none.json()["detail"]


def test_what_a_loop_gathered_is_one_table_of_the_rows_of_all_rounds(
    client, people: People, made: PipelineRun, outputs: str
) -> None:
    client.force_login(people.rita)
    make_gathered(made)
    found = client.get(f"{outputs}/each/outputs/made").json()
    assert (found["kind"], found["problem"]) == ("table", "")
    assert [(one["name"], one["step"]) for one in found["rounds"]] == [
        ("summer", "each[0].body"),
        ("winter", "each[1].body"),
    ]
    rows = client.get(f"{outputs}/each/outputs/made/rows").json()
    assert sorted(rows["rows"]) == [["summer", 0], ["winter", 1]]


def test_what_is_no_table_is_listed_round_by_round(client, people: People, made: PipelineRun, outputs: str) -> None:
    client.force_login(people.rita)
    make_gathered(made, tables=False)
    assert client.get(f"{outputs}/each/outputs/made").json()["kind"] == "rounds"
    address = f"/w/{people.workspace.slug}/runs/{made.pk}/steps/each/outputs/made/"
    for page in (address, f"{address}?part=body"):
        shown = client.get(page).content.decode()
        assert "summer" in shown and "each%5B1%5D.body/outputs/made/" in shown and "MLTable" not in shown


def test_two_runs_are_compared(client, people: People, made: PipelineRun) -> None:
    client.force_login(people.rita)
    other = make_pipeline_run(people.workspace, actor=people.ben)
    address = f"/api/v1/workspaces/{people.workspace.slug}/pipeline-runs/{made.pk}/compare"
    found = client.get(f"{address}?with={other.pk}").json()
    assert [step["change"] for step in found["steps"]] == ["same", "same", "same"]
    assert client.get(address).status_code == 400

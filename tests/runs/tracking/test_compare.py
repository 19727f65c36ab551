"""Runs side by side."""

from collections.abc import Callable

from runs.tracking.metrics import services as metrics
from runs.tracking.metrics.columns import from_points
from runs.tracking.models import Run
from runs.tracking.queries.compare import compare
from runs.tracking.services import records
from studio.accounts.models import User
from tests.factories import make_run
from tests.people import ApiClient, People


def two(people: People) -> tuple[Run, Run]:
    one, other = (make_run(people.workspace, state="running", name=name) for name in ("one", "other"))
    _fill(one, people.ben, lr="0.10", model="a", loss=0.5)
    _fill(other, people.ben, lr="0.1", model="b", loss=0.25)
    records.log_params(actor=people.ben, run=other, params={"only": 1})
    return one, other


def _fill(run: Run, actor: User, *, lr: str, model: str, loss: float) -> None:
    records.log_params(actor=actor, run=run, params={"lr": lr, "model": model})
    records.set_tags(actor=actor, run=run, tags={"team": "blue"})
    points = from_points([{"key": "loss", "step": 0, "time_ms": 0, "value": loss}])
    metrics.ingest(actor=actor, run=run, writer="w", seq=0, columns=points)


def test_rows_say_whether_the_runs_differ_and_numbers_are_numbers(people: People) -> None:
    found = compare(two(people))
    assert {row.key: row.differs for row in found.params} == {"lr": False, "model": True, "only": True}
    assert {row.key: row.values for row in found.params}["only"] == [None, "1"]
    assert [row.differs for row in found.metrics] == [True]
    assert [row.differs for row in found.tags] == [False]


def test_over_rest(api: Callable[..., ApiClient], people: People) -> None:
    one, other = two(people)
    client = api(people.rita, base="/api/v1/workspaces/vision/")
    body = client.get(f"runs/compare?ids={other.pk},{one.pk}").json()
    assert [run["name"] for run in body["runs"]] == ["other", "one"]
    assert [value["last"] for value in body["metrics"][0]["values"]] == [0.25, 0.5]
    assert client.get("runs/compare?ids=").status_code == 400
    assert client.get("runs/compare?ids=" + ",".join([one.pk[:-1] + letter for letter in "abc"])).status_code == 404
    assert client.get("runs/compare?ids=../x").status_code == 400

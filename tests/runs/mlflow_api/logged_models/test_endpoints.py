"""MLflow's logged models: their life, their search, and what runs made and read."""

from collections.abc import Callable
from typing import Any

import pytest

from runs.logged_models import services
from runs.logged_models.models import LoggedModel, RunModel
from runs.logged_models.services import MetricRow
from runs.tracking.models import Run
from studio.accounts.models import User
from tests.factories import make_experiment, make_run
from tests.people import ApiClient, People

BASE = "/mlflow/vision/api/2.0/mlflow/"


@pytest.fixture
def run(people: People) -> Run:
    return make_run(people.workspace, state="running")


@pytest.fixture
def client(api: Callable[..., ApiClient], ben: User) -> ApiClient:
    return api(ben, base=BASE)


def create(client: ApiClient, run: Run, **more: Any) -> dict[str, Any]:
    body = {"experiment_id": str(run.experiment_id), "source_run_id": run.pk, **more}
    answer = client.post("logged-models", body)
    assert answer.status_code == 200, answer.content
    return answer.json()["model"]  # type: ignore[no-any-return]


def search(client: ApiClient, run: Run, **more: Any) -> list[str]:
    answer = client.post("logged-models/search", {"experiment_ids": [str(run.experiment_id)], **more})
    assert answer.status_code == 200, answer.content
    return [model["info"]["name"] for model in answer.json()["models"]]


def measure(run: Run, model: str, value: float | None, *, at: int = 1, **more: Any) -> None:
    services.log_metrics(actor=None, run=run, rows=[MetricRow(model, "acc", value, at, **more)])


def test_a_model_is_made_finished_changed_and_deleted(client: ApiClient, run: Run) -> None:
    pairs = [{"key": "a", "value": "1"}]
    made = create(client, run, name="clf", model_type="agent", params=pairs, tags=pairs)
    info, model_id = made["info"], made["info"]["model_id"]
    assert (info["status"], info["model_type"], info["source_run_id"]) == ("LOGGED_MODEL_PENDING", "agent", run.pk)
    assert info["artifact_uri"] == f"mlflow-artifacts:/{run.experiment_id}/models/{model_id}/artifacts"
    assert (info["tags"], made["data"]["params"]) == (pairs, pairs)
    for status in ("LOGGED_MODEL_READY", 2, 3, "LOGGED_MODEL_READY"):
        assert client.patch(f"logged-models/{model_id}", {"model_id": model_id, "status": status}).status_code == 200
    client.post(f"logged-models/{model_id}/params", {"params": [{"key": "b", "value": "2"}]})
    client.patch(f"logged-models/{model_id}/tags", {"tags": [{"key": "a", "value": "9"}, {"key": "c", "value": ""}]})
    assert client.delete(f"logged-models/{model_id}/tags/c").status_code == 200
    assert client.delete(f"logged-models/{model_id}/tags/c").status_code == 404
    found = client.get(f"logged-models/{model_id}").json()["model"]
    assert found["info"]["status"] == "LOGGED_MODEL_READY"
    assert found["info"]["tags"] == [{"key": "a", "value": "9"}]
    assert [param["key"] for param in found["data"]["params"]] == ["a", "b"]
    assert client.delete(f"logged-models/{model_id}").json() == {}
    assert client.get(f"logged-models/{model_id}").status_code == 404
    assert client.get(f"logged-models/{model_id}", {"allow_deleted": "true"}).status_code == 200
    assert client.patch(f"logged-models/{model_id}", {"status": 2}).status_code == 404
    assert search(client, run) == []


@pytest.mark.parametrize("name", ["a/b", "a:b", "a.b", "a%b", "a'b", 'a"b', "x" * 501])
def test_a_name_that_cant_stand_in_an_address_is_refused(client: ApiClient, run: Run, name: str) -> None:
    answer = client.post("logged-models", {"experiment_id": str(run.experiment_id), "name": name})
    assert answer.status_code == 400
    assert answer.json()["error_code"] == "INVALID_PARAMETER_VALUE"
    assert not LoggedModel.objects.exists()


def test_a_model_without_a_name_gets_one_and_may_have_no_run(client: ApiClient, run: Run) -> None:
    made = client.post("logged-models", {"experiment_id": str(run.experiment_id)}).json()["model"]
    assert made["info"]["name"]
    assert "source_run_id" not in made["info"]


def test_what_is_not_there_is_said_so(client: ApiClient, run: Run) -> None:
    for model_id in ("m-" + "0" * 32, "nonsense", "../x"):
        assert client.get(f"logged-models/{model_id}").status_code == 404
    assert client.post("logged-models", {"experiment_id": "99999"}).status_code == 404
    body = {"experiment_id": str(run.experiment_id), "source_run_id": "222222222222"}
    assert client.post("logged-models", body).status_code == 404
    assert client.post("logged-models", {}).status_code == 400


def test_a_parameter_stays_as_it_was_logged(client: ApiClient, run: Run) -> None:
    model_id = create(client, run, params=[{"key": "a", "value": "1"}])["info"]["model_id"]
    address = f"logged-models/{model_id}/params"
    assert client.post(address, {"params": [{"key": "a", "value": "1"}]}).status_code == 200
    answer = client.post(address, {"params": [{"key": "b", "value": "1"}, {"key": "a", "value": "2"}]})
    assert answer.status_code == 400
    assert [param["key"] for param in client.get(f"logged-models/{model_id}").json()["model"]["data"]["params"]] == [
        "a"
    ]


def test_the_search_filters_and_orders(client: ApiClient, run: Run) -> None:
    ids = {}
    for name, rate in (("one", "0.1"), ("two", "0.2"), ("three", "0.3")):
        params, tags = [{"key": "rate", "value": rate}], [{"key": "kind", "value": name}]
        ids[name] = create(client, run, name=name, params=params, tags=tags)["info"]["model_id"]
    measure(run, ids["one"], 0.9, dataset_name="train", dataset_digest="d1")
    measure(run, ids["two"], 0.5, dataset_name="train", dataset_digest="d1")
    measure(run, ids["two"], 0.95, dataset_name="test", dataset_digest="d2", at=2)
    assert search(client, run) == ["three", "two", "one"]
    assert search(client, run, filter="name = 'two'") == ["two"]
    assert search(client, run, filter="params.rate = '0.1' AND tags.kind LIKE 'o%'") == ["one"]
    assert search(client, run, filter="metrics.acc > 0.92") == ["two"]
    assert search(client, run, filter="metrics.acc > 0.8", datasets=[{"dataset_name": "train"}]) == ["one"]
    assert search(client, run, datasets=[{"dataset_name": "test", "dataset_digest": "d2"}]) == ["two"]
    assert search(client, run, datasets=[{"dataset_name": "test", "dataset_digest": "d9"}]) == []
    assert search(client, run, filter="creation_timestamp > 0 AND model_id != 'x'") == ["three", "two", "one"]
    assert search(client, run, filter="metrics.acc > 0.92 OR name = 'three'") == ["three", "two"]
    by_name = [{"field_name": "name", "ascending": True}]
    assert search(client, run, order_by=by_name) == ["one", "three", "two"]
    by_metric: list[dict[str, Any]] = [{"field_name": "metrics.acc", "ascending": False}]
    assert search(client, run, order_by=by_metric) == ["two", "one", "three"]
    by_metric[0]["dataset_name"] = "train"
    assert search(client, run, order_by=by_metric) == ["one", "two", "three"]


def test_the_search_gives_pages(client: ApiClient, run: Run) -> None:
    for number in range(5):
        create(client, run, name=f"model-{number}")
    body = {"experiment_ids": [str(run.experiment_id)], "max_results": 2}
    names, token = [], None
    for _ in range(3):
        page = client.post("logged-models/search", {**body, "page_token": token} if token else body).json()
        names += [model["info"]["name"] for model in page["models"]]
        token = page.get("next_page_token")
    assert names == [f"model-{number}" for number in (4, 3, 2, 1, 0)]
    assert token is None
    for wrong in ("nonsense", "MTpmZg=="):
        assert client.post("logged-models/search", {**body, "page_token": wrong}).status_code == 400


ORDERS: dict[str, list[dict[str, Any]]] = {
    "no order": [],
    "a metric that some lack": [{"field_name": "metrics.acc", "ascending": False}],
    "the same upwards": [{"field_name": "metrics.acc"}],
    "a run that some lack": [{"field_name": "source_run_id"}, {"field_name": "name", "ascending": False}],
    "times": [{"field_name": "last_updated_timestamp"}, {"field_name": "creation_timestamp"}],
    "the id": [{"field_name": "model_id", "ascending": False}],
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())
@pytest.mark.parametrize("size", [1, 3])
def test_pages_in_any_order_are_the_whole_list_in_pieces(
    client: ApiClient, run: Run, order: list[dict[str, Any]], size: int
) -> None:
    values: list[float | None] = [0.5, None, 0.5, float("inf"), float("-inf"), float("nan"), 0.1 + 0.2, 2**53 + 2.0]
    for number, value in enumerate(values):
        more = {} if number % 3 else {"source_run_id": None}
        model_id = create(client, run, name=f"model-{number % 2}", **more)["info"]["model_id"]
        if value is not None:
            measure(run, model_id, value)
    body = {"experiment_ids": [str(run.experiment_id)], "order_by": order}
    whole = client.post("logged-models/search", body).json()
    found: list[str] = []
    page: dict[str, Any] = {}
    while not found or "next_page_token" in page:
        more = {"page_token": page["next_page_token"]} if page else {}
        page = client.post("logged-models/search", {**body, "max_results": size, **more}).json()
        found += [model["info"]["model_id"] for model in page["models"]]
    assert found == [model["info"]["model_id"] for model in whole["models"]]
    assert len(found) == len(values)


def test_a_model_that_comes_or_goes_shifts_no_page(client: ApiClient, run: Run) -> None:
    ids = [create(client, run, name=f"model-{number}")["info"]["model_id"] for number in range(4)]
    body = {"experiment_ids": [str(run.experiment_id)], "max_results": 2}
    first = client.post("logged-models/search", body).json()
    create(client, run, name="newer")
    client.delete(f"logged-models/{ids[3]}")
    second = client.post("logged-models/search", {**body, "page_token": first["next_page_token"]}).json()
    assert [model["info"]["name"] for model in second["models"]] == ["model-1", "model-0"]


def test_a_token_is_for_its_own_question(client: ApiClient, run: Run) -> None:
    for _ in range(3):
        create(client, run)
    body = {"experiment_ids": [str(run.experiment_id)], "max_results": 1}
    token = client.post("logged-models/search", body).json()["next_page_token"]
    other = {**body, "page_token": token, "order_by": [{"field_name": "name"}]}
    assert client.post("logged-models/search", other).status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"order_by": [{"field_name": "name"}] * 21},
        {"filter": "metrics.acc = 'text'"},
        {"filter": "nonsense ="},
        {"order_by": [{"field_name": "params.a"}]},
        {"order_by": [{"field_name": "nonsense"}]},
        {"datasets": [{"dataset_digest": "d"}]},
        {"max_results": 0},
        {"experiment_ids": []},
        {"experiment_ids": "1"},
    ],
)
def test_a_search_that_cant_be_read_is_refused(client: ApiClient, run: Run, wrong: dict[str, Any]) -> None:
    answer = client.post("logged-models/search", {"experiment_ids": [str(run.experiment_id)], **wrong})
    assert answer.status_code == 400
    assert answer.json()["error_code"] == "INVALID_PARAMETER_VALUE"


def test_A05_a_search_finds_nothing_of_another_workspace(client: ApiClient, people: People, run: Run) -> None:
    theirs = make_experiment(people.elsewhere)
    LoggedModel.objects.create(workspace=people.elsewhere, experiment=theirs, name="secret")
    answer = client.post("logged-models/search", {"experiment_ids": [str(theirs.pk)]})
    assert answer.json() == {"models": []}


def test_metrics_of_a_model_come_with_it_and_once(client: ApiClient, run: Run) -> None:
    model_id = create(client, run)["info"]["model_id"]
    for _ in range(2):
        measure(run, model_id, 0.5, step=3, dataset_name="train", dataset_digest="d1")
    measure(run, model_id, float("nan"), at=2)
    measure(run, model_id, float("inf"), at=3)
    measure(run, "m-" + "0" * 32, 1.0)
    found = client.get(f"logged-models/{model_id}").json()["model"]["data"]["metrics"]
    assert [metric["value"] for metric in found] == [0.5, "NaN", "Infinity"]
    assert found[0] == {
        "key": "acc", "value": 0.5, "timestamp": 1, "step": 3, "model_id": model_id, "run_id": run.pk,
        "dataset_name": "train", "dataset_digest": "d1",
    }  # fmt: skip


def test_a_run_makes_and_reads_models(client: ApiClient, run: Run) -> None:
    made, read = (create(client, run)["info"]["model_id"] for _ in range(2))
    for step in (1, 7):
        outputs = {"run_id": run.pk, "models": [{"model_id": made, "step": step}]}
        assert client.post("runs/outputs", outputs).json() == {}
    client.post("runs/log-inputs", {"run_id": run.pk, "models": [{"model_id": read}]})
    shown = client.get("runs/get", {"run_id": run.pk}).json()["run"]
    assert shown["outputs"]["model_outputs"] == [{"model_id": made, "step": 7}]
    assert shown["inputs"]["model_inputs"] == [{"model_id": read}]
    missing = {"run_id": run.pk, "models": [{"model_id": "m-" + "0" * 32, "step": 0}]}
    assert client.post("runs/outputs", missing).status_code == 404
    assert RunModel.objects.count() == 2


def test_a_model_of_another_servers_run_keeps_its_id(client: ApiClient, run: Run) -> None:
    info = create(client, run, source_run_id="123")["info"]
    assert info["source_run_id"] == "123"
    assert client.get(f"logged-models/{info['model_id']}").json()["model"]["info"]["source_run_id"] == "123"
    ours = client.post("logged-models", {"experiment_id": str(run.experiment_id), "source_run_id": run.pk[::-1]})
    assert ours.status_code == 404

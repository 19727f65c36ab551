"""The datasets of runs, and evaluation datasets, over MLflow's endpoints."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from runs.evaluation.models import EvaluationDataset
from runs.tracking.data_inputs import Dataset, RunDataset
from runs.tracking.models import Run
from studio.accounts.models import User
from tests.factories import make_experiment, make_run
from tests.people import ApiClient, People

V2 = "api/2.0/mlflow"
V3 = "api/3.0/mlflow/datasets"


@pytest.fixture
def run(people: People) -> Run:
    return make_run(people.workspace, state="running")


@pytest.fixture
def client(api: Callable[..., ApiClient], ben: User) -> ApiClient:
    return api(ben, base="/mlflow/vision/")


def log(client: ApiClient, run: Run, *datasets: dict[str, Any]) -> Any:
    return client.post(f"{V2}/runs/log-inputs", {"run_id": run.pk, "datasets": list(datasets)})


def described(name: str = "iris", digest: str = "d1", context: str = "training", **more: str) -> dict[str, Any]:
    dataset = {"name": name, "digest": digest, "source_type": "code", "source": "{}", **more}
    return {"dataset": dataset, "tags": [{"key": "mlflow.data.context", "value": context}]}


def test_a_dataset_is_one_in_its_experiment_and_the_first_source_stays(client: ApiClient, run: Run) -> None:
    other = make_run(run.workspace, experiment=run.experiment)
    assert log(client, run, described(source="first"), described(source="doubled")).json() == {}
    log(client, other, described(source="second", context="eval"))
    log(client, run, described(context="again"))
    assert Dataset.objects.get().source == "first"
    assert set(RunDataset.objects.values_list("run", "context")) == {(run.pk, "training"), (other.pk, "eval")}
    shown = client.get(f"{V2}/runs/get", {"run_id": run.pk}).json()["run"]["inputs"]["dataset_inputs"]
    assert shown == [
        {
            "dataset": {"name": "iris", "digest": "d1", "source_type": "code", "source": "first"},
            "tags": [{"key": "mlflow.data.context", "value": "training"}],
        }
    ]


@pytest.mark.parametrize("path", [f"{V2}/experiments/search-datasets", "api/2.0mlflow/experiments/search-datasets"])
def test_the_datasets_of_experiments_are_found_on_both_paths(client: ApiClient, run: Run, path: str) -> None:
    log(client, run, described(), described("wine", "d2", ""))
    answer = client.post(path, {"experiment_ids": [str(run.experiment_id), "99999"]})
    experiment_id = str(run.experiment_id)
    assert answer.json()["dataset_summaries"] == [
        {"experiment_id": experiment_id, "name": "iris", "digest": "d1", "context": "training"},
        {"experiment_id": experiment_id, "name": "wine", "digest": "d2"},
    ]
    assert client.post(path, {}).status_code == 400
    assert client.post(path, {"experiment_ids": ["1"] * 21}).status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"dataset": {"name": "", "digest": "d"}},
        {"dataset": {"name": "n"}},
        {"dataset": "text"},
        described(digest="x" * 37),
        described(name="x" * 501),
        described(context="x" * 501),
        described(name="a\0b"),
    ],
)
def test_a_dataset_that_cant_be_one_is_refused_and_nothing_is_kept(
    client: ApiClient, run: Run, wrong: dict[str, Any]
) -> None:
    assert log(client, run, described("fine"), wrong).status_code == 400
    assert not Dataset.objects.exists()


def create(client: ApiClient, **more: Any) -> dict[str, Any]:
    answer = client.post(f"{V3}/create", {"name": "questions", **more})
    assert answer.status_code == 200, answer.content
    return answer.json()["dataset"]  # type: ignore[no-any-return]


def add(client: ApiClient, dataset_id: str, *records: dict[str, Any]) -> dict[str, int]:
    answer = client.post(f"{V3}/{dataset_id}/records", {"records": json.dumps(records)})
    assert answer.status_code == 200, answer.content
    return answer.json()  # type: ignore[no-any-return]


def records(client: ApiClient, dataset_id: str, **asked: Any) -> list[dict[str, Any]]:
    return json.loads(client.get(f"{V3}/{dataset_id}/records", asked).json()["records"])  # type: ignore[no-any-return]


def test_an_evaluation_dataset_lives_in_experiments(client: ApiClient, people: People) -> None:
    one, two = make_experiment(people.workspace), make_experiment(people.workspace)
    tags = json.dumps({"team": "vision", "mlflow.user": "ben"})
    made = create(client, tags=tags, experiment_ids=[str(one.pk)])
    dataset_id = made["dataset_id"]
    assert dataset_id.startswith("d-")
    assert (made["created_by"], made["experiment_ids"]) == ("ben", [str(one.pk)])
    client.post(f"{V3}/{dataset_id}/add-experiments", {"dataset_id": dataset_id, "experiment_ids": [str(two.pk)]})
    client.post(f"{V3}/{dataset_id}/remove-experiments", {"experiment_ids": [str(one.pk), "99999"]})
    assert client.get(f"{V3}/{dataset_id}/experiment-ids").json() == {"experiment_ids": [str(two.pk)]}
    assert client.post(f"{V3}/{dataset_id}/add-experiments", {"experiment_ids": ["99999"]}).status_code == 404
    client.patch(f"{V3}/{dataset_id}/tags", {"tags": json.dumps({"team": "speech", "none": None})})
    client.delete(f"{V3}/{dataset_id}/tags/mlflow.user")
    assert json.loads(client.get(f"{V3}/{dataset_id}").json()["dataset"]["tags"]) == {"team": "speech"}
    assert client.delete(f"{V3}/{dataset_id}").json() == {}
    assert client.delete(f"{V3}/{dataset_id}/tags/team").json() == {}  # gone with its dataset
    assert client.get(f"{V3}/{dataset_id}").status_code == 404


def test_records_of_equal_inputs_are_merged(client: ApiClient) -> None:
    dataset_id = create(client)["dataset_id"]
    first = {
        "inputs": {"q": "1+1", "n": 2},
        "expectations": {"a": "2"},
        "tags": {"x": "1"},
        "source": {"source_type": "human"},
    }
    assert add(client, dataset_id, first, {"inputs": {"q": "2+2"}}) == {"inserted_count": 2, "updated_count": 0}
    again = {"inputs": {"n": 2, "q": "1+1"}, "expectations": {"b": "two"}, "outputs": {"said": 2.5}}
    assert add(client, dataset_id, again) == {"inserted_count": 0, "updated_count": 1}
    found = {record["inputs"]["q"]: record for record in records(client, dataset_id)}
    assert found["1+1"]["expectations"] == {"a": "2", "b": "two"}
    assert found["1+1"]["outputs"] == {"said": 2.5}
    assert found["1+1"]["source"] == {"source_type": "HUMAN", "source_data": {}}
    shown = client.get(f"{V3}/{dataset_id}").json()["dataset"]
    assert json.loads(shown["profile"]) == {"num_records": 2}
    assert json.loads(shown["schema"])["inputs"] == {"q": "string", "n": "integer"}
    ids = [found["1+1"]["dataset_record_id"], "dr-unknown"]
    assert client.delete(f"{V3}/{dataset_id}/records", {"dataset_record_ids": ids}).json() == {"deleted_count": 1}


def test_records_come_in_pages(client: ApiClient) -> None:
    dataset_id = create(client)["dataset_id"]
    add(client, dataset_id, *({"inputs": {"n": number}} for number in range(5)))
    seen, token = [], ""
    for _ in range(3):
        page = client.get(f"{V3}/{dataset_id}/records", {"max_results": 2, "page_token": token}).json()
        seen += [record["inputs"]["n"] for record in json.loads(page["records"])]
        token = page.get("next_page_token", "")
    assert sorted(seen) == [0, 1, 2, 3, 4]
    assert token == ""
    assert client.get(f"{V3}/{dataset_id}/records", {"page_token": "nonsense"}).status_code == 400


def test_evaluation_datasets_are_searched(client: ApiClient, people: People) -> None:
    experiment = make_experiment(people.workspace)
    create(client, name="alpha", tags=json.dumps({"team": "a"}), experiment_ids=[str(experiment.pk)])
    create(client, name="beta", tags=json.dumps({"team": "b"}))
    EvaluationDataset.objects.create(workspace=people.elsewhere, name="secret", digest="0")

    def names(**body: Any) -> list[str]:
        answer = client.post(f"{V3}/search", body)
        assert answer.status_code == 200, answer.content
        return [dataset["name"] for dataset in answer.json()["datasets"]]

    assert names() == ["beta", "alpha"]
    assert names(order_by=["name ASC"]) == ["alpha", "beta"]
    assert names(filter_string="name LIKE 'al%'") == ["alpha"]
    assert names(filter_string="tags.team = 'b' AND created_time > 0") == ["beta"]
    assert names(experiment_ids=[str(experiment.pk)]) == ["alpha"]
    page = client.post(f"{V3}/search", {"max_results": 1}).json()
    assert names(max_results=1, page_token=page["next_page_token"]) == ["alpha"]
    for wrong in ({"filter_string": "digest = 'x'"}, {"order_by": ["digest"]}, {"page_token": "x"}, {"max_results": 0}):
        assert client.post(f"{V3}/search", wrong).status_code == 400


@pytest.mark.parametrize(
    "packed", ["", "{", "{}", '[{"inputs": 1}]', '["x"]', '[{"inputs": {}, "source": {"source_type": "moon"}}]']
)
def test_records_that_cant_be_read_are_refused(client: ApiClient, packed: str) -> None:
    dataset_id = create(client)["dataset_id"]
    assert client.post(f"{V3}/{dataset_id}/records", {"records": packed}).status_code == 400
    assert records(client, dataset_id) == []

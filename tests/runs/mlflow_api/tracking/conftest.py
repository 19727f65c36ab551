"""A caller of MLflow's endpoints in the workspace `vision`."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse

from studio.accounts.models import User
from tests.people import ApiClient, People

Mlflow = Callable[..., Any]


@pytest.fixture
def raw(people: People) -> Callable[..., HttpResponse]:
    """`raw("runs/get", run_id=…)`: the answer itself; what begins with a verb of writing is posted."""
    clients: dict[int, ApiClient] = {}

    def call(path: str, *, user: User | None = None, method: str = "", **body: Any) -> HttpResponse:
        person = user or people.ben
        client = clients.setdefault(person.pk, ApiClient(person, base="/mlflow/vision/api/2.0/mlflow/"))
        reads = path.endswith(("get", "get-by-name")) or path.startswith("metrics/")
        return client.request(method or ("get" if reads else "post"), path, body)

    return call


@pytest.fixture
def mlflow(raw: Callable[..., HttpResponse]) -> Mlflow:
    """The same, answering the JSON of a success."""

    def call(path: str, **body: Any) -> Any:
        response = raw(path, **body)
        assert response.status_code == 200, (path, response.content)
        return response.json()

    return call


@pytest.fixture
def open_run(mlflow: Mlflow) -> Callable[..., str]:
    """`open_run(tags=…)`: the id of a new run."""

    def make(**body: Any) -> str:
        body.setdefault("experiment_id", "0")
        body.setdefault("start_time", 1_760_000_000_000)
        return str(mlflow("runs/create", **body)["run"]["info"]["run_id"])

    return make

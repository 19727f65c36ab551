"""A deployment whose requests were sampled, as its gateway leaves them."""

import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from registry.endpoints.models import Deployment
from registry.endpoints.monitoring import services as monitoring
from studio.access.models import Workspace
from studio.accounts.models import User
from tests.factories.endpoints import make_deployment, make_endpoint

COLLECTOR = {"sampling_rate": 1, "collections": {"model_inputs": {}, "model_outputs": {}}}


class Spool:
    """What gateways have written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = 0

    def write(
        self, deployment: Deployment, bodies: Sequence[tuple[Any, Any]], *, age: float = 60, **facts: Any
    ) -> Path:
        """A closed file of these requests and answers; a text is sent as it is."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.files += 1
        file = self.folder / f"{int(time.time())}-gate-{self.files:06d}.jsonl"
        lines = [self.line(deployment, *both, at=time.time() - age, **facts) for both in bodies]
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return file

    def line(self, deployment: Deployment, asked: Any, answered: Any, *, at: float, **facts: Any) -> dict[str, Any]:
        texts = [one if isinstance(one, str | None) else json.dumps(one) for one in (asked, answered)]
        return {
            "deployment": deployment.pk, "id": "trace-1", "at": at, "path": "/score", "status": 200,
            "request_type": "application/json", "request": texts[0], "response_type": "application/json",
            "response": texts[1], "missed": 0, **facts,
        }  # fmt: skip


@pytest.fixture
def spool(settings: Any, tmp_path: Path) -> Iterator[Spool]:
    settings.COLLECT_SPOOL = tmp_path / "spool"
    settings.DATA_DIR = tmp_path  # where the default datastore lies
    yield Spool(tmp_path / "spool")


@pytest.fixture
def blue(workspace: Workspace, ben: User) -> Deployment:
    """It keeps all that it is asked."""
    made = make_deployment(make_endpoint(workspace, "prices", actor=ben), actor=ben)
    return monitoring.set_collector(actor=ben, deployment=made, given=COLLECTOR)


def cars(many: int, *, seed: int = 1, years: int = 0, cities: Sequence[str] = ("Oslo", "Rome")) -> list[dict[str, Any]]:
    """Rows of a table: age, city, price."""
    rng = random.Random(seed)
    rows = []
    for _ in range(many):
        age = rng.randint(1, 12) + years
        rows.append({"age": age, "city": rng.choice(cities), "price": round(20_000 - 900 * age + rng.gauss(0, 500), 2)})
    return rows


def asked(rows: Sequence[dict[str, Any]]) -> list[tuple[Any, Any]]:
    """Each row as a request, and the price as the answer."""
    names = ["age", "city"]
    return [
        (
            {"dataframe_split": {"columns": names, "data": [[row[name] for name in names]]}},
            {"predictions": [row["price"]]},
        )
        for row in rows
    ]


__all__ = ["COLLECTOR", "Spool", "asked", "cars"]

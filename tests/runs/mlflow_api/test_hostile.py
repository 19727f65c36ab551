"""Bad input to every MLflow address, which no description of an API covers: MLflow's form of an error, never a 500."""

import gzip
import inspect
import json
import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import resolve

from tests.guard import table
from tests.guard.routes import Route, all_routes
from tests.guard.scene import Scene
from tests.test_hostile import SENT, VALUES, send

pytestmark = pytest.mark.django_db

WRITES = ("POST", "PUT", "PATCH", "DELETE")
# Those that take bytes, whatever they are.
BYTES = {"mlflow-proxy-file", "mlflow-page-upload", "mlflow-upload-part", "mlflow-signed-file", "mlflow-otlp-traces"}
TEXTS = {"mlflow-version", "mlflow-health"}  # answer in plain text
ROUTES = [route for route in all_routes() if route.name.startswith("mlflow-") and route.is_api]
NAMED = [pytest.param(route, id=route.name) for route in ROUTES if route.name not in BYTES]
FIELD = re.compile(r'body(?:\.get\(|\[|,\s*)"(\w+)"')
ONCE_MORE = json.dumps('{"name": "a\\u0000b"}').encode()
PACKED = [
    ("packed once more", ONCE_MORE, {}),
    ("packed once more, packed", gzip.compress(ONCE_MORE), {"Content-Encoding": "gzip"}),
]
SHAPES: list[Any] = [
    *VALUES, "\ud800", "x" * 6_001, [None], [7], ["a\x00b"], [{}], [{"key": None}], [{"key": "a\x00b", "value": "b\x00"}],
    [{"key": "k", "value": "\ud800"}], [{"key": "k", "value": {"a": 1}}], {"a": "b\x00"}, {"a\x00b": "c"}, [[["a"]]], 0.5,
    "1e400", "9" * 5_000, "%", "' OR 1=1 --", "(((", float("nan"),
]  # fmt: skip
# Each field alone, between good ones, gets these; all of the shapes go to all fields at once.
NASTIEST: list[Any] = ["9" * 5_000, "a\x00b", {"a": [[]]}]


def words_of(route: Route, scene: Scene) -> list[str]:
    """The fields that a view's module reads of a body."""
    view = resolve(route.path(scene.names)).func
    module = inspect.getmodule(getattr(view, "view_class", getattr(view, "cls", view)))
    named = set(FIELD.findall(inspect.getsource(module))) if module is not None else set()
    return sorted(named | {"name", "run_id", "experiment_id", "filter", "order_by", "page_token", "max_results"})


def ids(scene: Scene) -> dict[str, Any]:
    names = scene.names
    return {
        "run_id": names["run_id"], "experiment_id": str(names["experiment_id"]), "name": names["model_name"],
        "experiment_ids": [str(names["experiment_id"])], "version": "1", "key": "k", "value": "1", "timestamp": 1,
        "trace_id": names["trace_id"], "source": "s3://a/b", "alias": "best", "path": "a", "url": "https://ci.example.org/",
        "new_name": "other", "stage": "Staging", "model_id": names["model_id"], "locations": [],
    }  # fmt: skip


def check(said: tuple[Any, ...], answer: HttpResponse) -> None:
    assert answer.status_code < 500 or answer.status_code in (501, 503), (
        *said,
        answer.status_code,
        answer.content[:300],
    )
    assert b"NaN," not in answer.getvalue()
    if answer.status_code >= 400:
        assert set(answer.json()) == {"error_code", "message"}, said


@pytest.mark.parametrize("route", NAMED)
def test_A86_A87_A88_A93_a_broken_body_has_an_answer_in_mlflows_form(scene: Scene, route: Route) -> None:
    path = route.path(scene.names)
    for method in [name for name in WRITES if name in table.TABLE[route.name]]:
        for what, raw, headers in [*SENT, *PACKED]:
            check((method, what), send(scene, method, path, raw, **headers))


@pytest.mark.parametrize("route", NAMED)
def test_A76_A86_A87_A89_A90_A94_A95_no_field_breaks_an_mlflow_address(scene: Scene, route: Route) -> None:
    path, words, good = route.path(scene.names), words_of(route, scene), ids(scene)
    for method in [name for name in WRITES if name in table.TABLE[route.name]]:
        for value in SHAPES:
            check(
                (method, repr(value)[:60]), send(scene, method, path, json.dumps(dict.fromkeys(words, value)).encode())
            )
        for word in words:
            for value in NASTIEST:
                body = json.dumps({**good, word: value}).encode()
                check((method, word, repr(value)[:60]), send(scene, method, path, body))

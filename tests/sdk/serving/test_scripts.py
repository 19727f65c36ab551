"""Azure's scoring script over HTTP: what it is given, what comes back, what a fault of it costs."""

import json
import sys
import time
import types
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from atelier.serving import encoding
from atelier.serving.messages import json_answer, problem_answer
from atelier.serving.problems import Problem

from tests.sdk.serving.runtime import Runtime, serving, write_script


def test_run_gets_the_body_as_text_and_its_result_comes_back_as_json(scripted: Runtime) -> None:
    reply = scripted.ask("/score", {"x": 2}, headers={"x-request-id": "mine-1", "x-ms-client-request-id": "client-7"})
    assert (reply.status, reply.json()) == (200, {"y": 6})
    assert reply.headers["x-request-id"] == reply.headers["x-ms-request-id"] == "mine-1"
    assert reply.headers["x-ms-client-request-id"] == "client-7"
    assert reply.headers["x-ms-run-function-failed"] == "False"
    assert float(reply.headers["x-ms-run-fn-exec-ms"]) >= 0


def test_the_root_is_healthy_and_scores_when_posted_to(scripted: Runtime) -> None:
    assert scripted.ask("/").body == b"Healthy"
    assert scripted.ask("/", {"x": 5}).json() == {"y": 15}


@pytest.mark.parametrize(
    ("result", "wanted"),
    [
        ("float('nan')", None),
        ("'text'", "text"),
        ("None", None),
        ("__import__('numpy').array([[1.5, float('nan')], [2, 3]]).T", [[1.5, 2], [None, 3]]),
        ("__import__('numpy').float32(0.5)", 0.5),
        ("__import__('pandas').DataFrame({'a': [1, 2], 'b': [None, 'x']})", [{"a": 1, "b": None}, {"a": 2, "b": "x"}]),
        ("__import__('pandas').Series([1.0, float('inf')])", [1.0, None]),
        ("__import__('pandas').DataFrame({'t': __import__('pandas').to_datetime(['2026-01-02', None])})",
         [{"t": "2026-01-02T00:00:00"}, {"t": None}]),
        ("__import__('pandas').Period('2026-01')", "2026-01"),
        ("__import__('numpy').array(['2026-01-02'], dtype='datetime64[D]')", ["2026-01-02T00:00:00"]),
        ("__import__('decimal').Decimal('1.25')", 1.25),
        ("{'when': __import__('datetime').datetime(2026, 1, 2, 3), 'raw': b'ab', 7: {1}}",
         {"when": "2026-01-02T03:00:00", "raw": "YWI=", "7": [1]}),
    ],
)  # fmt: skip
def test_results_become_json_with_nan_as_null(scripted: Runtime, result: str, wanted: object) -> None:
    reply = scripted.ask("/score", {"result": result})
    assert (reply.status, reply.json()) == (200, wanted)


def test_a_crash_answers_500_with_the_id_and_keeps_its_trace_in_the_log(scripted: Runtime) -> None:
    reply = scripted.ask("/score", {"crash": 1}, headers={"x-request-id": "crash-1"})
    assert reply.status == 500
    assert reply.headers["x-ms-run-function-failed"] == "True"
    assert reply.json()["request_id"] == "crash-1"
    assert b"secret" not in reply.body
    line = scripted.wait_until(lambda: [one for one in scripted.log if one.get("id") == "crash-1" and "trace" in one])[
        0
    ]
    assert "secret of the model" in line["trace"]
    assert line["deployment"] == "blue"


def test_a_script_that_leaves_or_gives_what_has_no_json_costs_one_request(scripted: Runtime) -> None:
    assert scripted.ask("/score", {"leave": 1}).status == 500
    assert scripted.ask("/score", {"result": "object()"}).status == 500
    assert scripted.ask("/score", {"x": 1}).json() == {"y": 3}


def test_a_response_of_the_scripts_own_keeps_its_status_and_can_smuggle_no_header(scripted: Runtime) -> None:
    reply = scripted.ask("/score", {"status": 418})
    assert (reply.status, reply.json()) == (418, {"own": True})
    assert reply.headers["x-own"] == "a  b: c"
    assert "b" not in reply.headers


def test_the_time_limit_ends_one_request_and_no_other(scripted: Runtime) -> None:
    with ThreadPoolExecutor(4) as pool:
        slow = pool.submit(scripted.ask, "/score", {"x": 1, "sleep": 1.2})
        time.sleep(0.05)
        asked = time.monotonic()
        assert scripted.ask("/healthz/live").status == 200
        assert time.monotonic() - asked < 0.3
        assert slow.result().status == 504
        assert slow.result().json()["code"] == "time_limit"
        others = list(pool.map(lambda n: scripted.ask("/score", {"x": n}), range(4)))
    assert [one.json()["y"] for one in others] == [0, 3, 6, 9]


def test_paths_of_models_say_that_a_script_answers_here(scripted: Runtime) -> None:
    reply = scripted.ask("/invocations", {"inputs": [1]})
    assert (reply.status, reply.json()["code"]) == (404, "not_served")
    assert "/score" in reply.json()["detail"]
    assert scripted.ask("/openapi.json").json()["paths"].keys() >= {"/score"}


def test_rawhttp_gets_the_whole_request_and_get_gets_the_arguments(tmp_path: Path) -> None:
    script = """
from azureml.contrib.services.aml_request import AMLRequest, rawhttp

def init(): pass

@rawhttp
def run(request):
    assert isinstance(request, AMLRequest)
    return [request.method, request.args, len(request.get_data()), request.headers["X-Own"]]
"""
    with serving(tmp_path, **write_script(tmp_path, script)) as runtime:
        reply = runtime.ask("/score?a=1", b"\xff\xfe", headers={"x-own": "yes"})
        assert reply.json() == ["POST", {"a": "1"}, 2, "yes"]


def test_a_script_may_take_several_requests_at_once(tmp_path: Path) -> None:
    script = """
import json, time
calls = []
def init(): pass
def run(data): return {"alone": json.loads(data)}
def run_batch(items):
    if any(item == "99" for item in items):
        raise ValueError("one of them is bad")
    return [{"together": json.loads(item), "of": len(items)} for item in items]
"""
    variables = write_script(tmp_path, script)
    with serving(tmp_path, **variables, ATELIER_SERVING_BATCH_ROWS="8", ATELIER_SERVING_BATCH_MS="60") as runtime:
        with ThreadPoolExecutor(4) as pool:
            got = [one.json() for one in pool.map(lambda n: runtime.ask("/score", n), range(4))]
            assert [one.get("together", one.get("alone")) for one in got] == [0, 1, 2, 3]
            mixed = [one.json() for one in pool.map(lambda n: runtime.ask("/score", n), [99, 1, 2, 3])]
        assert sorted(str(one.get("together", one.get("alone"))) for one in mixed) == ["1", "2", "3", "99"]
        assert runtime.ask("/score", 7).json() == {"alone": 7}


def test_answers_go_out_while_another_thread_is_in_the_middle_of_loading_a_library(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("numpy", "pandas"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    answer = problem_answer(Problem(503, "not_ready", "The model is not loaded yet."), "1")
    assert json.loads(answer.body)["code"] == "not_ready"
    assert json.loads(json_answer({"a": {1}}).body) == {"a": [1]}
    assert encoding.plain([1]) == [1]

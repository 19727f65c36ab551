"""The processes: a start that fails, workers that die, an end that drains."""

import json
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.sdk.serving.runtime import Runtime, serving, write_script

SLOW = """
import json, os, time
def init(): pass
def run(data):
    asked = json.loads(data)
    time.sleep(asked.get("sleep", 0))
    if asked.get("die"):
        os._exit(7)
    return os.getpid()
"""


def failed_start(tmp_path: Path, variables: dict[str, str]) -> dict[str, object]:
    runtime = Runtime(tmp_path, variables)
    assert runtime.process.wait(60) == 3
    return runtime.state


@pytest.mark.parametrize(
    ("script", "problem", "line"),
    [
        ("import os\nimport not_there_at_all\n", "No module named 'not_there_at_all'", 2),
        ("def init():\n    pass\n\ndef run(data)\n    return 1\n", "SyntaxError", 4),
        (
            "def init():\n    broken()\n\ndef broken():\n    raise KeyError('weights')\ndef run(data): pass",
            "KeyError",
            5,
        ),
        ("def init():\n    import sys\n    sys.exit('no model')\ndef run(data): pass", "no model", 3),
        ("def run(data): pass", "has no function init()", None),
        ("def init(): pass", "has no function run()", None),
    ],
)
def test_a_script_that_fails_ends_with_3_and_says_where(
    tmp_path: Path, script: str, problem: str, line: int | None
) -> None:
    state = failed_start(tmp_path, write_script(tmp_path, script))
    assert problem in str(state["problem"])
    assert (state["file"], state["line"]) == ("score.py", line)


def test_the_place_is_the_users_own_module_not_the_library_it_calls(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text("import json\n\ndef read():\n    return json.loads('{')\n")
    variables = write_script(tmp_path, "import own\ndef init():\n    own.read()\ndef run(data): pass\n")
    state = failed_start(tmp_path, variables)
    assert (state["file"], state["line"]) == ("own.py", 4)


def test_what_can_not_be_served_is_said(tmp_path: Path) -> None:
    (tmp_path / "model.pkl").write_bytes(b"x")
    assert "needs a scoring script" in str(failed_start(tmp_path, {"AZUREML_MODEL_DIR": str(tmp_path)})["problem"])
    assert "no scoring script absent.py" in str(
        failed_start(tmp_path, {"AZUREML_ENTRY_SCRIPT": "absent.py"})["problem"]
    )
    assert "nothing to serve" in str(failed_start(tmp_path, {})["problem"])
    assert "WORKER_COUNT is “two”" in str(failed_start(tmp_path, {"WORKER_COUNT": "two"})["problem"])


def test_a_process_that_dies_while_it_loads_is_given_up(tmp_path: Path) -> None:
    state = failed_start(tmp_path, write_script(tmp_path, "import os\nos._exit(9)\n"))
    assert "ended with 9" in str(state["problem"])


def test_the_state_file_names_the_port_that_was_picked(scripted: Runtime) -> None:
    assert scripted.state == {"port": scripted.port, "pid": scripted.process.pid, "state": "ready"}
    assert scripted.port > 0


def test_requests_that_come_while_the_model_loads_wait_for_it(tmp_path: Path) -> None:
    script = "import time\ndef init(): time.sleep(0.5)\ndef run(data): return data\n"
    runtime = Runtime(tmp_path, write_script(tmp_path, script))
    try:
        runtime.wait_until(lambda: runtime.state.get("port"))
        assert runtime.ask("/healthz/live").status == 200
        not_ready = runtime.ask("/healthz/ready")
        assert (not_ready.status, not_ready.headers["retry-after"]) == (503, "1")
        assert runtime.ask("/score", "early").json() == "early"
        assert runtime.ask("/invocations", {}).status == 404
    finally:
        runtime.stop()


def test_a_worker_that_dies_is_started_again_and_the_other_goes_on(tmp_path: Path) -> None:
    with serving(tmp_path, **write_script(tmp_path, SLOW), WORKER_COUNT="2") as runtime:
        first = {runtime.ask("/score", {}).json() for _ in range(20)}
        killed = first.pop()
        os.kill(killed, signal.SIGKILL)
        assert all(runtime.ask("/score", {}).status == 200 for _ in range(20))
        runtime.wait_until(lambda: sum(line["event"] == "ready" for line in runtime.log) == 3)
        runtime.wait_until(lambda: len(_at_once(runtime) - {killed}) == 2)


def _at_once(runtime: Runtime) -> set[int]:
    """Who answers six clients that ask at the same time."""
    connections = [runtime.connect() for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        return set(pool.map(lambda one: _ask_on(one, {"sleep": 0.05}), connections))


def _ask_on(connection: object, body: dict[str, object]) -> int:
    connection.request("POST", "/score", json.dumps(body))  # type: ignore[attr-defined]
    pid = json.loads(connection.getresponse().read())  # type: ignore[attr-defined]
    return int(pid)


def test_connections_are_shared_evenly_among_workers(tmp_path: Path) -> None:
    with serving(tmp_path, **write_script(tmp_path, SLOW), WORKER_COUNT="2") as runtime:
        # On a busy machine one worker may not come in the few milliseconds the other leaves it.
        runtime.wait_until(lambda: _shares(runtime) == [4, 4])


def _shares(runtime: Runtime) -> list[int]:
    """How many of eight connections each worker has."""
    runtime.wait_until(lambda: b"atelier_connections_open 1\n" in runtime.ask("/metrics").body)
    connections = [runtime.connect() for _ in range(8)]
    pids = [_ask_on(connection, {}) for connection in connections]
    for connection in connections:
        connection.close()
    return sorted(pids.count(pid) for pid in set(pids))


def test_a_socket_in_the_file_system_is_served_besides_the_port(tmp_path: Path) -> None:
    at = tmp_path / "s"
    at.touch()  # left over by another
    with serving(tmp_path, **write_script(tmp_path, SLOW), ATELIER_SERVING_SOCKET=str(at), WORKER_COUNT="2") as runtime:
        near = httpx.Client(transport=httpx.HTTPTransport(uds=str(at)), base_url="http://near")
        assert runtime.ask("/score", {}).status == near.post("/score", json={}).status_code == 200
        assert at.stat().st_mode & 0o777 == 0o600
    assert not at.exists()


def test_a_socket_that_can_not_be_made_leaves_the_port(tmp_path: Path) -> None:
    variables = write_script(tmp_path, SLOW)
    with serving(tmp_path, **variables, ATELIER_SERVING_SOCKET=str(tmp_path / ("s" * 120))) as runtime:
        assert runtime.ask("/score", {}).status == 200
        assert any(line.get("event") == "socket_failed" for line in runtime.log)


def test_a_lone_worker_that_dies_costs_only_what_it_was_doing(tmp_path: Path) -> None:
    with serving(tmp_path, **write_script(tmp_path, SLOW)) as runtime:
        before = runtime.ask("/score", {}).json()
        with pytest.raises(OSError):
            runtime.ask("/score", {"die": True})
        # The socket stays open in the process above: who comes now waits for the new worker.
        assert runtime.ask("/score", {}).json() != before


def test_stopping_finishes_what_has_begun_and_takes_nothing_new(tmp_path: Path) -> None:
    with serving(tmp_path, **write_script(tmp_path, SLOW), WORKER_COUNT="2") as runtime:
        kept = runtime.connect()
        assert _ask_on(kept, {})
        with ThreadPoolExecutor(6) as pool:
            begun = [pool.submit(runtime.ask, "/score", {"sleep": 0.4}) for _ in range(6)]
            runtime.wait_until(lambda: b"atelier_requests_in_progress 6" in runtime.ask("/metrics").body)
            runtime.process.send_signal(signal.SIGTERM)
            runtime.wait_until(lambda: any(line["event"] == "draining" for line in runtime.log))
            kept.request("GET", "/healthz/ready")
            answer = kept.getresponse()
            assert (answer.status, answer.headers["connection"]) == (503, "close")
            runtime.wait_until(lambda: _refused(runtime), seconds=1)
            assert [one.result().status for one in begun] == [200] * 6
        assert runtime.process.wait(5) == 0


def _refused(runtime: Runtime) -> bool:
    try:
        runtime.connect().connect()
    except ConnectionRefusedError:
        return True
    return False


def test_workers_end_when_the_process_above_is_killed(tmp_path: Path) -> None:
    with serving(tmp_path, **write_script(tmp_path, SLOW)) as runtime:
        pid = runtime.ask("/score", {}).json()
        runtime.process.kill()
        runtime.process.wait()
        runtime.wait_until(lambda: not Path(f"/proc/{pid}").exists() or _is_zombie(pid), seconds=5)


def _is_zombie(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def test_a_worker_full_of_runs_that_never_end_is_replaced(tmp_path: Path) -> None:
    variables = write_script(tmp_path, SLOW)
    with serving(tmp_path, **variables, SCORING_TIMEOUT_MS="60", ATELIER_SERVING_DRAIN_MS="300") as runtime:
        before = runtime.ask("/score", {}).json()
        assert [runtime.ask("/score", {"sleep": 60}).status for _ in range(5)] == [504] * 5
        runtime.wait_until(lambda: sum(line["event"] == "ready" for line in runtime.log) == 2)
        assert runtime.ask("/score", {}).json() != before


def test_over_the_limit_of_concurrent_requests_is_429(tmp_path: Path) -> None:
    with serving(tmp_path, **write_script(tmp_path, SLOW), ATELIER_SERVING_MAX_CONCURRENT="2") as runtime:
        started = threading.Event()
        with ThreadPoolExecutor(2) as pool:
            busy = [pool.submit(runtime.ask, "/score", {"sleep": 0.4}) for _ in range(2)]
            started.wait(0.15)
            refused = runtime.ask("/score", {})
            assert (refused.status, refused.headers["retry-after"]) == (429, "1")
            assert runtime.ask("/healthz/ready").status == 200
            assert [one.result().status for one in busy] == [200, 200]
        assert runtime.ask("/score", {}).status == 200


def test_a_client_that_goes_away_costs_nothing(tmp_path: Path) -> None:
    with serving(tmp_path, **write_script(tmp_path, SLOW)) as runtime:
        for _ in range(5):
            connection = runtime.connect()
            connection.request("POST", "/score", json.dumps({"sleep": 0.05}))
            connection.close()
        time.sleep(0.05)
        assert runtime.ask("/score", {}).status == 200
        runtime.wait_until(lambda: b"atelier_requests_in_progress 0" in runtime.ask("/metrics").body)

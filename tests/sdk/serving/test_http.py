"""The protocol itself: limits, wrong requests, kept and pipelined connections."""

import json
import socket

import pytest

from tests.sdk.serving.runtime import Runtime, ask


def raw(runtime: Runtime, sent: bytes, *, seconds: float = 3.0) -> bytes:
    """What comes back for these bytes until the server ends the connection or falls silent."""
    with socket.create_connection(("127.0.0.1", runtime.port), timeout=seconds) as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        got = b""
        while piece := client.recv(65536):
            got += piece
    return got


def test_an_unknown_path_and_a_wrong_method_are_named(scripted: Runtime) -> None:
    assert scripted.ask("/nothing").status == 404
    reply = scripted.ask("/score", method="DELETE")
    assert (reply.status, reply.headers["allow"]) == (405, "GET, POST")
    assert reply.json()["title"] == "Method Not Allowed"
    assert scripted.ask("/healthz/ready", {}).status == 405
    assert scripted.ask("/invocations").headers["allow"] == "POST"


def test_head_has_the_length_and_no_body(scripted: Runtime) -> None:
    reply = scripted.ask("/healthz/ready", method="HEAD")
    assert (reply.status, reply.body) == (200, b"")
    assert int(reply.headers["content-length"]) > 0


def test_a_body_over_the_limit_is_413_before_it_is_read(scripted: Runtime) -> None:
    head = b"POST /score HTTP/1.1\r\nHost: x\r\nContent-Length: 20001\r\n\r\n"
    with socket.create_connection(("127.0.0.1", scripted.port), timeout=3) as client:
        client.sendall(head)
        answer = client.recv(65536)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == "body_too_large"


def test_a_whole_large_body_gets_the_413_too(scripted: Runtime) -> None:
    assert scripted.ask("/score", b"x" * 2_000_000).status == 413


def test_a_chunked_body_is_read_and_held_to_the_limit(scripted: Runtime) -> None:
    head = b"POST /score HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    whole = raw(scripted, head + b'4\r\n{"x"\r\n4\r\n: 4}\r\n0\r\n\r\n')
    assert whole.endswith(b'{"y":12}')
    large = raw(scripted, head + b"".join(b"400\r\n" + b"x" * 1024 + b"\r\n" for _ in range(30)) + b"0\r\n\r\n")
    assert large.startswith(b"HTTP/1.1 413 ")


def test_a_client_that_waits_for_100_continue_is_told_to_go_on(scripted: Runtime) -> None:
    with socket.create_connection(("127.0.0.1", scripted.port), timeout=3) as client:
        client.sendall(b"POST /score HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 7\r\n\r\n")
        assert client.recv(1000).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
        client.sendall(b'{"x":1}')
        assert client.recv(1000).endswith(b'{"y":3}')


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /score HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /score HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"POST /score HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    ],
)
def test_what_is_no_http_request_is_400_and_the_connection_ends(scripted: Runtime, sent: bytes) -> None:
    assert raw(scripted, sent).startswith(b"HTTP/1.1 400 ")


def test_an_offer_of_another_protocol_is_passed_over(scripted: Runtime) -> None:
    body = b'{"x":5}'
    head = b"POST /score HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: 7\r\n\r\n"
    got = raw(scripted, (head + body) * 2)
    assert got.count(b'{"y":15}') == 2


def test_this_is_no_proxy(scripted: Runtime) -> None:
    assert raw(scripted, b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 405 ")
    assert raw(scripted, b"GET http://x:1/ HTTP/1.1\r\nHost: x\r\n\r\n").endswith(b"Healthy")


def test_endless_headers_are_431(scripted: Runtime) -> None:
    headers = b"".join(b"x-%d: %s\r\n" % (n, b"y" * 1000) for n in range(100))
    assert raw(scripted, b"GET / HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n").startswith(b"HTTP/1.1 431 ")


def test_requests_sent_at_once_are_answered_in_their_order(scripted: Runtime) -> None:
    def request(number: int) -> bytes:
        body = json.dumps({"x": number}).encode()
        return b"POST /score HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)

    got = raw(scripted, b"".join(map(request, range(30))) + b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 500)
    bodies = [part.partition(b"\r\n\r\n")[2] for part in got.split(b"HTTP/1.1 200 OK\r\n")[1:]]
    assert bodies == [b'{"y":%d}' % (number * 3) for number in range(30)] + [b"Healthy"] * 500


def test_a_connection_is_kept_and_ended_when_asked(scripted: Runtime) -> None:
    connection = scripted.connect()
    ports = set()
    for number in range(3):
        assert ask(connection, "/score", {"x": number}).json() == {"y": number * 3}
        ports.add(connection.sock.getsockname())
    assert len(ports) == 1
    reply = ask(connection, "/score", {"x": 1}, headers={"connection": "close"})
    assert reply.headers["connection"] == "close"
    connection.close()


def test_a_body_that_is_no_text_is_400_for_a_script(scripted: Runtime) -> None:
    reply = scripted.ask("/score", b"\xff\xfe")
    assert (reply.status, reply.json()["code"]) == (400, "bad_request")
    assert "@rawhttp" in reply.json()["detail"]


@pytest.mark.parametrize("given", ["two words", "x" * 200, "\x01"])
def test_an_id_that_is_none_is_replaced(scripted: Runtime, given: str) -> None:
    reply = raw(scripted, b"GET / HTTP/1.1\r\nHost: x\r\nx-request-id: %s\r\n\r\n" % given.encode())
    assert given.encode() not in reply or reply.startswith(b"HTTP/1.1 400 ")


def test_pages_of_an_allowed_origin_may_read_the_answer(scripted: Runtime) -> None:
    preflight = scripted.ask("/score", method="OPTIONS", headers={"origin": "https://app.example"})
    assert preflight.headers["access-control-allow-origin"] == "https://app.example"
    other = scripted.ask("/score", {"x": 1}, headers={"origin": "https://other.example"})
    assert "access-control-allow-origin" not in other.headers


def test_each_request_is_one_line_in_the_log_and_probes_are_none(scripted: Runtime) -> None:
    scripted.ask("/healthz/ready", headers={"x-request-id": "probe-1"})
    scripted.ask("/score", {"x": 1}, headers={"x-request-id": "line-1"})
    line = scripted.wait_until(lambda: [one for one in scripted.log if one.get("id") == "line-1"])[0]
    assert line["event"] == "request"
    assert (line["method"], line["path"], line["status"], line["bytes_out"]) == ("POST", "/score", 200, 7)
    assert line["run_ms"] <= line["ms"]
    assert not [one for one in scripted.log if one.get("id") == "probe-1"]


def test_the_counters_are_in_prometheus_format(scripted: Runtime) -> None:
    before = _counted(scripted)
    scripted.ask("/score", {"x": 1})
    scripted.wait_until(lambda: _counted(scripted) == before + 1)
    page = scripted.ask("/metrics")
    assert page.headers["content-type"].startswith("text/plain; version=0.0.4")
    text = page.body.decode()
    assert 'atelier_request_duration_seconds_bucket{deployment="blue",route="score",le="+Inf"}' in text
    assert "atelier_worker_memory_bytes" in text


def _counted(runtime: Runtime) -> int:
    start = 'atelier_requests_total{deployment="blue",route="score",code="200"} '
    lines = runtime.ask("/metrics").body.decode().splitlines()
    return next((int(line[len(start) :]) for line in lines if line.startswith(start)), 0)

"""What goes through: heads, bodies and answers, small and large."""

import asyncio

import pytest

from tests.registry.endpoints.gateway.backend import answer
from tests.registry.endpoints.gateway.conftest import KEY, Scene, deployment, endpoint

START = f"POST /e/main/ep/score HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {KEY}\r\n".encode()


async def test_a_request_goes_through_and_its_answer_comes_back(scene: Scene) -> None:
    backend = await scene.backend(reply=answer(b'{"y": [1.5]}', "Content-Type: application/json", "X-Ms-Run: 3"))
    scene.one(backend)
    found = await scene.client.post("/score?a=1&b=%20", content=b'{"data": [1]}', headers={"x-mine": "7"})
    assert (found.status_code, found.json()) == (200, {"y": [1.5]})
    assert (found.headers["x-ms-run"], found.headers["azureml-model-deployment"]) == ("3", "blue")
    assert "gateway;dur=" in found.headers["server-timing"]
    got = backend.received[0]
    assert (got.line, got.body, got.headers["x-mine"]) == ("POST /score?a=1&b=%20 HTTP/1.1", b'{"data": [1]}', "7")
    assert got.headers["host"] == backend.address
    assert got.headers["x-request-id"] == found.headers["x-request-id"]


async def test_users_code_sees_neither_key_nor_cookie(scene: Scene) -> None:
    backend = await scene.backend(reply=answer(b"x", "Set-Cookie: sessionid=stolen"))
    scene.one(backend)
    found = await scene.score(cookie="sessionid=secret", proxy_authorization="Basic x")
    assert not {"authorization", "cookie", "proxy-authorization"} & set(backend.received[0].headers)
    assert KEY.encode() not in backend.received[0].raw_head
    assert "set-cookie" not in found.headers


async def test_where_a_request_comes_from_is_said_by_the_gateway_alone(scene: Scene) -> None:
    backend = await scene.backend()
    scene.one(backend)
    await scene.score(x_forwarded_for="6.6.6.6", x_forwarded_proto="https", x_real_ip="6.6.6.6")
    got = backend.received[0].headers
    assert (got["x-forwarded-for"], got["x-forwarded-proto"]) == ("127.0.0.1", "http")
    assert got["x-forwarded-prefix"] == "/e/main/ep"
    assert "x-real-ip" not in got


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "ä", "a/b"])
async def test_an_id_that_is_missing_or_odd_is_made_anew(scene: Scene, given: str) -> None:
    backend = await scene.backend()
    scene.one(backend)
    found = await scene.client.post("/score", content=b"", headers={"x-request-id": given.encode()} if given else {})
    assert found.headers["x-request-id"] != given
    assert len(found.headers["x-request-id"]) == 16


async def test_a_callers_own_id_is_kept(scene: Scene) -> None:
    backend = await scene.backend()
    scene.one(backend)
    assert (await scene.score(x_request_id="trace-17.b")).headers["x-request-id"] == "trace-17.b"


async def test_connections_are_kept_on_both_sides(scene: Scene) -> None:
    backend = await scene.backend(reply=answer(b"1", "Keep-Alive: timeout=60"))
    scene.one(backend)
    caller = await scene.raw()
    for _ in range(5):
        await caller.send(START + b"Content-Length: 2\r\n\r\n{}")
        assert (await caller.answer())[0] == 200
    assert (backend.connections, len(backend.received)) == (1, 5)


async def test_requests_sent_ahead_are_answered_in_order(scene: Scene) -> None:
    backend = await scene.backend(delay=0.01)
    backend.reply = lambda got: answer(got.body)
    scene.one(backend)
    caller = await scene.raw()
    await caller.send(b"".join(START + b"Content-Length: 1\r\n\r\n%d" % n for n in range(6)))
    assert [(await caller.answer())[2] for _ in range(6)] == [b"%d" % n for n in range(6)]


async def test_a_body_in_chunks_arrives_whole_with_its_length(scene: Scene) -> None:
    backend = await scene.backend()
    scene.one(backend)
    caller = await scene.raw()
    await caller.send(START + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
    await asyncio.sleep(0.01)
    await caller.send(b"2\r\nde\r\n0\r\n\r\n" + START + b"Content-Length: 1\r\n\r\nx")
    assert (await caller.answer())[0] == (await caller.answer())[0] == 200
    assert [each.body for each in backend.received] == [b"abcde", b"x"]
    assert backend.received[0].headers["content-length"] == "5"


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_large_body_is_passed_on_as_it_comes(scene: Scene, chunked: bool) -> None:
    backend = await scene.backend()
    backend.reply = lambda got: answer(got.body)
    scene.one(backend)
    body = bytes(range(256)) * 1_000

    async def pieces():
        for at in range(0, len(body), 10_000):
            yield body[at : at + 10_000]

    found = await scene.client.post("/score", content=pieces() if chunked else body)
    assert found.content == body
    assert backend.received[0].body == body


async def test_an_answer_in_chunks_and_one_until_the_end_come_whole(scene: Scene) -> None:
    backend = await scene.backend()
    scene.one(backend)
    big = b"y" * 200_000
    backend.reply = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(big), big)
    assert (await scene.score()).content == big
    backend.reply, backend.close_after = b"HTTP/1.0 200 OK\r\n\r\n" + big, True
    assert (await scene.score()).content == big


async def test_parts_of_an_answer_come_when_they_are_there(scene: Scene) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
        await go_on.wait()
        writer.write(b"3\r\ntwo\r\n0\r\n\r\n")
        await writer.drain()
        writer.close()

    go_on = asyncio.Event()
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    said = deployment(1)
    said["instances"] = [{"id": 1, "address": f"127.0.0.1:{server.sockets[0].getsockname()[1]}"}]
    scene.adopt(ep=endpoint(traffic={"blue": 100}, deployments={"blue": said}))
    caller = await scene.raw()
    await caller.send(START + b"Content-Length: 0\r\n\r\n")
    await caller.reader.readuntil(b"\r\n\r\n")
    assert await caller.reader.readexactly(8) == b"3\r\none\r\n"
    go_on.set()
    assert await caller.reader.readexactly(13) == b"3\r\ntwo\r\n0\r\n\r\n"
    server.close()


async def test_a_body_over_the_limit_is_refused_before_an_instance_is_asked(scene: Scene) -> None:
    backend = await scene.backend()
    scene.one(backend)
    caller = await scene.raw()
    await caller.send(START + b"Content-Length: 300001\r\nExpect: 100-continue\r\n\r\n")
    status, headers, _ = await caller.answer()
    assert (status, headers["connection"]) == (413, "close")
    assert backend.connections == 0


async def test_a_body_in_chunks_is_counted(scene: Scene) -> None:
    backend = await scene.backend()
    scene.one(backend)

    async def pieces():
        for _ in range(40):
            yield b"x" * 10_000

    assert (await scene.client.post("/score", content=pieces())).status_code == 413
    assert not backend.received


async def test_who_waits_for_a_word_before_sending_gets_it(scene: Scene) -> None:
    backend = await scene.backend()
    scene.one(backend)
    caller = await scene.raw()
    await caller.send(START + b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\n")
    assert (await caller.answer())[0] == 100
    await caller.send(b"abc")
    assert (await caller.answer())[0] == 200
    assert "expect" not in backend.received[0].headers


async def test_head_has_no_body_and_options_is_the_gateways(scene: Scene) -> None:
    backend = await scene.backend(reply=b"HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 9\r\n\r\n")
    scene.one(backend)
    found = await scene.client.head("/openapi.json")
    assert (found.status_code, found.content, found.headers["x-a"]) == (200, b"", "1")
    options = await scene.client.options("/score", headers={"origin": "https://elsewhere"})
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, POST, OPTIONS")
    assert "access-control-allow-origin" not in options.headers
    assert len(backend.received) == 1


async def test_an_old_caller_gets_a_plain_answer_and_the_end(scene: Scene) -> None:
    backend = await scene.backend(reply=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n")
    scene.one(backend)
    caller = await scene.raw()
    await caller.send(START.replace(b"HTTP/1.1", b"HTTP/1.0") + b"\r\n")
    said = await asyncio.wait_for(caller.reader.read(), 5)
    assert said.endswith(b"\r\n\r\nab")
    assert b"transfer-encoding" not in said.lower()


async def test_an_offer_to_upgrade_is_passed_over(scene: Scene) -> None:
    backend = await scene.backend()
    scene.one(backend)
    caller = await scene.raw()
    await caller.send(
        START
        + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: A\r\nContent-Length: 3\r\n\r\nabc"
    )
    assert (await caller.answer())[0] == 200
    assert (backend.received[0].body, "upgrade" in backend.received[0].headers) == (b"abc", False)


@pytest.mark.parametrize("path", ["/", "", "/metrics", "/healthz/live", "/healthz", "/swagger", "/predict"])
async def test_a_path_that_is_not_for_callers_is_not_served(scene: Scene, path: str) -> None:
    backend = await scene.backend()
    scene.one(backend)
    found = await scene.client.get(f"http://127.0.0.1:{scene.gateway.port}/e/main/ep{path}")
    assert (found.status_code, found.json()["code"]) == (404, "path_not_served")
    assert not backend.received


async def test_a_container_of_ones_own_has_its_own_path(scene: Scene) -> None:
    backend = await scene.backend()
    scene.one(backend, routes=["/v1/models/half:predict"])
    assert (await scene.client.post("/v1/models/half:predict")).status_code == 200
    assert (await scene.client.post("/v2/models/m/infer")).status_code == 200


async def pushed(writer: asyncio.StreamWriter, data: bytes, times: int) -> int:
    """How many bytes could be written before nobody took more for a moment."""
    sent = 0
    for _ in range(times):
        writer.write(data)
        try:
            await asyncio.wait_for(writer.drain(), 0.3)
        except TimeoutError:
            return sent
        sent += len(data)
    return sent


async def test_what_nobody_takes_is_not_piled_up_in_either_direction(scene: Scene) -> None:
    size, times = 1_000_000, 60
    scene.gateway.body_limit = size * times
    answered: list[int] = []
    done = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if b"content-length: 0" in head:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (size * times))
            answered.append(await pushed(writer, b"x" * size, times))
        await done.wait()
        writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=1_000)
    said = deployment(1)
    said["instances"] = [{"id": 1, "address": f"127.0.0.1:{server.sockets[0].getsockname()[1]}"}]
    scene.adopt(ep=endpoint(traffic={"blue": 100}, deployments={"blue": said}))
    sender = await scene.raw()
    await sender.send(START + b"Content-Length: %d\r\n\r\n" % (size * times))
    assert await pushed(sender.writer, b"x" * size, times) < size * times * 0.7
    reader = await scene.raw()
    await reader.send(START + b"Content-Length: 0\r\n\r\n")
    while not answered:
        await asyncio.sleep(0.02)
    assert answered[0] < size * times * 0.7
    done.set()
    sender.writer.transport.abort()
    reader.writer.transport.abort()
    server.close()


async def test_a_caller_that_leaves_ends_its_request(scene: Scene) -> None:
    backend = await scene.backend(delay=5)
    scene.one(backend)
    caller = await scene.raw()
    await caller.send(START + b"Content-Length: 0\r\n\r\n")
    while not backend.received:
        await asyncio.sleep(0.01)
    caller.close()
    for _ in range(100):
        if not scene.gateway.busy:
            break
        await asyncio.sleep(0.01)
    instance = scene.gateway.table.deployments[1].instances[0]
    assert (len(scene.gateway.busy), instance.open, instance.idle) == (0, 0, [])
    assert scene.gateway.counter.counts[1].total == {499: 1}

"""RELIABILITY A57: the address that was judged is the one that is connected to, in every client library."""

import http.server
import socket
import threading
from collections.abc import Iterator
from typing import Any

import boto3
import botocore.config
import pytest
import sqlalchemy

from studio.outbound import addresses, pinning
from studio.outbound.addresses import DATA, Refused


class Hits(http.server.BaseHTTPRequestHandler):
    seen: list[str] = []

    def do_GET(self) -> None:
        self.seen.append(self.headers["Host"])
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", f"http://private.example:{self.server.server_address[1]}/secret")
        else:
            self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *words: Any) -> None:
        return


@pytest.fixture
def server() -> Iterator[int]:
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hits)
    Hits.seen.clear()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield made.server_address[1]
    made.shutdown()
    made.server_close()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """What each name resolves to, time after time."""
    answers: dict[str, list[list[str]]] = {}

    def resolve(host: str, port: int) -> list[str]:
        return answers[host].pop(0) if len(answers[host]) > 1 else answers[host][0]

    monkeypatch.setattr(addresses, "resolve", resolve)
    return answers


def test_requests_connects_to_the_judged_address_and_keeps_the_name(server: int, names: Any, settings: Any) -> None:
    settings.DATA_HOSTS = frozenset({f"store.example:{server}"})
    names["store.example"] = [["127.0.0.1"]]
    answer = pinning.session(purpose=DATA).get(f"http://store.example:{server}/", timeout=2)
    assert (answer.text, Hits.seen) == ("ok", [f"store.example:{server}"])


def test_a_name_that_turns_private_is_not_connected_to(server: int, names: Any) -> None:
    names["rebinding.example"] = [["93.184.216.34"], ["127.0.0.1"]]
    assert addresses.check_host("rebinding.example", server, purpose=DATA) == ["93.184.216.34"]
    with pytest.raises(Refused):
        pinning.session(purpose=DATA).get(f"http://rebinding.example:{server}/", timeout=2)
    with pytest.raises(Refused):
        pinning.connect("rebinding.example", server, purpose=DATA)
    assert Hits.seen == []


def test_a_redirect_to_a_private_address_leads_nowhere(server: int, names: Any, settings: Any) -> None:
    settings.DATA_HOSTS = frozenset({f"store.example:{server}"})
    names["store.example"] = names["private.example"] = [["127.0.0.1"]]
    with pytest.raises(Refused):
        pinning.session(purpose=DATA).get(f"http://store.example:{server}/away", timeout=2)
    with pytest.raises(Refused):
        pinning.pool_manager(purpose=DATA).request("GET", f"http://store.example:{server}/away", timeout=2.0)
    assert Hits.seen == [f"store.example:{server}"] * 2


def test_the_environments_proxy_is_not_asked(server: int, names: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{server}")
    names["private.example"] = [["10.0.0.1"]]
    with pytest.raises(Refused):
        pinning.session(purpose=DATA).get("http://private.example/", timeout=2)
    assert Hits.seen == []


def boto(server: int) -> Any:
    once = botocore.config.Config(proxies={}, retries={"max_attempts": 0}, connect_timeout=2, read_timeout=2)
    client = boto3.client(
        "s3", endpoint_url=f"http://store.example:{server}", region_name="us-east-1", config=once,
        aws_access_key_id="a", aws_secret_access_key="b",
    )  # fmt: skip
    pinning.pin_boto(client, purpose=DATA)
    return client


def test_boto_connects_to_the_judged_address(server: int, names: Any, settings: Any) -> None:
    settings.DATA_HOSTS = frozenset({f"store.example:{server}"})
    names["store.example"] = [["127.0.0.1"]]
    assert boto(server).get_object(Bucket="b", Key="k")["Body"].read() == b"ok"


def test_boto_is_refused_a_private_address(server: int, names: Any) -> None:
    names["store.example"] = [["127.0.0.1"]]
    with pytest.raises(Exception) as caught:
        boto(server).get_object(Bucket="b", Key="k")
    assert addresses.refusal(caught.value) is not None
    assert Hits.seen == []


def test_azure_is_refused_a_private_address_and_connects_to_a_judged_one(
    server: int, names: Any, settings: Any
) -> None:
    from azure.core.pipeline.transport import HttpRequest

    names["store.example"] = [["127.0.0.1"]]
    question = HttpRequest("GET", f"http://store.example:{server}/")
    with pytest.raises(Exception) as caught, pinning.azure_transport(purpose=DATA) as closed:
        closed.send(question)
    assert addresses.refusal(caught.value) is not None
    settings.DATA_HOSTS = frozenset({f"store.example:{server}"})
    with pinning.azure_transport(purpose=DATA) as transport:
        assert transport.send(question).status_code == 200


@pytest.mark.parametrize("url", ["postgresql+psycopg://u:p@db.example/d", "mysql+pymysql://u:p@db.example/d"])
def test_sql_is_refused_a_private_address(names: Any, url: str) -> None:
    names["db.example"] = [["127.0.0.1"]]
    engine = sqlalchemy.create_engine(url)
    pinning.pin_engine(engine, purpose=DATA)
    with pytest.raises(Refused):
        engine.connect()


@pytest.mark.parametrize("scheme", ["postgresql+psycopg", "mysql+pymysql"])
def test_sql_connects_to_the_judged_address(names: Any, settings: Any, scheme: str) -> None:
    names["db.example"] = [["127.0.0.1"]]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        settings.DATA_HOSTS = frozenset({f"db.example:{port}"})
        engine = sqlalchemy.create_engine(f"{scheme}://u:p@db.example:{port}/d")
        pinning.pin_engine(engine, purpose=DATA)
        came: list[Any] = []

        def take() -> None:
            connection, peer = listening.accept()
            came.append(peer[0])
            connection.close()

        thread = threading.Thread(target=take)
        thread.start()
        with pytest.raises(sqlalchemy.exc.OperationalError):
            engine.connect()
        thread.join(2)
    assert came == ["127.0.0.1"]

"""Who may come in."""

import time

import pytest

from registry.endpoints import tokens
from tests.registry.endpoints.gateway.conftest import FOREIGN_KEY, KEY, OTHER_KEY, Scene, deployment, endpoint, hashed

SECRET, OTHER_SECRET = "secret-of-ep", "secret-of-the-other"


@pytest.fixture
async def both(scene: Scene) -> Scene:
    """An endpoint by key and one by token, and one of each in another workspace."""
    behind = {"blue": deployment(1, await scene.backend())}
    facts = {"traffic": {"blue": 100}, "deployments": behind}
    scene.adopt(
        ep=endpoint(1, **facts),
        tok=endpoint(2, **facts, auth_mode="aml_token", keys=[], token_secret=SECRET),
        beside=endpoint(5, **facts, keys=[hashed("aek_beside")]),
        other__ep=endpoint(3, **facts, keys=[hashed(FOREIGN_KEY)]),
        other__tok=endpoint(4, **facts, auth_mode="aml_token", keys=[], token_secret=OTHER_SECRET),
    )
    return scene


async def ask(scene: Scene, authorization: str | None, name: str = "main/ep") -> tuple[int, str]:
    url = f"http://127.0.0.1:{scene.gateway.port}/e/{name}/score"
    scene.client.headers.pop("authorization", None)
    headers = {} if authorization is None else {"authorization": authorization}
    answer = await scene.client.post(url, content=b"{}", headers=headers)
    if answer.status_code == 401:
        assert answer.headers["www-authenticate"].startswith("Bearer")
    return answer.status_code, "" if answer.status_code == 200 else answer.json()["code"]


@pytest.mark.parametrize("key", [KEY, OTHER_KEY])
async def test_both_keys_open(both: Scene, key: str) -> None:
    assert (await ask(both, f"Bearer {key}"))[0] == 200


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        (None, "key_missing"),
        ("Bearer", "bad_authorization"),
        (f"Basic {KEY}", "bad_authorization"),
        (KEY, "bad_authorization"),
        ("Bearer aek_nothing", "wrong_key"),
        (f"Bearer {KEY}x", "wrong_key"),
        ("Bearer aek_beside", "wrong_key"),
        ("Bearer aet_nonsense", "wrong_token"),
    ],
)
async def test_without_a_key_that_fits_it_is_401(both: Scene, authorization: str | None, code: str) -> None:
    assert await ask(both, authorization) == (401, code)


async def test_a_key_of_another_workspace_finds_nothing(both: Scene) -> None:
    assert await ask(both, f"Bearer {FOREIGN_KEY}") == (404, "not_found")
    foreign = tokens.make(endpoint_id=4, secret=OTHER_SECRET, expires=int(time.time()) + 60)
    assert await ask(both, f"Bearer {foreign}", "main/tok") == (404, "not_found")


@pytest.mark.parametrize("name", ["main/none", "none/ep", "main/EP", "main"])
async def test_an_unknown_endpoint_is_404_with_any_key(both: Scene, name: str) -> None:
    assert await ask(both, f"Bearer {KEY}", name) == (404, "not_found")


async def test_a_token_opens_until_its_time_is_over(both: Scene) -> None:
    good = tokens.make(endpoint_id=2, secret=SECRET, expires=int(time.time()) + 60)
    assert (await ask(both, f"Bearer {good}", "main/tok"))[0] == 200
    old = tokens.make(endpoint_id=2, secret=SECRET, expires=int(time.time()) - 1)
    assert await ask(both, f"Bearer {old}", "main/tok") == (401, "wrong_token")
    assert await ask(both, f"Bearer {good[:-2]}xx", "main/tok") == (401, "wrong_token")
    forged = tokens.make(endpoint_id=2, secret="guessed", expires=int(time.time()) + 60)
    assert await ask(both, f"Bearer {forged}", "main/tok") == (401, "wrong_token")


async def test_a_token_of_another_endpoint_does_not_open(both: Scene) -> None:
    other = tokens.make(endpoint_id=9, secret=SECRET, expires=int(time.time()) + 60)
    assert await ask(both, f"Bearer {other}", "main/tok") == (401, "wrong_token")
    mine = tokens.make(endpoint_id=2, secret=SECRET, expires=int(time.time()) + 60)
    assert await ask(both, f"Bearer {mine}", "main/ep") == (401, "wrong_token")


async def test_a_key_that_was_replaced_is_refused_with_the_next_table(both: Scene) -> None:
    caller = await both.raw()
    asked = f"POST /e/main/ep/score HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {KEY}\r\nContent-Length: 0\r\n\r\n"
    await caller.send(asked.encode())
    assert (await caller.answer())[0] == 200
    both.adopt(ep=endpoint(1, keys=[hashed("aek_new")], traffic={"blue": 100}, deployments={"blue": deployment(1)}))
    await caller.send(asked.encode())  # on the connection that was open before
    assert (await caller.answer())[0] == 401

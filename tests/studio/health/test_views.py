"""Health: what probes see."""

from functools import partial

import pytest
from django.test import Client

from studio.health import checks
from studio.health.checks import Check


@pytest.fixture(autouse=True)
def no_kept_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_last", None)


def all_up(**others: Check) -> dict[str, object]:
    """Checks that are all up, but for the given ones."""
    return {name: partial(others.get, name, Check(ok=True)) for name in checks.CHECKS}


def test_healthz_needs_nothing(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_readyz_is_200_when_all_is_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "CHECKS", all_up())
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert set(answer.json()["checks"]) == {"database", "redis", "worker", "storage", "gateway"}
    assert "no-store" in answer["Cache-Control"]


def test_readyz_is_503_and_names_what_is_down(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "CHECKS", all_up(redis=Check(ok=False, detail="does not answer")))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert answer.json()["checks"]["redis"] == {"ok": False, "detail": "does not answer"}
    assert answer.json()["checks"]["database"]["ok"]


def test_a_gateway_that_is_away_is_told_and_leaves_the_studio_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "CHECKS", all_up(gateway=Check(ok=False, detail="does not answer")))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert not answer.json()["checks"]["gateway"]["ok"]


def test_a_check_that_hangs_counts_as_down_after_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    done = threading.Event()
    monkeypatch.setattr(checks, "LONGEST", 0.05)
    monkeypatch.setattr(checks, "CHECKS", {**all_up(), "storage": lambda: done.wait(5) and Check(ok=True)})
    found = checks.look()
    done.set()
    assert not found["storage"].ok
    assert found["database"].ok


def test_what_a_check_raises_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> Check:
        raise ConnectionRefusedError("secret-host:6379")

    monkeypatch.setattr(checks, "CHECKS", {**all_up(), "redis": refuse})
    assert checks.look()["redis"] == Check(ok=False, detail="does not answer")


def test_storage_is_up_where_a_file_can_be_written() -> None:
    assert checks.storage().ok

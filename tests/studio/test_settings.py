"""The environment: read in one place, and every variable documented."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from studio.settings import base, env

ROOT = Path(base.BASE_DIR)
READ = re.compile(r"""env\.\w+\(\s*"([A-Z][A-Z0-9_]+)\"""")


def test_every_variable_is_in_the_operations_page() -> None:
    documented = (ROOT / "docs/operations.md").read_text()
    sources = [*(ROOT / "studio/settings").glob("*.py"), *(ROOT / "studio/supervisor").glob("*.py")]
    read = {name for source in sources for name in READ.findall(source.read_text())}
    assert len(read) > 15
    assert sorted(name for name in read if f"`{name}`" not in documented) == []


def test_every_documented_variable_is_read() -> None:
    documented = set(re.findall(r"`(ATELIER_[A-Z_]+)`", (ROOT / "docs/operations.md").read_text()))
    code = "".join(source.read_text() for source in [*(ROOT / "studio").rglob("*.py"), *(ROOT / "tests").glob("*.py")])
    assert sorted(name for name in documented if f'"{name}"' not in code) == []


@pytest.mark.parametrize("text", ["yes please", "2"])
def test_a_flag_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("ATELIER_DEBUG", text)
    with pytest.raises(ImproperlyConfigured, match="ATELIER_DEBUG is .*: give 1 or 0"):
        env.flag("ATELIER_DEBUG")


@pytest.mark.parametrize(
    ("url", "database", "broker"),
    [
        ("redis://h:6379", "redis://h:6379/1", "redis://h:6379/2"),
        ("redis://:p@h:6379/7", "redis://:p@h:6379/1", "redis://:p@h:6379/2"),
        ("rediss://h", "rediss://h/1", "rediss://h/2"),
        ("unix:///run/r.sock", "unix:///run/r.sock?db=1", "redis+socket:///run/r.sock?virtual_host=2"),
        ("unix:///run/r.sock?db=5", "unix:///run/r.sock?db=1", "redis+socket:///run/r.sock?virtual_host=2"),
    ],
)
def test_one_redis_url_gives_every_part_its_database(
    monkeypatch: pytest.MonkeyPatch, url: str, database: str, broker: str
) -> None:
    monkeypatch.setattr(base, "REDIS_URL", url)
    assert base.redis_database(1) == database
    assert base._broker_url() == broker

"""RELIABILITY A101: values that were entered are searched for in everything the studio keeps, answers and prints."""

import base64
import sqlite3
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import psutil
import pytest

from tests import real_studio
from tests.real_studio import RealStudio

pytestmark = pytest.mark.real
WORD = f"canary-{uuid.uuid4().hex}"
SECRET, CONNECTION, DATASTORE = f"{WORD}/secret+1", f"{WORD}/connection", f"{WORD}/datastore"
# What the job's process does with its value: print it in every way, in pieces, and fail with it in the traceback.
SCRIPT = """
import base64, os, sys, time, urllib.parse
value = os.environ["TOKEN"]
print("length", len(value), os.environ["ADDRESS"], os.environ["ATELIER_TOKEN"])
print(value, repr(value), base64.b64encode(value.encode()).decode(), urllib.parse.quote(value, safe=""))
print(base64.b64encode(b"user:" + value.encode()).decode())
for part in (value[:9], value[9:]):
    sys.stdout.write(part); sys.stdout.flush(); time.sleep(0.4)
print()
open("held", "w").close()
while not os.path.exists("go-on"): time.sleep(0.05)
raise SystemExit("failed with " + value)
"""


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStudio]:
    """A studio with SQLite: its database is read as bytes."""
    started = real_studio.start(tmp_path_factory.mktemp("canary"), ATELIER_LOG_LEVEL="DEBUG")
    yield started
    started.stop()


def client(studio: RealStudio) -> httpx.Client:
    headers = {"Authorization": f"Bearer {studio.token}"}
    me = httpx.get(f"{studio.url}/api/v1/me", headers=headers, timeout=20).json()
    base = f"{studio.url}/api/v1/workspaces/{me['workspaces'][0]['slug']}/"
    return httpx.Client(base_url=base, headers=headers, timeout=20)


def job_file() -> str:
    script = "".join(f"  {line}\n" for line in SCRIPT.strip().splitlines())
    return (
        f"command: |\n  cat > job.py <<'END'\n{script}  END\n  python job.py\n"
        "environment_variables:\n  TOKEN: ${{secrets.token}}\n  ADDRESS: https://user:${{secrets.token}}@x.example/\n"
    )


def forms(value: str) -> list[bytes]:
    whole = base64.b64encode(value.encode())
    return [value.encode(), quote(value, safe="").encode(), whole[: len(whole) // 4 * 4 - 4]]


def finds(data: bytes) -> list[bytes]:
    return [form for value in (SECRET, CONNECTION, DATASTORE) for form in forms(value) if form in data]


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]


def tables(database: Path) -> bytes:
    """Every row of every table as text: what the pages of the file hold may be packed otherwise."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as found:
        names = [row[0] for row in found.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return repr([found.execute(f'SELECT * FROM "{name}"').fetchall() for name in names]).encode()


def enter(http: httpx.Client) -> None:
    """Values by every door that takes one, a form and an error among them."""
    assert http.post("secrets", json={"name": "token", "value": "earlier"}).status_code == 201
    assert http.put("secrets/token", json={"value": SECRET}).status_code == 200
    text = f"name: feed\ntype: python_feed\ntarget: https://x.example/\ncredentials: {{type: pat, pat: {CONNECTION}}}\n"
    assert http.post("connections", json={"text": text}).status_code == 201
    key = base64.b64encode(DATASTORE.encode()).decode()
    lake = (
        f"name: lake\ntype: azure_blob\naccount_name: acme\ncontainer_name: raw\ncredentials: {{account_key: {key}}}\n"
    )
    made = http.post("datastores", json={"text": lake})
    assert made.status_code == 201, made.text
    for wrong in ({"value": SECRET, "other": SECRET}, {"value": SECRET + "\0"}):
        assert http.put("secrets/other", json=wrong).status_code == 400
    assert http.post("connections", json={"text": text.replace("pat:", "pet:")}).status_code == 400


def answers(http: httpx.Client, run: str) -> bytes:
    """Everything a person can ask for about it."""
    paths = [
        "secrets", "secrets/token", "connections", "connections/feed", "datastores", "datastores/lake", "events", "activities", f"runs/{run}",
        f"runs/{run}/log", f"runs/{run}/log/raw", f"runs/{run}/events", f"runs/{run}/artifacts", "runs", "secrets/connection:feed",
    ]  # fmt: skip
    shown = [http.get(path) for path in paths]
    assert {answer.status_code for answer in shown} == {200}, [
        answer.url for answer in shown if answer.status_code != 200
    ]
    found = [answer.content for answer in shown]
    # Nobody is there, so an error is what comes back.
    found.append(http.post("datastores/lake/check", timeout=60).content)
    found.append(http.post(f"runs/{run}/clone", json={"set": {}, "submit": False}).content)
    return b"".join(found)


def pages(studio: RealStudio, run: str, slug: str) -> bytes:
    browser = httpx.Client(base_url=studio.url, follow_redirects=True, timeout=20)
    browser.get(studio.new_link())
    paths = [
        "secrets/",
        "secrets/token/",
        "connections/",
        "connections/feed/",
        "connections/feed/edit/",
        f"runs/{run}/overview/",
        f"runs/{run}/logs/",
    ]
    shown = [browser.get(f"/w/{slug}/{path}") for path in paths]
    assert {page.status_code for page in shown} == {200}
    return b"".join(page.content for page in shown)


def command_lines() -> bytes:
    return b"\n".join(" ".join(process.info["cmdline"] or []).encode() for process in psutil.process_iter(["cmdline"]))


def redis_holds(studio: RealStudio) -> bytes:
    """All keys and values, and the queues among them."""
    import redis

    found = []
    for number in range(3):
        with redis.Redis(unix_socket_path=str(next(studio.data_dir.rglob("redis.sock"))), db=number) as store:
            for key in store.scan_iter():
                found += [key, store.dump(key) or b""]
    return b"".join(found)


def test_A101_a_value_that_was_entered_is_nowhere_but_in_the_jobs_own_memory(studio: RealStudio) -> None:
    with client(studio) as http:
        slug = str(http.base_url).rstrip("/").rsplit("/", 1)[1]
        enter(http)
        made = http.post("runs", json={"file_name": "job.yml", "text": job_file()})
        assert made.status_code == 201, made.text
        run = made.json()["id"]
        held = lambda: next(studio.data_dir.rglob("held"), None)
        real_studio.wait_for(held, 60, "the job does not run")
        place = held()
        assert place is not None
        assert finds(command_lines()) == []
        during = [path for path in files_below(studio.data_dir) if finds(path.read_bytes())]
        (place.parent / "go-on").touch()
        real_studio.wait_for(lambda: http.get(f"runs/{run}").json()["state"] == "failed", 30, "the job does not end")
        time.sleep(0.5)
        log = http.get(f"runs/{run}/log/raw").text
        assert (f"length {len(SECRET)} https://user:***@x.example/ ***" in log, log.count("***") >= 8) == (
            True,
            True,
        ), log
        assert "failed with ***" in log
        assert finds(f"x{DATASTORE}x".encode())
        assert finds(answers(http, run) + pages(studio, run, slug) + redis_holds(studio)) == []
    said = "".join(studio.heard()).encode()
    assert (during, finds(said), finds(tables(studio.data_dir / "studio.sqlite3"))) == ([], [], [])
    assert [path for path in files_below(studio.data_dir) if finds(path.read_bytes())] == []


def test_a_job_that_names_a_deleted_secret_does_not_start_and_says_why(studio: RealStudio) -> None:
    with client(studio) as http:
        http.put("secrets/gone", json={"value": "word"})
        text = "command: echo started\nenvironment_variables: {TOKEN: '${{secrets.gone}}'}\n"
        run = http.post("runs", json={"file_name": "job.yml", "text": text, "submit": False}).json()["id"]
        assert http.delete("secrets/gone").status_code == 204
        http.post(f"runs/{run}/submit")
        real_studio.wait_for(lambda: http.get(f"runs/{run}").json()["state"] == "failed", 30, "the job does not end")
        log = http.get(f"runs/{run}/log/raw").text
    assert "The secret gone can't be had" in log
    assert "started" not in log

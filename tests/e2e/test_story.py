"""The whole story of the first stone, in a real browser against a real studio.

A data scientist starts an example by one click, submits a job file from the command line, watches it train, stops one run,
clones another with other values, and compares; a team lead who may only read sees all of it and changes none of it.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.real_studio import ROOT, RealStudio

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
LONG = 60_000  # ms: an environment or a training may take its time on a busy machine

TRAIN = """
import sys, time
import atelier

lr, epochs = float(sys.argv[1]), int(sys.argv[2])
with atelier.start_run() as run:
    for epoch in range(1, epochs + 1):
        run.log({"loss": 1 / (1 + lr * epoch)}, step=epoch)
        print(f"epoch {epoch}", flush=True)
        time.sleep(0.2)
"""
JOB = """
experiment_name: vision/story
code: .
command: python train.py ${{inputs.lr}} ${{inputs.epochs}}
inputs: {lr: 0.1, epochs: 12}
"""


@pytest.fixture
def job_file(tmp_path: Path) -> Path:
    (tmp_path / "train.py").write_text(TRAIN)
    path = tmp_path / "job.yml"
    path.write_text(JOB)
    return path


@pytest.fixture
def atelier(studio: RealStudio, tmp_path: Path):
    """The command line as its user types it."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT / "sdk" / "src"),
        "ATELIER_URL": studio.url,
        "ATELIER_TOKEN": studio.token,
        "ATELIER_WORKSPACE": "main",
    }

    def run(*words: str, **options) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "atelier", *words],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options,
        )  # fmt: skip

    return run


@pytest.fixture
def rest(studio: RealStudio):
    headers = {"Authorization": f"Bearer {studio.token}"}
    with httpx.Client(base_url=f"{studio.url}/api/v1/workspaces/main/", headers=headers, timeout=20) as client:
        yield client


def invited(new_page, rest: httpx.Client, email: str, role: str):
    """A page of a new member who followed an invitation link and chose a name and a password."""
    url = rest.post("invitations", json={"email": email, "role": role}).raise_for_status().json()["url"]
    page = new_page()
    page.goto(url)
    page.get_by_label("Name").fill(email.split("@")[0].title())
    for field in page.locator("input[type=password]").all():
        field.fill("a-long-enough-secret-4711")
    page.locator("main form button[type=submit], form button.btn-primary[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/w/main/"))
    return page


def run_id_of(page) -> str:
    return re.search(r"/runs/([2-9a-z]{12})/", page.url)[1]


def live_run_of(rest: httpx.Client, experiment: str) -> str:
    """The id of the one live run there, as soon as there is one: other stories leave live runs elsewhere."""
    query = f"state = 'live' and experiment = '{experiment}'"
    deadline = time.monotonic() + LONG / 1000
    while not (found := rest.get("runs", params={"filter": query}).raise_for_status().json()["results"]):
        assert time.monotonic() < deadline, f"no live run in {experiment}"
        time.sleep(0.2)
    return found[0]["id"]


def test_an_example_is_started_by_one_click_and_finishes_before_ones_eyes(page):
    page.goto("/w/main/")
    expect(page.get_by_role("heading", name="Ready to start")).to_be_visible()
    starts = page.get_by_role("button", name=re.compile("^Start "))
    expect(starts).to_have_count(3)
    page.locator(".home-ready li", has_text="no-sdk").get_by_role("button").click()
    page.wait_for_url(re.compile(r"/overview/"))
    expect(page.locator("#run-state")).to_contain_text("Completed", timeout=LONG)
    page.get_by_role("link", name="Logs").click()
    expect(page.locator("log-viewer")).to_contain_text("pi is about")


def test_a_submitted_run_appears_at_once_and_its_curve_and_log_move(page, atelier, job_file):
    page.goto("/w/main/experiments/")
    command = atelier("run", "submit", str(job_file), "--stream")
    link = page.get_by_role("link", name="story", exact=True)
    expect(link).to_be_visible(timeout=LONG)  # without a reload
    link.click()
    page.locator(".ag-row .grid-name a").first.click()
    page.wait_for_url(re.compile("/overview/"))
    page.get_by_role("link", name="Charts").click()
    chart = page.locator("metric-chart").first
    expect(chart).to_contain_text("loss", timeout=LONG)
    out, err = command.communicate(timeout=90)
    assert command.returncode == 0, err
    assert [line for line in out.splitlines() if line.startswith("epoch")] == [f"epoch {n}" for n in range(1, 13)]
    expect(page.locator("#run-state")).to_contain_text("Completed", timeout=LONG)
    page.get_by_role("link", name="Logs").click()
    expect(page.locator("log-viewer")).to_contain_text("epoch 12")
    page.get_by_role("link", name="Code").click()
    expect(page.locator("main")).to_contain_text("train.py")


def test_a_metric_shows_in_another_persons_open_chart_within_a_second(page, rest):
    run = rest.post("runs/start", json={"experiment": "vision/live", "name": "watched"}).raise_for_status().json()
    points = {"writer": "w", "seq": 0, "metrics": [{"key": "loss", "step": 1, "value": 0.5, "time_ms": 1}]}
    rest.post(f"runs/{run['id']}/ingest", json=points).raise_for_status()
    page.goto(f"/w/main/runs/{run['id']}/charts/")
    table = page.locator("metric-chart").first
    expect(table).to_be_visible(timeout=LONG)
    page.wait_for_function("document.querySelector('metric-chart .plotly, metric-chart svg')", timeout=LONG)
    expect(page.locator("live-chip button")).to_have_attribute("data-state", "live", timeout=LONG)
    with page.expect_response(lambda answer: "points" in answer.url or "buckets" in answer.url, timeout=1000):
        points = {"writer": "w", "seq": 1, "metrics": [{"key": "loss", "step": 2, "value": 0.25, "time_ms": 2}]}
        rest.post(f"runs/{run['id']}/ingest", json=points).raise_for_status()
    rest.post(f"runs/{run['id']}/finish", json={"state": "completed"}).raise_for_status()


def test_a_run_is_stopped_from_its_page_and_a_clone_gets_other_values_and_both_are_compared(
    page, atelier, rest, job_file
):
    command = atelier("run", "submit", str(job_file), "--set", "inputs.epochs=500", "--stream")
    first = live_run_of(rest, "vision/story")  # a table that is open already shows it only behind a bar
    page.goto("/w/main/")
    page.get_by_role("link", name="All live runs").click(timeout=LONG)
    page.locator(f'.ag-row .grid-name a[href*="{first}"]').click(timeout=LONG)
    page.wait_for_url(re.compile(f"/{first}/overview/"))
    expect(page.locator("#run-state")).to_contain_text("Running", timeout=LONG)
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Stop run").click()
    expect(page.locator("#run-state")).to_contain_text("Canceled", timeout=LONG)
    command.communicate(timeout=60)
    assert command.returncode == 130
    page.get_by_role("link", name="Clone", exact=True).click()
    page.get_by_label(re.compile("^Inputs")).fill("lr: 0.5\nepochs: 3")
    page.get_by_role("button", name="Submit run").click()
    page.wait_for_url(lambda url: "/overview/" in url and first not in url)
    second = run_id_of(page)
    expect(page.locator("#run-state")).to_contain_text("Completed", timeout=LONG)
    page.goto(f"/w/main/compare/?ids={first},{second}")
    expect(page.locator("main")).to_contain_text("lr")
    expect(page.locator("main")).to_contain_text("0.5")


def test_a_reader_sees_everything_and_can_change_nothing_and_a_stranger_sees_nothing(new_page, studio, rest):
    run = rest.post("runs/start", json={"experiment": "vision/shared", "name": "seen"}).raise_for_status().json()
    reader = invited(new_page, rest, "rita@example.org", "reader")
    reader.goto(f"/w/main/runs/{run['id']}/overview/")
    expect(reader.get_by_role("heading", level=1)).to_contain_text("seen")
    for name in ("Stop", "Submit run", "Archive", "New run"):
        expect(reader.get_by_role("button", name=name)).to_have_count(0)
    assert reader.goto("/w/main/runs/new/").status == 403
    answer = reader.request.post(f"/w/main/runs/{run['id']}/stop/", headers={"Referer": studio.url})
    assert answer.status == 403
    assert rest.get(f"runs/{run['id']}").json()["state"] == "running"
    rest.post(f"runs/{run['id']}/finish", json={"state": "completed"}).raise_for_status()
    members = rest.get("members").json()["results"]
    rita = next(member for member in members if "rita" in str(member))
    rest.delete(f"members/{rita['id']}").raise_for_status()
    assert reader.goto(f"/w/main/runs/{run['id']}/overview/").status == 404
    assert reader.goto("/w/main/").status == 404

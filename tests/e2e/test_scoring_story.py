"""From a run to a scoring endpoint with a real Docker engine: by one command, by the command line, in a browser.

Each number is compared with what scikit-learn says in this process of the very file that the run left.
"""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
import pytest

from tests.real_studio import ROOT, RealStudio, wait_for
from tests.servers import missing

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.real
LONG = 120_000  # ms: an image and an instance on a busy machine
SERVING = ROOT / "examples" / "serve-diabetes"
SAMPLE = SERVING / "sample.json"
CLOSE = 1e-9


@dataclass
class Studio:
    """The real studio, asked as its users ask it."""

    real: RealStudio
    home: Path
    runs: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "ATELIER_URL": self.real.url, "ATELIER_TOKEN": self.real.token, "ATELIER_WORKSPACE": "main",
            "PYTHONPATH": str(ROOT / "sdk" / "src"), "PATH": os.environ["PATH"], "HOME": str(self.home),
        }  # fmt: skip

    def run(self, *words: str, seconds: float = 200, **more: str) -> str:
        """What a program printed, and must have ended well."""
        environment = {**self.environment, **more}
        done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=seconds, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def atelier(self, *words: str) -> str:
        return self.run(sys.executable, "-m", "atelier", *words)

    def told(self, *words: str) -> Any:
        return json.loads(self.atelier(*words, "-o", "json"))

    def trained(self, alpha: str = "0.3") -> str:
        """The id of a run of the example that has completed, one for each strength, which decides what the model says."""
        if alpha not in self.runs:
            self.runs[alpha] = self._train(alpha)
        return self.runs[alpha]

    def _train(self, alpha: str) -> str:
        few = ("--set", f"inputs.alphas={alpha}", "--set", "inputs.folds=3")
        done = subprocess.run(
            [sys.executable, "-m", "atelier", "run", "submit", str(ROOT / "examples/diabetes/job.yml"), *few, "--stream"],
            env=self.environment, capture_output=True, text=True, timeout=200, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "best: " in done.stdout
        return re.findall(r"\((\w{12})\)", done.stderr)[0]

    def expected(self, model: str, sample: Any = None) -> list[float]:
        """What scikit-learn itself says with the file of a model version."""
        joblib = pytest.importorskip("joblib")
        folder = self.home / model.replace(":", "-")
        name, _, number = model.partition(":")
        if not folder.exists():
            self.atelier("model", "download", name, "--version", number, "--to", str(folder))
        asked = sample or json.loads(SAMPLE.read_text())
        return list(joblib.load(folder / "model.joblib").predict(asked["data"]))


@pytest.fixture(scope="module")
def at(
    studio: RealStudio, tmp_path_factory: pytest.TempPathFactory, docker_engine: "docker.DockerClient", base_image: str
) -> Iterator[Studio]:
    found = Studio(studio, tmp_path_factory.mktemp("home"))
    yield found
    for endpoint in found.told("endpoint", "list"):
        found.atelier("endpoint", "delete", endpoint["name"], "--yes")
    wait_for(lambda: not _containers(docker_engine, studio), 60, "containers of deployments are left")
    for image in found.told("image", "list"):
        for version in found.told("image", "show", image["name"])["versions"]:
            with contextlib.suppress(docker.errors.DockerException):
                docker_engine.images.remove(version["reference"])


def _containers(engine: "docker.DockerClient", studio: RealStudio) -> list[Any]:
    """The instances of this studio, and of no other that runs on the machine."""
    every = engine.containers.list(all=True, filters={"label": "atelier.folder"}, ignore_removed=True)
    return [one for one in every if one.labels["atelier.folder"].startswith(str(studio.data_dir))]


def close(said: list[float], wanted: list[float]) -> bool:
    return len(said) == len(wanted) and all(abs(one - other) <= CLOSE for one, other in zip(said, wanted, strict=True))


def test_one_command_trains_registers_and_serves_and_any_language_asks(at: Studio) -> None:
    said = at.run(sys.executable, str(ROOT / "examples" / "diabetes" / "deploy.py"))
    wanted = at.expected("diabetes:1")
    assert close(json.loads(said.splitlines()[-1].removeprefix("It answers ")), wanted), said
    endpoint = at.told("endpoint", "show", "diabetes")
    assert endpoint["traffic"] == {"blue": 100}
    key = at.told("endpoint", "keys", "diabetes")["primaryKey"]
    for program, name in (("curl", "client.sh"), ("node", "client.mjs")):
        if not shutil.which(program):
            missing(program)
        by = "sh" if program == "curl" else program
        answer = at.run(by, str(SERVING / name), KEY=key, URL=endpoint["scoring_uri"])
        assert close(json.loads(answer), wanted), (program, answer)


def test_the_command_line_goes_the_whole_way_and_lineage_tells_it(at: Studio) -> None:
    run = at.trained()
    version = at.told("model", "register", "diabetes", f"runs:/{run}/outputs")["version"]
    model = f"diabetes:{version}"
    # No environment is named: what made the model can load it.
    built = at.atelier("image", "build", "--model", model, "--code", str(SERVING), "--script", "score.py", "--stream")
    assert "Stage 3 of 3" in built, built
    image = at.told("image", "show", "diabetes", "--version", "latest")
    assert (image["state"], image["models"]) == ("ready", [{"model": "diabetes", "version": version}])
    assert image["digest"].startswith("sha256:"), image
    assert {"scikit-learn", "joblib"} <= {package["name"] for package in image["packages"]}

    folder = at.home / "by-hand"
    folder.mkdir()
    (folder / "blue.yml").write_text(f"name: blue\nendpoint_name: by-hand\nimage: diabetes:{image['version']}\n")
    at.atelier("endpoint", "create", "-f", str(SERVING / "endpoint.yml"), "--name", "by-hand")
    at.atelier("deployment", "create", "-f", str(folder / "blue.yml"), "--all-traffic", "--wait")
    answer = json.loads(at.atelier("endpoint", "invoke", "by-hand", "--request-file", str(SAMPLE)))
    assert close(answer, at.expected(model)), answer
    forced = at.atelier("endpoint", "invoke", "by-hand", "--request-file", str(SAMPLE), "--deployment", "blue")
    assert close(json.loads(forced), answer)
    assert at.atelier("deployment", "logs", "blue", "-e", "by-hand")

    told = at.told("lineage", "endpoint", "by-hand")
    assert [thing["kind"] for thing in told["things"]] == ["run", "model", "image", "deployment", "endpoint"]
    assert told["things"][0]["id"] == run
    names = {(thing["kind"], thing["name"]) for thing in told["things"]}
    assert names <= {(thing["kind"], thing["name"]) for thing in at.told("lineage", "run", run)["things"]}
    held = subprocess.run(
        [sys.executable, "-m", "atelier", "model", "delete", "diabetes", "--version", str(version), "--yes"],
        env=at.environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert held.returncode == 5, held.stderr
    assert f"The image diabetes:{image['version']} holds diabetes {version}" in held.stderr, held.stderr


def ask(page, deployment: str = "") -> list[float]:
    """What the console page shows of the sample's answer."""
    page.get_by_role("button", name="JSON", exact=True).first.click()
    page.locator("endpoint-console [name=deployment]").select_option(deployment)
    page.get_by_label("Body as JSON").fill(SAMPLE.read_text())
    with page.expect_response(lambda answer: answer.url.endswith("/invoke") or "/send" in answer.url, timeout=LONG):
        page.get_by_role("button", name="Send").click()
    answer = page.get_by_role("region", name="Answer")
    expect(answer).to_contain_text("200", timeout=LONG)
    return [float(each) for each in re.findall(r"-?\d+\.\d{4,}", answer.inner_text())]


def register_and_build(page, run: str, model: str) -> str:
    """From the run's page to an image that is ready; answers the version of the model."""
    page.goto(f"/w/main/runs/{run}/overview/")
    page.get_by_role("link", name="Register model").click()
    expect(page.get_by_label("Made of")).to_have_value(f"runs:/{run}/outputs")
    page.get_by_label("Model", exact=True).fill(model)
    page.get_by_label("Tags").fill("made-in: browser")
    page.get_by_role("button", name="Register version").click()
    page.wait_for_url("**/versions/*/")
    version = page.url.rstrip("/").rpartition("/")[2]
    expect(page.get_by_label("Lineage")).to_contain_text("diabetes-grid")

    page.get_by_role("link", name="Build image").click()
    page.set_input_files("input[name=code]", SERVING / "score.py")
    page.get_by_role("button", name="Build image").click()
    page.wait_for_url("**/images/**")
    page.get_by_role("link", name="Log", exact=True).click()
    expect(page.get_by_role("log")).to_contain_text("Stage 3 of 3", timeout=LONG)  # without a reload
    expect(page.locator("#image-state")).to_contain_text("Ready", timeout=LONG)
    return version


def deploy(page, name: str, endpoint: str = "") -> None:
    """The image on whose page we are, by the wizard; to a new endpoint, or one that is there."""
    page.get_by_role("link", name="Deploy", exact=True).click()
    if endpoint:
        page.get_by_label("Endpoint", exact=True).fill(endpoint)
    else:
        page.get_by_role("link", name="in-browser", exact=True).click()
    expect(page.get_by_label("Deployment", exact=True)).to_have_value(name)
    while not page.get_by_role("button", name="Deploy", exact=True).is_visible():
        page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Deploy", exact=True).click()
    page.wait_for_url("**/endpoints/in-browser/")
    row = page.locator("tr[data-key^=deployment]").filter(has_text=name)
    expect(row).to_contain_text("Ready", timeout=LONG)


def save_traffic(page, words: str) -> None:
    page.get_by_role("button", name="Save traffic").click()
    expect(page.get_by_role("img", name=f"Traffic: {words}")).to_be_visible()


def test_from_a_finished_run_to_a_rollback_in_the_browser(page, at: Studio) -> None:
    run, other = at.trained(), at.trained("30")
    first = register_and_build(page, run, "in-browser")
    of_blue = at.expected(f"in-browser:{first}")
    page.get_by_role("link", name="Details", exact=True).click()
    facts = page.get_by_role("region", name="What it is", exact=True)
    for words in ("sha256:", "MB in", "layers", "packages"):
        expect(facts).to_contain_text(words)
    page.get_by_role("link", name=re.compile("^Packages")).click()
    expect(page.locator("main")).to_contain_text("scikit-learn")
    deploy(page, "blue", "in-browser")
    expect(page.get_by_role("img", name="Traffic: blue 100 %")).to_be_visible(timeout=LONG)
    page.get_by_role("link", name="Test", exact=True).click()
    assert close(ask(page), of_blue)

    second = register_and_build(page, other, "in-browser")
    assert (first, second) == ("1", "2")
    of_green = at.expected(f"in-browser:{second}")
    assert not close(of_blue, of_green)
    deploy(page, "green")
    page.get_by_label("Copy requests to").select_option("green")
    save_traffic(page, "blue 100 %")
    expect(page.locator("tr[data-key^=deployment]").filter(has_text="green")).to_contain_text("copy of 10 %")
    green = page.locator(".traffic-row[data-name=green]")
    green.get_by_role("button", name="Shift 10 %").click()
    save_traffic(page, "blue 90 %, green 10 %")
    green.get_by_role("button", name="All", exact=True).click()
    save_traffic(page, "green 100 %")
    page.goto("/w/main/endpoints/in-browser/test/")
    assert close(ask(page), of_green)
    page.get_by_role("link", name="Overview", exact=True).click()
    page.get_by_role("button", name=re.compile("^Roll back to")).click()
    expect(page.get_by_role("img", name="Traffic: blue 90 %, green 10 %")).to_be_visible()

    page.get_by_role("link", name="Lineage", exact=True).first.click()
    expect(page.get_by_label("Where green comes from")).to_contain_text("in-browser:2")
    chain = page.get_by_label("Where blue comes from")
    for words in ("diabetes-grid", "in-browser:1", "blue"):
        expect(chain).to_contain_text(words)
    page.goto(f"/w/main/runs/{other}/overview/")  # and from the other end
    expect(page.get_by_label("Lineage", exact=True)).to_contain_text("in-browser/green")

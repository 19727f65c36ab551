"""A scoring script becomes an endpoint on the page: deployed, asked, given a second version, shifted, rolled back."""

import re

import pytest

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
LONG = 90_000  # ms: an instance starts on a busy machine
SCORE = """import json

VERSION = {version}


def init():
    print("version", VERSION, "is loaded", flush=True)


def run(data):
    return {{"version": VERSION, "sums": [sum(row) for row in json.loads(data)["data"]]}}
"""


def deploy(page, folder, version: int, *, endpoint: str = "") -> None:
    """Through the four steps of the wizard, with a script alone as a process."""
    folder.mkdir()
    (folder / "score.py").write_text(SCORE.format(version=version))
    if endpoint:
        page.get_by_label("Endpoint", exact=True).fill(endpoint)
    page.get_by_role("radio", name="A script alone").check()
    page.get_by_role("button", name="Next").click()
    page.set_input_files("input[data-folder]", folder)
    expect(page.get_by_label("Which file is it")).to_have_value("score.py")
    page.get_by_role("button", name="Next").click()
    page.locator("input[name=deployer][value=local]").check()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Deploy", exact=True).click()


def ask(page, deployment: str = "") -> None:
    page.locator("endpoint-console [name=deployment]").select_option(deployment)
    page.get_by_label("Body as JSON").fill('{"data": [[1, 2], [3, 4]]}')
    page.get_by_role("button", name="Send").click()


def test_a_script_is_deployed_asked_replaced_step_by_step_and_rolled_back(page, tmp_path) -> None:
    page.goto("/w/main/endpoints/")
    page.get_by_role("link", name="New endpoint").first.click()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("alert")).to_contain_text("Give the endpoint a name")
    deploy(page, tmp_path / "one", 1, endpoint="sums")

    page.wait_for_url("**/endpoints/sums/")
    row = page.locator("tr[data-key^=deployment]").filter(has_text="blue")
    expect(row).to_contain_text("Ready", timeout=LONG)  # without a reload
    expect(row).to_contain_text("100 %", timeout=LONG)

    page.get_by_role("link", name="Test", exact=True).click()
    ask(page)
    answer = page.get_by_role("region", name="Answer")
    expect(answer).to_contain_text("200", timeout=LONG)
    expect(answer).to_contain_text("7")
    page.get_by_role("button", name="JSON").first.click()
    page.get_by_label("Body as JSON").fill("{")
    expect(page.locator("[data-json-problem]")).to_contain_text("This is no JSON yet")
    page.locator("button.history-line").first.click()
    expect(page.get_by_label("Body as JSON")).to_have_value(re.compile(r'^\{\s+"data"'))

    page.get_by_role("link", name="Deploy", exact=True).click()
    expect(page.get_by_label("Deployment", exact=True)).to_have_value("green")
    deploy(page, tmp_path / "two", 2)
    page.wait_for_url("**/endpoints/sums/")
    green = page.locator("tr[data-key^=deployment]").filter(has_text="green")
    expect(green).to_contain_text("Ready", timeout=LONG)
    expect(green).to_contain_text("0 %")

    page.locator(".traffic-row[data-name=green]").get_by_role("button", name="Shift 10 %").click()
    expect(page.get_by_label("blue", exact=True)).to_have_value("90")
    page.get_by_role("button", name="Save traffic").click()
    expect(page.get_by_role("button", name="Roll back to blue 100 %")).to_be_visible()
    expect(page.get_by_role("img", name="Traffic: blue 90 %, green 10 %")).to_be_visible()
    page.goto("/w/main/endpoints/sums/test/")
    ask(page, "green")
    expect(answer).to_contain_text('"version": 2', timeout=LONG)

    page.get_by_role("link", name="Logs", exact=True).click()
    expect(page.get_by_role("log")).to_contain_text("version 1 is loaded")
    page.get_by_role("link", name="Overview", exact=True).click()
    page.get_by_role("button", name="Roll back to blue 100 %").click()
    expect(page.get_by_role("img", name="Traffic: blue 100 %")).to_be_visible()


def test_a_script_that_fails_to_import_says_where(page, tmp_path) -> None:
    page.goto("/w/main/endpoints/new/")
    folder = tmp_path / "wrong"
    folder.mkdir()
    (folder / "score.py").write_text("import json\nimport nothing_of_this_name\n")
    page.get_by_label("Endpoint", exact=True).fill("wrong")
    page.get_by_role("radio", name="A script alone").check()
    page.get_by_role("button", name="Next").click()
    page.set_input_files("input[data-folder]", folder)
    page.get_by_role("button", name="Next").click()
    page.locator("input[name=deployer][value=local]").check()
    page.get_by_role("button", name="YAML").click()
    expect(page.get_by_label("Deployment as YAML")).to_have_value(re.compile("scoring_script: score.py"))
    page.get_by_role("button", name="Deploy", exact=True).click()
    page.wait_for_url("**/endpoints/wrong/")
    problem = page.locator(".deploy-problem")
    expect(problem).to_contain_text("nothing_of_this_name", timeout=LONG)
    expect(problem).to_contain_text("score.py")

"""The designer in a browser: drawn by drag and drop and by keyboard, refused, undone, copied, as text, by two people."""

import re

import httpx
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split

from tests.e2e.drawing import (
    SPLIT,
    draft_of,
    drag_in,
    drawn,
    node,
    open_canvas,
    path_of,
    refused,
    rest,
    saved,
    wire,
)
from tests.real_studio import ROOT, RealStudio, wait_for

expect = pytest.importorskip("playwright.sync_api").expect


@pytest.fixture
def client(studio: RealStudio):
    with rest(studio) as client:
        yield client


def test_a_pipeline_is_drawn_from_the_palette_and_what_does_not_fit_is_refused(page, client: httpx.Client) -> None:
    url = drawn(client, "drawn by hand")
    open_canvas(page, url)
    page.get_by_text("Draw a pipeline").wait_for()
    for label, x, y in [("Automobile Price", 60, 60), ("Split Data", 60, 230), ("Linear Regression", 330, 60)]:
        drag_in(page, label, x + 120, y + 20)
    drag_in(page, "Train Model", 330, 420)
    node(page, "train_model").wait_for()

    wire(page, ("automobile_price", "dataset"), ("split_data", "dataset"))
    why = "dataset takes a Dataset, and untrained_model of linear_regression"
    refused(page, ("linear_regression", "untrained_model"), ("train_model", "dataset"), why)
    wire(page, ("linear_regression", "untrained_model"), ("train_model", "untrained_model"))
    wire(page, ("split_data", "results_dataset1"), ("train_model", "dataset"))
    node(page, "train_model").click(position={"x": 120, "y": 45})
    page.get_by_label("Label column").fill("price")
    node(page, "split_data").click(position={"x": 120, "y": 45})
    fraction = page.locator('[data-parameter="fraction_of_rows"] input')
    fraction.fill("7")
    page.locator('[data-parameter="fraction_of_rows"] .form-error', has_text="between 0 and 1").wait_for()
    fraction.fill("0.7")
    saved(page)

    jobs = draft_of(client, url)["jobs"]
    assert jobs["train_model"]["inputs"] == {
        "untrained_model": "${{parent.jobs.linear_regression.outputs.untrained_model}}",
        "dataset": "${{parent.jobs.split_data.outputs.results_dataset1}}",
        "label_column": "price",
    }
    assert jobs["split_data"]["inputs"]["fraction_of_rows"] == 0.7
    assert page.locator(".designer-problems").count() == 0


def test_everything_can_be_undone_copied_and_done_by_keyboard(page, client: httpx.Client) -> None:
    url = drawn(client, "by keyboard", {"split": SPLIT}, {"split": [100, 100]})
    open_canvas(page, url)
    page.keyboard.press("a")
    page.get_by_role("combobox", name="Search components and data").fill("train model")
    page.keyboard.press("Enter")
    node(page, "train_model").wait_for()
    page.keyboard.press("Control+z")
    node(page, "train_model").wait_for(state="detached")
    page.keyboard.press("Control+y")
    node(page, "train_model").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Dataset a table").select_option("split.results_dataset1")
    page.locator("h2", has_text="Train Model").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+d")
    node(page, "split_2").wait_for()
    page.keyboard.press("Delete")
    node(page, "split_2").wait_for(state="detached")
    page.keyboard.press("?")
    page.get_by_role("heading", name="In the designer").wait_for()
    page.keyboard.press("Escape")
    saved(page)
    assert sorted(draft_of(client, url)["jobs"]) == ["split", "train_model"]
    copied = page.evaluate(
        """() => { const data = new DataTransfer();
        document.querySelector("pipeline-designer").designer.select(["split", "train_model"]);
        document.body.dispatchEvent(new ClipboardEvent("copy", {clipboardData: data, bubbles: true, cancelable: true}));
        return data.getData("text/plain"); }"""
    )

    other = drawn(client, "pasted into")
    open_canvas(page, other)
    page.evaluate(
        """(text) => { const data = new DataTransfer(); data.setData("text/plain", text);
        document.body.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})); }""",
        copied,
    )
    node(page, "train_model").wait_for()
    saved(page)
    bound = draft_of(client, other)["jobs"]["train_model"]["inputs"]
    assert bound == {"dataset": "${{parent.jobs.split.outputs.results_dataset1}}"}


def test_text_is_edited_and_what_is_wrong_in_it_has_a_line(page, client: httpx.Client) -> None:
    url = drawn(client, "as text", {"split": SPLIT}, {"split": [100, 100]})
    open_canvas(page, url)
    page.get_by_role("button", name="Text", exact=True).click()
    area = page.get_by_label("YAML of the pipeline")
    expect(area).to_have_value(re.compile("split_data"))
    text = area.input_value()
    area.fill(text.replace("atelier:split_data:1", "atelier:split_data:1\n    colour: blue"))
    page.locator(".text-problems .mono", has_text=re.compile(r"^\d+:\d+$")).first.wait_for()
    area.fill(text.replace("split:", "cut:", 1))
    page.get_by_role("button", name="Canvas", exact=True).click()
    node(page, "cut").wait_for()
    saved(page)
    assert list(draft_of(client, url)["jobs"]) == ["cut"]


def test_two_people_never_overwrite_each_other(page, new_page, studio: RealStudio, client: httpx.Client) -> None:
    url = drawn(client, "of two", {"split": SPLIT}, {"split": [100, 100]})
    open_canvas(page, url)
    saved(page)
    # The other one saves while this page hears nothing of it.
    page.evaluate("document.querySelector('live-chip button, [data-live-toggle]')?.click()")
    page.route("**/draft", lambda route: route.abort() if route.request.method == "GET" else route.continue_())
    now = client.get(path_of(url))
    theirs = {**now.json()["document"], "description": "theirs"}
    client.put(path_of(url), json={"document": theirs}, headers={"If-Match": now.headers["ETag"]}).raise_for_status()
    node(page, "split").click(position={"x": 120, "y": 45})
    page.get_by_label("Comment").fill("mine")
    page.get_by_role("alert").get_by_text("saved this pipeline at").wait_for()
    assert draft_of(client, url)["description"] == "theirs"
    page.unroute("**/draft")
    page.get_by_role("button", name="Keep mine as a copy").click()
    page.wait_for_url(lambda found: found != studio.url + url)
    page.locator("pipeline-designer[data-ready]").wait_for()
    assert draft_of(client, page.url)["jobs"]["split"]["comment"] == "mine"
    assert draft_of(client, url)["description"] == "theirs"


FEATURES = ["wheel-base", "curb-weight", "engine-size", "horsepower", "city-mpg"]
CARS = ROOT / "sdk" / "src" / "atelier" / "components" / "samples" / "automobile_price.parquet"
DRAGGED = [
    *(("Automobile Price", 140, 60), ("Select Columns in Dataset", 140, 210), ("Clean Missing Data", 140, 360)),
    *(("Split Data", 140, 510), ("Linear Regression", 440, 510), ("Train Model", 440, 660)),
    *(("Score Model", 140, 810), ("Evaluate Model", 440, 810)),
]
WIRES = [
    (("automobile_price", "dataset"), ("select_columns_in_dataset", "dataset")),
    (("select_columns_in_dataset", "results_dataset"), ("clean_missing_data", "dataset")),
    (("clean_missing_data", "cleaned_dataset"), ("split_data", "dataset")),
    (("linear_regression", "untrained_model"), ("train_model", "untrained_model")),
    (("split_data", "results_dataset1"), ("train_model", "dataset")),
    (("train_model", "trained_model"), ("score_model", "trained_model")),
    (("split_data", "results_dataset2"), ("score_model", "dataset")),
    (("score_model", "scored_dataset"), ("evaluate_model", "scored_dataset")),
]


def plain_r2() -> float:
    """The same steps without the studio."""
    frame = pd.read_parquet(CARS)[[*FEATURES, "price"]].dropna()
    train, test = train_test_split(frame, train_size=0.75, random_state=42)
    model = LinearRegression().fit(train[FEATURES], train["price"])
    return float(r2_score(test["price"], model.predict(test[FEATURES])))


def chosen(page, name: str) -> None:
    node(page, name).click(position={"x": 120, "y": 45})
    page.locator(f'[data-panel="{name}"]').wait_for()


def parameters_are_set(page) -> None:
    chosen(page, "select_columns_in_dataset")
    page.get_by_role("button", name="By name").click()
    for column in [*FEATURES, "price"]:
        page.locator('[data-parameter="columns"] input.form-control').fill(column)
        page.keyboard.press("Enter")
    chosen(page, "clean_missing_data")
    page.locator('[data-parameter="cleaning_mode"] select').select_option("Remove entire row")
    chosen(page, "split_data")
    page.locator('[data-parameter="fraction_of_rows"] input').fill("0.75")
    page.locator('[data-parameter="seed"] input').fill("42")
    chosen(page, "linear_regression")
    page.locator('[data-parameter="l2_regularization_weight"] input').fill("0")
    chosen(page, "train_model")
    page.get_by_label("Label column").fill("price")


def test_car_prices_are_drawn_run_and_equal_to_plain_scikit_learn(page, client: httpx.Client) -> None:
    page.set_viewport_size({"width": 1900, "height": 1100})
    url = drawn(client, "car prices by hand")
    open_canvas(page, url)
    for label, x, y in DRAGGED:
        drag_in(page, label, x, y)
    for source, target in WIRES:
        wire(page, source, target)
    parameters_are_set(page)
    page.locator(".designer-problems").wait_for(state="detached")

    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Run", exact=True).click()
    page.locator('.step-card.is-completed[data-node="evaluate_model"]').wait_for(timeout=180_000)
    page.locator('.step-card[data-node="split_data"] [data-port="results_dataset2"]').click(position={"x": 20, "y": 8})
    page.locator(".peek-count", has_text="6 columns").wait_for()

    run = client.get(f"pipelines/{url.rstrip('/').split('/')[-2]}").json()["last_run"]["id"]
    found = client.get(f"pipeline-runs/{run}/steps/evaluate_model/outputs/evaluation_results").raise_for_status().json()
    measured = found["view"]["runs"][0]["metrics"]["coefficient_of_determination"]
    assert abs(measured - plain_r2()) < 1e-9


def test_what_was_trained_answers_requests_to_the_last_digit(page, client: httpx.Client) -> None:
    """Trained, turned, made a model, deployed, asked: each row as the training run itself scored it."""
    made = client.post("pipelines", json={"name": "prices to ask for", "sample": "automobile_price"}).raise_for_status()
    run = client.post(f"pipelines/{made.json()['id']}/run", json={}).raise_for_status().json()
    page.goto(run["url"])
    page.get_by_role("button", name="Create inference pipeline").click(timeout=180_000)
    page.get_by_role("menuitem", name="Real-time: answers requests").click()
    page.locator("pipeline-designer[data-ready]").wait_for()
    node(page, "web_service_output").wait_for()
    page.get_by_role("button", name="Make a model").click()
    page.get_by_label("Model", exact=True).fill("asked-prices")
    page.get_by_role("dialog").get_by_role("button", name="Make model").click()
    page.wait_for_url("**/models/asked-prices/versions/1/", timeout=60_000)

    client.post("endpoints", json={"name": "asked-prices"}).raise_for_status()
    deployment = {"name": "blue", "model": "asked-prices:1", "environment": "current", "deployer": "local"}
    client.post("endpoints/asked-prices/deployments", json={**deployment, "all_traffic": True}).raise_for_status()
    where = "endpoints/asked-prices/deployments/blue"
    wait_for(lambda: client.get(where).json()["state"] not in ("Creating", "Updating"), 90, "no deployment")
    assert client.get(where).json()["problem"] == ""

    scored = client.get(f"pipeline-runs/{run['id']}/steps/score/outputs/scored_dataset/rows").raise_for_status().json()
    names = [column["name"] for column in scored["columns"]]
    rows = [dict(zip(names, row, strict=True)) for row in scored["rows"]]
    asked = [{name: row[name] for name in names if name not in ("price", "Scored Labels")} for row in rows]
    key = client.get("endpoints/asked-prices/keys").json()["primaryKey"]
    answer = httpx.post(
        client.get("endpoints/asked-prices").json()["scoring_uri"],
        headers={"Authorization": f"Bearer {key}"},
        json={"Inputs": {"WebServiceInput0": asked}, "GlobalParameters": {}},
        timeout=30,
    )
    said = answer.raise_for_status().json()["Results"]["WebServiceOutput0"]
    assert len(said) == len(rows) > 50
    assert all(abs(one["Scored Labels"] - row["Scored Labels"]) <= 1e-9 for one, row in zip(said, rows, strict=True))
    client.delete("endpoints/asked-prices").raise_for_status()

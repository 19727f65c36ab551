"""Components and pipeline files over REST."""

from typing import Any

from tests.factories.components import FILE, make_component
from tests.factories.data import make_data
from tests.people import ApiClient, People

BASE = "/api/v1/workspaces/vision"
SPLIT = {"component": "atelier:split_data:1", "inputs": {"dataset": "${{parent.inputs.cars}}"}}
TRAIN = {
    "component": "atelier:train_model:1",
    "inputs": {"dataset": "${{parent.jobs.split.outputs.results_dataset1}}", "label_column": "price"},
}


def document(**top: Any) -> dict[str, Any]:
    return {"type": "pipeline", "inputs": {"cars": {"type": "uri_file", "path": "azureml:cars:1"}}, **top}


def test_a_component_is_registered_read_archived_and_deleted(people: People, api: Any) -> None:
    ben: ApiClient = api(people.ben)
    text = FILE.format(name="scale")
    made = ben.post(f"{BASE}/components", {"text": text})
    assert (made.status_code, made.json()["reference"]) == (201, "azureml:scale:1")
    assert ben.post(f"{BASE}/components", {"text": text}).status_code == 200
    found = api(people.rita).get(f"{BASE}/components/scale/versions/latest").json()
    assert found["definition"]["command"].startswith("python -c")
    assert found["yaml"].startswith("type: command\nname: scale\n")
    listed = api(people.rita).get(f"{BASE}/components?q=scale&source=workspace").json()
    assert [one["reference"] for one in listed["results"]] == ["azureml:scale:1"]
    assert ben.patch(f"{BASE}/components/scale", {"is_archived": True}).json()["is_archived"] is True
    assert ben.get(f"{BASE}/components?source=workspace").json()["results"] == []
    assert ben.delete(f"{BASE}/components/scale").status_code == 204
    assert ben.get(f"{BASE}/components/scale").status_code == 404


def test_the_studios_own_come_with_the_first_page_of_the_list(people: People, api: Any) -> None:
    for name in ("add", "divide", "scale"):
        make_component(people.workspace, text=FILE.format(name=name))
    rita: ApiClient = api(people.rita)
    first = rita.get(f"{BASE}/components?limit=2").json()
    sources = [one["source"] for one in first["results"]]
    assert sources == sorted(sources) and sources.count("workspace") == 2
    second = rita.get(first["next"]).json()
    assert [one["name"] for one in second["results"]] == ["scale"] and second["next"] is None
    assert rita.get(second["previous"]).json()["results"] == first["results"]


def test_a_list_of_components_is_narrowed_to_a_source_and_a_category(people: People, api: Any) -> None:
    make_component(people.workspace, text=FILE.format(name="add") + "category: Arithmetic\n")
    make_component(people.workspace, text=FILE.format(name="plain"))

    def names(query: str) -> list[str]:
        return [one["name"] for one in api(people.rita).get(f"{BASE}/components?{query}").json()["results"]]

    assert names("category=arithmetic") == ["add"] and names("category=registered") == ["plain"]
    assert "split_data" in names("source=studio") and "add" not in names("source=studio")
    assert names("source=workspace") == ["add", "plain"] and names("source=workspace&category=training") == []


def test_the_studios_own_are_read_by_name_too(people: People, api: Any) -> None:
    rita = api(people.rita)
    assert rita.get(f"{BASE}/components/split_data").json()["reference"] == "atelier:split_data:1"
    found = rita.get(f"{BASE}/components/split_data/versions/1").json()
    assert found["parameters"]["fraction_of_rows"]["minimum"] == 0
    assert rita.get(f"{BASE}/components/split_data/versions/9").status_code == 404


def test_a_component_file_says_what_it_needs(people: People, api: Any) -> None:
    text = FILE.format(name="scale") + "code: ./src\nenvironment: env.yml\n"
    found = api(people.ben).post(f"{BASE}/component-check", {"text": text}).json()
    assert [(need["role"], need["path"]) for need in found["needs"]] == [("code", "./src"), ("text", "env.yml")]


def test_a_pipeline_is_checked_as_a_document_and_as_a_text(people: People, api: Any) -> None:
    make_data(people.workspace)
    rita = api(people.rita)
    wrong = document(jobs={"split": SPLIT, "train": TRAIN})
    found = rita.post(f"{BASE}/pipeline-check", {"document": wrong}).json()
    assert [(one["node"], one["code"], one["port"]) for one in found["problems"]] == [("train", "missing_input", "untrained_model")]  # fmt: skip
    text = rita.post(f"{BASE}/pipeline-text", {"document": wrong}).json()["text"]
    again = rita.post(f"{BASE}/pipeline-text", {"text": text}).json()
    assert again["document"]["jobs"]["train"]["inputs"] == TRAIN["inputs"]
    assert again["problems"][0]["line"] > 0
    broken = rita.post(f"{BASE}/pipeline-text", {"text": "jobs: ["}).json()
    assert broken["document"] is None
    assert broken["problems"][0]["line"] > 0


def test_inline_components_are_declared_by_the_check(people: People, api: Any) -> None:
    component = {"command": "ls ${{inputs.d}}", "inputs": {"d": {"type": "uri_folder"}}}
    answer = api(people.rita).post(f"{BASE}/pipeline-check", {"document": {"jobs": {"a": {"component": component}}}})
    assert list(answer.json()["declarations"]["a"]["inputs"]) == ["d"]


def test_columns_are_those_of_the_data_through_components_that_pass_them_on(people: People, api: Any) -> None:
    make_data(people.workspace)
    body = {"document": document(jobs={"split": SPLIT, "train": TRAIN}), "node": "train", "port": "dataset"}
    found = api(people.rita).post(f"{BASE}/pipeline-columns", body).json()
    assert [(one["name"], one["kind"]) for one in found["columns"]] == [("make", "string"), ("price", "numeric")]
    body["port"] = "untrained_model"
    assert api(people.rita).post(f"{BASE}/pipeline-columns", body).json()["columns"] == []


def test_the_pages_show_declarations(people: People, browser: Any) -> None:
    make_component(people.workspace)
    rita = browser(people.rita)
    listed = rita.get("/w/vision/components/")
    assert b"Split Data" in listed.content
    assert b"Scale" in listed.content
    own = rita.get("/w/vision/components/atelier/split_data/")
    assert b"fraction_of_rows" in own.content
    page = rita.get("/w/vision/components/scale/", follow=True)
    assert b"Multiplies every number." in page.content

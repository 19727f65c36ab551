"""Job files that name data: found when they are checked and submitted, kept when they are repeated."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from compute.jobs.spec import spec_of
from registry.data.addresses.models import AddressRule
from registry.data.assets import services as assets
from registry.data.assets.models import DataVersion
from runs.tracking.models import Run
from runs.tracking.services import lifecycle
from studio.accounts.models import User
from studio.errors import Conflict
from studio.lineage import queries as lineage
from studio.lineage.things import Thing
from tests.factories import make_target
from tests.factories.data import make_data, put_file
from tests.people import ApiClient, People

BASE = "/api/v1/workspaces/vision/"


@pytest.fixture
def client(api: Callable[..., ApiClient], ben: User) -> ApiClient:
    make_target(None, name="local", slots=2)
    return api(ben, base=BASE)


@pytest.fixture
def cars(people: People) -> DataVersion:
    return make_data(people.workspace, "cars")


def job_of(inputs: str, outputs: str = "") -> str:
    text = f"command: cat x\nexperiment_name: data\ninputs:\n{inputs}"
    return text + (f"outputs:\n{outputs}" if outputs else "")


def submit(client: ApiClient, text: str) -> Run:
    answer = client.request("post", "runs", {"text": text})
    assert answer.status_code == 201, answer.content
    return Run.objects.select_related("job", "workspace").get(pk=answer.json()["id"])


def refusal(client: ApiClient, text: str) -> str:
    """The same sentence from both: what check refuses, submit refuses, and nothing is made."""
    checked = client.request("post", "runs/check", {"text": text, "file_name": "job.yml"})
    sent = client.request("post", "runs", {"text": text, "file_name": "job.yml"})
    assert checked.status_code == sent.status_code == 400, (checked.content, sent.content)
    assert Run.objects.count() == 0
    assert checked.json()["detail"] == sent.json()["detail"]
    return str(sent.json()["detail"])


@pytest.mark.parametrize("path", ["azureml:cars@latest", "azureml:cars:1", "azureml:cars"])
def test_an_asset_is_read_by_its_newest_version_or_the_one_named(
    client: ApiClient, cars: DataVersion, path: str
) -> None:
    run = submit(client, job_of(f"  cars: {{type: uri_file, path: '{path}', mode: download}}\n"))
    row = run.inputs.get()
    assert (row.data_version, row.uri, row.value) == (cars, "azureml:cars:1", path)
    assert run.job is not None
    told = spec_of(run.job).inputs["cars"]
    assert told == {
        "type": "uri_file",
        "mode": "download",
        "data": {"uri": "azureml://data/cars/versions/1", "hash": cars.content_hash},
    }


def test_an_input_without_a_type_has_that_of_its_asset(client: ApiClient, cars: DataVersion) -> None:
    run = submit(client, job_of("  cars: azureml:cars@latest\n"))
    assert run.inputs.get().type == "uri_file"
    assert run.definition is not None and run.definition["inputs"]["cars"] == {
        "type": "uri_file",
        "path": "azureml:cars@latest",
    }


def test_what_a_run_read_is_an_edge_of_the_lineage(client: ApiClient, people: People, cars: DataVersion) -> None:
    run = submit(client, job_of("  cars: azureml:cars:1\n"))
    version = Thing("data_version", str(cars.pk))
    assert lineage.down(people.workspace, version) == [lineage.Step(Thing("run", run.pk), "read")]
    assert lineage.up(people.workspace, Thing("run", run.pk)) == [lineage.Step(version, "read")]


def test_a_clone_reads_the_same_version_though_a_newer_one_is_the_latest(
    client: ApiClient, people: People, cars: DataVersion
) -> None:
    run = submit(client, job_of("  cars: azureml:cars@latest\n"))
    newer = make_data(people.workspace, "cars", {"cars.csv": b"make\nfiat\n"})
    clone = lifecycle.clone_run(actor=people.ben, run=run)
    assert clone.inputs.get().data_version == cars
    other = lifecycle.clone_run(actor=people.ben, run=run, overrides={"inputs.cars.path": "azureml:cars:2"})
    assert other.inputs.get().data_version == newer


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ("  c: azureml:carz@latest\n", "job.yml:4:6: inputs.c: there is no data asset 'carz' in this workspace. Did you mean 'cars'?"),
        ("  c: {path: 'azureml:cars:9'}\n", "job.yml:4:13: inputs.c: The data asset cars has no version '9'."),
        ("  c: {type: uri_folder, path: 'azureml:cars:1'}\n", "cars:1 is of the type uri_file, not uri_folder"),
        ("  c: azureml://datastores/defualt/paths/x\n", "There is no datastore 'defualt' in this workspace. Did you mean 'default'?"),
        ("  c: azureml://datastores/default/paths/no.csv\n", "there is nothing at 'no.csv' in the datastore default"),
        ("  c: {type: uri_folder, path: 'azureml://datastores/default/paths/one.csv'}\n", "is a file, so it is no uri_folder"),
        ("  c: wasbs://data@account.example/x.csv\n", "no rule says where wasbs://… is kept here"),
    ],
)  # fmt: skip
def test_a_reference_that_means_nothing_is_refused_at_its_place(
    client: ApiClient, people: People, cars: DataVersion, inputs: str, words: str
) -> None:
    put_file(people.workspace, "one.csv", b"a\n1\n")
    assert words in refusal(client, job_of(inputs))


def test_another_workspaces_data_is_not_there(client: ApiClient, people: People) -> None:
    make_data(people.elsewhere, "theirs")
    assert "there is no data asset 'theirs'" in refusal(client, job_of("  c: azureml:theirs:1\n"))


def test_a_version_whose_files_are_still_being_read_is_not_given_to_jobs(client: ApiClient, cars: DataVersion) -> None:
    DataVersion.objects.filter(pk=cars.pk).update(state="pending")
    assert "still being read" in refusal(client, job_of("  c: azureml:cars:1\n"))


def test_a_place_in_a_datastore_says_itself_whether_it_is_a_file(client: ApiClient, people: People) -> None:
    put_file(people.workspace, "raw/one.csv", b"a\n1\n")
    run = submit(
        client,
        job_of("  f: azureml://datastores/default/paths/raw/one.csv\n  d: azureml://datastores/default/paths/raw/\n"),
    )
    assert [(row.type, row.uri) for row in run.inputs.all()] == [
        ("uri_folder", "azureml://datastores/default/paths/raw"),
        ("uri_file", "azureml://datastores/default/paths/raw/one.csv"),
    ]


def told(run: Run, name: str) -> dict[str, Any]:
    assert run.job is not None
    run.job.refresh_from_db()
    return dict(spec_of(run.job).inputs[name])


def test_an_address_that_a_rule_covers_is_never_fetched_from_outside(client: ApiClient, people: People) -> None:
    put_file(people.workspace, "mirror/iris.csv", b"a\n1\n")
    AddressRule.objects.create(prefix="https://public.example/sets", datastore="default", path="mirror")
    run = submit(client, job_of("  iris: https://public.example/sets/iris.csv\n"))
    assert told(run, "iris")["data"] == {"uri": "azureml://datastores/default/paths/mirror/iris.csv"}


def test_a_rule_that_came_after_the_run_counts_when_it_starts(client: ApiClient, people: People) -> None:
    run = submit(client, job_of("  iris: https://public.example/sets/iris.csv\n"))
    assert told(run, "iris") == {"type": "uri_file", "mode": "ro_mount", "url": "https://public.example/sets/iris.csv"}
    put_file(people.workspace, "mirror/iris.csv", b"a\n1\n")
    AddressRule.objects.create(prefix="https://public.example/sets", datastore="default", path="mirror")
    assert told(run, "iris")["data"] == {"uri": "azureml://datastores/default/paths/mirror/iris.csv"}
    assert "url" not in told(run, "iris")


def test_a_version_that_a_run_read_is_not_deleted_until_the_run_is_gone_for_good(
    client: ApiClient, people: People, cars: DataVersion
) -> None:
    run = submit(client, job_of("  cars: azureml:cars:1\n"))
    with pytest.raises(Conflict, match="read cars:1"):
        assets.delete_version(actor=people.ada, version=cars)
    Run.objects.filter(pk=run.pk).delete()
    assets.delete_version(actor=people.ada, version=cars)
    assert DataVersion.objects.count() == 0


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        ("  o: {name: 'bad name'}\n", "job.yml:6:13: The name 'bad name' can't be used"),
        ("  o: {name: cars, type: uri_folder}\n", "outputs.o: cars is of the type uri_file"),
        ("  o: {name: cars, type: uri_file, version: '1'}\n", "outputs.o: cars has a version 1 already"),
        ("  o: {path: 'https://web.example/x'}\n", "An output is written to a datastore"),
        ("  o: {path: 'azureml://datastores/lake/paths/x'}\n", "There is no datastore 'lake'"),
        ("  o: {path: 'azureml://datastores/default/paths/../x'}\n", "can't be used for a file"),
        ("  o: {version: '1'}\n", "outputs.o has a version and no name"),
        ("  o: {name: m, type: mlflow_model}\n", "can't become a data asset"),
    ],
)
def test_an_output_that_can_not_be_kept_is_refused_at_its_place(
    client: ApiClient, people: People, cars: DataVersion, outputs: str, words: str
) -> None:
    assert words in refusal(client, job_of("  a: 1\n", outputs))


def test_outputs_with_a_name_or_a_path_have_a_place(client: ApiClient, people: People) -> None:
    path = "azureml://datastores/${{default_datastore}}/paths/out/${{name}}/${{output_name}}/"
    run = submit(
        client,
        job_of(
            "  a: 1\n",
            f"  plain:\n  clean: {{name: clean-cars}}\n  one: {{name: one, type: uri_file}}\n  there: {{path: '{path}'}}\n",
        ),
    )
    assert {row.name: row.path for row in run.outputs.all()} == {
        "clean": f"azureml/{run.pk}/clean",
        "one": f"azureml/{run.pk}/one/one",
        "there": f"out/{run.pk}/there",
    }


def test_the_run_shows_what_it_read_and_is_to_make(
    client: ApiClient, people: People, cars: DataVersion, browser: Callable[[User], Client]
) -> None:
    run = submit(client, job_of("  cars: azureml:cars:1\n  lr: 0.1\n", "  clean: {name: clean-cars}\n"))
    shown = client.request("get", f"runs/{run.pk}").json()
    assert {item["name"]: item["data_version"] and item["data_version"]["reference"] for item in shown["inputs"]} == {
        "cars": "azureml:cars:1",
        "lr": None,
    }
    assert [(item["name"], item["state"], item["uri"]) for item in shown["outputs"]] == [
        ("clean", "open", f"azureml://datastores/default/paths/azureml/{run.pk}/clean")
    ]
    page = browser(people.rita).get(run.get_absolute_url(), follow=True).content.decode()
    assert f'href="{cars.get_absolute_url()}"' in page
    assert "to be made as clean" in page

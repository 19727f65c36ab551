"""The lineage of a whole story: data → run → model → image → deployment → endpoint, the same from either end."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from atelier import _cli
from django.test import Client

from registry.endpoints.models import Endpoint
from registry.images.models import ImageVersion
from registry.mlmodels.models import ModelVersion
from registry.mlmodels.services import versions
from runs.tracking.models import Run
from runs.tracking.services import artifacts
from studio.access.models import Workspace
from studio.lineage import graph, services
from studio.lineage.things import Thing
from tests.factories import images, make_run, make_token
from tests.factories.data import make_data
from tests.factories.endpoints import make_deployment, make_endpoint
from tests.people import ApiClient, People

pytestmark = pytest.mark.django_db(transaction=True)
WAY = ["data", "run", "model", "image", "deployment", "endpoint"]


@pytest.fixture
def ben_api(people: People, api: Any) -> ApiClient:
    return api(people.ben, base="/api/v1/workspaces/vision/")


@dataclass
class Story:
    run: Run
    model: ModelVersion
    image: ImageVersion
    endpoint: Endpoint


@pytest.fixture
def story(people: People) -> Story:
    """A run that read data and made a model, which is in an image, which is deployed; beside it a run that has nothing to
    do with it but the data."""
    workspace = people.workspace
    read = make_data(workspace, "cars")
    run, other = make_run(workspace, name="first", state="completed"), make_run(workspace, name="second")
    for one in (run, other):
        services.link(
            workspace=workspace, source=Thing("data_version", str(read.pk)), target=Thing("run", one.pk), verb="read"
        )
    for name, text in images.MLFLOW.items():
        artifacts.put_artifact(actor=people.ben, run=run, path=f"model/{name}", stream=io.BytesIO(text))
    new = versions.NewVersion(source=f"runs:/{run.pk}/model")
    model = versions.register_version(actor=people.ben, workspace=workspace, name="digits", new=new)
    image = images.finish(images.make_image(workspace, models=[model]))
    endpoint = make_endpoint(workspace, "iris")
    make_deployment(endpoint, image=str(image), code="", deployer="docker", is_live=False)
    return Story(run, model, image, endpoint)


def test_both_ends_tell_the_same_story(story: Story, ben_api: ApiClient) -> None:
    seen = []
    for kind, name in (
        ("run", story.run.pk), ("model", "digits:1"), ("image", "digits:1"), ("deployment", "iris/blue"), ("endpoint", "iris"),
    ):  # fmt: skip
        found = ben_api.get(f"lineage?kind={kind}&name={name}").json()
        assert [thing["kind"] for thing in found["things"]] == WAY, kind
        assert next(thing for thing in found["things"] if thing["distance"] == 0)["kind"] == kind
        assert all(thing["url"] for thing in found["things"])
        seen.append([(found["things"][edge["source"]]["kind"], edge["verb"]) for edge in found["edges"]])
    assert all(edges == seen[0] for edges in seen)
    assert seen[0] == [
        ("data", "read"), ("run", "registered"), ("model", "packed"), ("image", "deployed"), ("deployment", "serves"),
    ]  # fmt: skip
    whole = ben_api.get("lineage?kind=data&name=cars").json()  # the data led to the other run as well
    assert [thing["name"] for thing in whole["things"]][:3] == ["cars:1", "first", "second"]


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ({"kind": "model", "name": "nobody:1"}, 404, "no model 'nobody'"),
        ({"kind": "model", "name": "digits:9"}, 404, "no version"),
        ({"kind": "run", "name": "k3v9x2m7qabc"}, 404, "no run"),
        ({"kind": "deployment", "name": "iris"}, 404, "no deployment"),
        ({"kind": "soup", "name": "x"}, 400, "no lineage of 'soup'"),
        ({"kind": "model"}, 400, "Say which thing"),
    ],
)
def test_what_is_not_there_is_said(
    story: Story, ben_api: ApiClient, query: dict[str, str], status: int, said: str
) -> None:
    answer = ben_api.get(f"lineage?{urlencode(query)}")
    assert (answer.status_code, said in answer.json()["detail"]) == (status, True), answer.content


def test_each_page_leads_to_all_the_others(story: Story, client: Client, people: People) -> None:
    client.force_login(people.ada)
    image, model = story.image.get_absolute_url(), story.model.get_absolute_url()
    pages = [
        story.run.get_absolute_url() + "overview/",
        model,
        image + "used-by/",
        story.endpoint.get_absolute_url() + "lineage/",
    ]
    for page in pages:
        text = client.get(page, follow=True).content.decode()
        for address in (story.run.get_absolute_url(), model, image, "/endpoints/iris/deployments/blue/"):
            assert f'href="{address}' in text or "is-self" in text, (page, address)
        for words in ("cars:1", "first", "digits:1"):
            assert words in text, (page, words)


def test_the_command_and_the_package_say_it_too(
    story: Story, people: People, live_server: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:  # fmt: skip
    for name, value in {
        "ATELIER_URL": live_server.url, "ATELIER_WORKSPACE": people.workspace.slug, "ATELIER_TOKEN": make_token(people.ben),
        "HOME": str(tmp_path),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    assert not _cli.main(["lineage", "endpoint", "iris"])
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[1:] == [
        "data cars:1 read run first", "run first registered model digits:1", "model digits:1 packed image digits:1",
        "image digits:1 deployed deployment iris/blue", "deployment iris/blue serves endpoint iris",
    ]  # fmt: skip


def test_a_large_lineage_is_cut_and_says_so(workspace: Workspace) -> None:
    centre = Thing("data_version", "1")
    for number in range(6):
        services.link(workspace=workspace, source=centre, target=Thing("run", f"r{number}"), verb="read")
    services.link(workspace=workspace, source=Thing("run", "r0"), target=centre, verb="made")  # even a circle ends
    found = graph.graph_of(workspace, centre, most=4)
    assert (len(found.distance), found.is_cut) == (4, True)

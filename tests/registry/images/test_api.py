"""Images over REST."""

import hashlib
import io
import zipfile
from typing import Any

import pytest

from compute.jobs import logs
from compute.jobs.models import Job
from studio.access.models import Workspace
from tests.factories.images import begin, finish, make_image, make_model, ready_image
from tests.people import ApiClient, People

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben_api(api: Any, people: People) -> ApiClient:
    return api(people.ben, base="/api/v1/workspaces/vision/")  # type: ignore[no-any-return]


def test_an_image_from_its_making_to_its_end(ben_api: ApiClient, workspace: Workspace) -> None:
    make_model(workspace, files={"model.pkl": b"1"})
    code = ben_api.put(f"folders/{_digest()}", _zip(), content_type="application/zip")
    assert code.status_code == 201, code.content
    body = {
        "models": ["digits:1"],
        "code": code.json()["sha256"],
        "scoring_script": "score.py",
        "environment": "minimal",
        "name": "digits-image",
        "tags": {"team": "vision"},
    }
    made = ben_api.post("images", body)
    assert made.status_code == 201, made.content
    assert (made.json()["state"], made.json()["models"]) == ("queued", [{"model": "digits", "version": 1}])
    assert ben_api.post("images", body).status_code == 200
    path = "images/digits-image/versions/1"
    assert ben_api.post(f"{path}/cancel").json()["state"] == "canceled"
    assert ben_api.post(f"{path}/cancel").json()["code"] == "image_finished"
    assert ben_api.post(f"{path}/retry").json()["attempt"] == 2
    from registry.images.models import ImageVersion

    finish(ImageVersion.objects.get())
    assert ben_api.put("images/digits-image/tags/stable", {"version": "latest"}).json()["aliases"] == ["stable"]
    found = ben_api.get("images/digits-image/versions/stable").json()
    assert [each["name"] for each in found["packages"]] == ["numpy", "scikit-learn"]
    sbom = ben_api.get(f"{path}/sbom")
    assert b"CycloneDX" in b"".join(sbom.streaming_content)  # type: ignore[attr-defined]
    assert ben_api.patch(path, {"description": "good", "tags": {}}).json()["description"] == "good"
    assert ben_api.patch("images/digits-image", {"description": "all"}).json()["tags"] == {"stable": 1}
    assert ben_api.delete("images/digits-image/tags/stable").status_code == 204
    assert ben_api.delete("models/digits/versions/1").json()["code"] == "model_in_use"
    assert ben_api.delete(path).status_code == 204
    assert ben_api.delete("images/digits-image").status_code == 204
    assert ben_api.get("images/digits-image").status_code == 404


def test_the_log_of_a_build_is_read_and_searched(ben_api: ApiClient, workspace: Workspace) -> None:
    version = make_image(workspace)
    job = begin(version)
    logs.append(job=Job.objects.get(pk=job.pk), attempt=job.attempt, offset=0, data=b"Stage 1\nStage 2\n")
    path = "images/digits/versions/1/log"
    assert ben_api.get(path).json()["text"] == "Stage 1\nStage 2\n"
    assert ben_api.get(f"{path}/search", {"q": "stage 2"}).json()["results"][0]["line"] == 1
    raw = ben_api.get(f"{path}/raw")
    assert b"".join(raw.streaming_content) == b"Stage 1\nStage 2\n"  # type: ignore[attr-defined]


def test_images_are_found_by_what_is_in_them(ben_api: ApiClient, workspace: Workspace) -> None:
    ready_image(workspace, models=[make_model(workspace, "digits")])
    make_image(workspace, models=[make_model(workspace, "cars")], description="of cars")

    def named(text: str) -> list[str]:
        return [row["name"] for row in ben_api.get("images", {"filter": text}).json()["results"]]

    assert named("") == ["cars", "digits"]
    assert named("model = 'cars'") == ["cars"]
    assert named("state = 'ready'") == ["digits"]
    assert named("NOT state = 'ready' AND name LIKE 'c%'") == ["cars"]
    assert named("dig") == ["digits"]
    assert named("updated > 1d") == ["cars", "digits"]
    assert ben_api.get("images", {"filter": "colour = 'red'"}).json()["code"] == "bad_search"
    assert ben_api.get("search/images/fields", {"family": "attributes", "key": "model"}).json()


@pytest.mark.parametrize(
    "body",
    [
        {"models": ["nothing:1"]},
        {"models": ["digits:9"]},
        {"models": []},
        {"models": ["digits:1"], "name": "../../etc/passwd"},
        {"models": ["digits:1"], "environment": "no-such-environment"},
        {"models": ["digits:1"], "environment": 7},
        {"models": ["digits:1"], "base": "evil.example/miner"},
        {"models": ["digits:1"], "connection": "nowhere"},
        {"models": ["digits:1"], "code": "f" * 64, "scoring_script": "score.py"},
        {"models": ["digits:1"], "type": "tar"},
    ],
)
def test_what_can_not_be_built_is_refused_in_a_sentence(ben_api: ApiClient, workspace: Workspace, body: Any) -> None:
    make_model(workspace)
    refused = ben_api.post("images", body)
    assert refused.status_code in (400, 404), refused.content
    assert refused.json()["detail"].endswith((".", '"')) or refused.json()["errors"]
    assert not ben_api.get("images").json()["results"]


def test_who_may_do_what(api: Any, people: People, workspace: Workspace) -> None:
    ready_image(workspace)
    rita, stan = (api(who, base="/api/v1/workspaces/vision/") for who in (people.rita, people.stan))
    assert rita.get("images/digits/versions/1").status_code == 200
    assert rita.post("images", {"models": ["digits:1"]}).status_code == 403
    assert rita.delete("images/digits").status_code == 403
    assert stan.get("images/digits").status_code == 404


def _zip() -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr(zipfile.ZipInfo("score.py"), "def init(): ...\ndef run(data): return data\n")
    return raw.getvalue()


def _digest() -> str:
    return hashlib.sha256(_zip()).hexdigest()

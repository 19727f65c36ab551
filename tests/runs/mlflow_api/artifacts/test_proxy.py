"""MLflow's artifact proxy: whose files lie where, what a path may be, and what a download carries."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse

from runs.logged_models.models import LoggedModel, LoggedModelFile
from runs.mlflow_api.artifacts.models import LooseFile
from runs.tracking.models import Artifact, Run
from studio.accounts.models import User
from tests.factories import make_run
from tests.people import ApiClient, People

BASE = "/mlflow/vision/"
PROXY = "api/2.0/mlflow-artifacts/artifacts"


@pytest.fixture
def run(people: People) -> Run:
    return make_run(people.workspace, state="completed", name="brisk-otter-42")


@pytest.fixture
def client(api: Callable[..., ApiClient], ben: User) -> ApiClient:
    return api(ben, base=BASE)


def body(response: HttpResponse) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]


def root(run: Run) -> str:
    return f"{run.experiment_id}/{run.pk}/artifacts"


def put(client: ApiClient, path: str, data: bytes = b"hello") -> HttpResponse:
    return client.put(f"{PROXY}/{path}", data, content_type="text/html")


def files(response: HttpResponse) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.content
    return response.json()["files"]  # type: ignore[no-any-return]


def test_a_finished_run_takes_a_file_and_gives_it_back(client: ApiClient, run: Run) -> None:
    assert put(client, f"{root(run)}/sub/note.pkl", b"bytes").json() == {}
    answer = client.get(f"{PROXY}/{root(run)}/sub/note.pkl")
    assert body(answer) == b"bytes"
    assert answer["Content-Type"] == "application/octet-stream"  # not what the client said
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == "attachment; filename=note.pkl"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    part = client.get(f"{PROXY}/{root(run)}/sub/note.pkl", headers={"Range": "bytes=1-2"})
    assert (part.status_code, body(part)) == (206, b"yt")


def test_the_experiment_in_an_address_is_not_looked_at(client: ApiClient, run: Run) -> None:
    put(client, f"0/{run.pk}/artifacts/a.txt")
    assert body(client.get(f"{PROXY}/999/{run.pk}/artifacts/a.txt")) == b"hello"


def test_lists_are_of_one_folder_by_name(client: ApiClient, run: Run) -> None:
    for path in ("b.txt", "sub/c.txt", "a.txt"):
        put(client, f"{root(run)}/{path}")
    assert files(client.get(PROXY, {"path": root(run)})) == [
        {"path": "a.txt", "is_dir": False, "file_size": 5},
        {"path": "b.txt", "is_dir": False, "file_size": 5},
        {"path": "sub", "is_dir": True},
    ]
    listed = client.get("api/2.0/mlflow/artifacts/list", {"run_id": run.pk, "path": "sub"})
    assert files(listed) == [{"path": "sub/c.txt", "is_dir": False, "file_size": 5}]
    assert listed.json()["root_uri"] == f"mlflow-artifacts:/{root(run)}"
    assert files(client.get("ajax-api/2.0/mlflow/artifacts/list", {"run_uuid": run.pk, "path": "b.txt"})) == []


def test_a_dot_names_the_folder_it_stands_in(client: ApiClient, run: Run) -> None:
    put(client, f"{root(run)}/sub/c.txt")
    for path in (f"{root(run)}/.", f"{root(run)}/./."):
        assert files(client.get(PROXY, {"path": path})) == [{"path": "sub", "is_dir": True}]
    for path in (".", "./"):
        listed = client.get("api/2.0/mlflow/artifacts/list", {"run_id": run.pk, "path": path})
        assert files(listed) == [{"path": "sub", "is_dir": True}]
    assert files(client.get(PROXY, {"path": f"{root(run)}/./sub"}))[0]["path"] == "c.txt"
    assert body(client.get(f"{PROXY}/{root(run)}/./sub/c.txt")) == b"hello"
    assert client.get("api/2.0/mlflow/artifacts/list", {"run_id": run.pk, "path": "./.."}).status_code == 400


def test_a_folder_is_deleted_with_what_is_in_it_and_nothing_else(client: ApiClient, run: Run) -> None:
    for path in ("sub/a.txt", "sub/deep/b.txt", "subway.txt"):
        put(client, f"{root(run)}/{path}")
    assert client.delete(f"{PROXY}/{root(run)}/sub").status_code == 200
    assert [artifact.path for artifact in Artifact.objects.all()] == ["subway.txt"]
    assert client.delete(f"{PROXY}/{root(run)}/sub").status_code == 200  # gone is gone, as MLflow has it
    assert client.delete(f"{PROXY}/{root(run)}/").status_code == 200
    assert not Artifact.objects.exists()


@pytest.mark.parametrize(
    "path",
    [
        "../x",
        "a/../../x",
        "/etc/passwd",
        "..%5cx",
        "C:/x",
        "a%00b",
        "%252e%252e%252fx",
        "a;..%252f",
        "a%0ab",
        "x" * 2000,
        "a//b",
        "%2e%2e/x",
    ],
)
def test_A29_A30_A31_A32_A42_a_path_that_is_none_is_refused_everywhere(client: ApiClient, run: Run, path: str) -> None:
    whole = f"{root(run)}/{path}"
    for answer in (
        put(client, whole),
        client.get(f"{PROXY}/{whole}"),
        client.delete(f"{PROXY}/{whole}"),
        client.post(f"api/2.0/mlflow-artifacts/mpu/create/{whole}", {"path": "a.txt", "num_parts": 1}),
        client.get(f"api/2.0/mlflow-artifacts/presigned/{whole}"),
    ):
        assert answer.status_code == 400, (path, answer.content)
        assert answer.json()["error_code"] == "INVALID_PARAMETER_VALUE"
    assert not Artifact.objects.exists()


@pytest.mark.parametrize("path", ["../path", "./../path", "/etc/passwd", "/", "..\\x"])
def test_a_path_that_climbs_is_called_invalid_in_lists_and_old_links(client: ApiClient, run: Run, path: str) -> None:
    wanted = {"error_code": "INVALID_PARAMETER_VALUE", "message": "Invalid path"}
    for address, more in (
        ("api/2.0/mlflow/artifacts/list", {"run_id": run.pk}),
        ("get-artifact", {"run_id": run.pk}),
        ("model-versions/get-artifact", {"name": "model", "version": "1"}),
        ("/model-versions/get-artifact", {"name": "model", "version": "1"}),
    ):
        answer = client.get(address, {**more, "path": path})
        assert (answer.status_code, answer.json()) == (400, wanted), address


def test_A43_a_look_alike_name_is_refused(client: ApiClient, run: Run) -> None:
    put(client, f"{root(run)}/Model.pkl")
    assert put(client, f"{root(run)}/model.pkl").status_code == 409
    assert put(client, f"{root(run)}/Model.pkl/inside").status_code == 409


def test_A04_nobody_else_reads_or_writes_a_runs_files(
    client: ApiClient, api: Callable[..., ApiClient], people: People, run: Run
) -> None:
    put(client, f"{root(run)}/a.txt")
    other = make_run(people.elsewhere)
    stranger, own = api(people.stan, base=BASE), api(people.stan, base="/mlflow/elsewhere/")
    for caller in (stranger, own):
        assert caller.get(f"{PROXY}/{root(run)}/a.txt").status_code == 404
        assert put(caller, f"{root(run)}/b.txt").status_code == 404
        assert caller.get("get-artifact", {"run_id": run.pk, "path": "a.txt"}).status_code == 404
    assert put(own, f"{root(other)}/b.txt").status_code == 200
    assert client.get(f"{PROXY}/{root(other)}/b.txt").status_code == 404
    reader = api(people.rita, base=BASE)
    assert put(reader, f"{root(run)}/b.txt").status_code == 403
    assert reader.delete(f"{PROXY}/{root(run)}/a.txt").status_code == 403


@pytest.mark.parametrize("owner", ["nonsense", "222222222222", "m-" + "0" * 32])
def test_an_experiments_folder_takes_files_of_its_runs_only(client: ApiClient, owner: str) -> None:
    assert put(client, f"1/{owner}/artifacts/a.txt").status_code == 404
    assert put(client, "1/a.txt").status_code == 404
    assert not LooseFile.objects.exists()


def test_files_elsewhere_below_the_root_are_kept_as_they_are(client: ApiClient) -> None:
    put(client, "dir/b.txt", b"1")
    put(client, "a.txt", b"0")
    assert files(client.get(PROXY)) == [
        {"path": "a.txt", "is_dir": False, "file_size": 1},
        {"path": "dir", "is_dir": True},
    ]
    assert body(client.get(f"{PROXY}/dir/b.txt")) == b"1"


def test_a_logged_models_files_are_its_own(client: ApiClient, people: People, run: Run) -> None:
    model = LoggedModel.objects.create(workspace=people.workspace, experiment=run.experiment, name="clf")
    where = f"{run.experiment_id}/models/{model.pk}/artifacts"
    put(client, f"{where}/MLmodel", b"flavors: {}")
    assert LoggedModelFile.objects.get().path == "MLmodel"
    answer = client.get(f"{PROXY}/{where}/MLmodel")
    assert (body(answer), answer["Content-Type"]) == (b"flavors: {}", "text/plain")
    listed = client.get(f"api/2.0/mlflow/logged-models/{model.pk}/artifacts/directories")
    assert [each["path"] for each in files(listed)] == ["MLmodel"]
    assert listed.json()["root_uri"] == f"mlflow-artifacts:/{where}"
    found = client.get(f"api/2.0/mlflow/logged-models/{model.pk}/artifacts/files", {"artifact_file_path": "MLmodel"})
    assert body(found) == b"flavors: {}"


def test_old_links_give_a_runs_file(client: ApiClient, run: Run) -> None:
    put(client, f"{root(run)}/images/dog+step+20.png")
    answer = client.get("get-artifact", {"run_uuid": run.pk, "path": "images/dog+step+20.png"})
    assert body(answer) == b"hello"
    assert answer["Content-Disposition"] == "attachment; filename=dog+step+20.png"
    assert client.get("get-artifact", {"run_id": run.pk, "path": "nothing"}).status_code == 404


UPLOAD = "ajax-api/2.0/mlflow/upload-artifact"


def test_a_file_sent_to_the_pages_address_is_the_runs(client: ApiClient, run: Run) -> None:
    answer = client.post(f"{UPLOAD}?run_uuid={run.pk}&path=a/test.txt", b"hello", content_type="text/plain")
    assert answer.status_code == 200
    assert Artifact.objects.get(run=run, path="a/test.txt").size == 5


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "Request must specify run_uuid."),
        ("?run_uuid={run}", "Request must specify path."),
        ("?run_uuid={run}&path=../test.txt", "Invalid path"),
        ("?run_uuid={run}&path=test.txt", "Request must specify data."),
    ],
)
def test_an_upload_says_what_it_lacks(client: ApiClient, run: Run, query: str, message: str) -> None:
    answer = client.post(UPLOAD + query.format(run=run.pk), b"", content_type="text/plain")
    assert answer.status_code == 400
    assert answer.json() == {"error_code": "INVALID_PARAMETER_VALUE", "message": message}

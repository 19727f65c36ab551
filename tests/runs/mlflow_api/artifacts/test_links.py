"""Uploads in parts and signed links: what they let through, and what not."""

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from runs.mlflow_api.artifacts import signed
from runs.mlflow_api.artifacts.models import PartUpload
from runs.tracking.models import Artifact, Run
from studio.access.models import Membership
from studio.accounts.models import User
from studio.errors import NoSpace
from studio.storage import links, parts, stores
from tests.factories import make_run
from tests.people import ApiClient, People

BASE = "/mlflow/vision/"
MPU = "api/2.0/mlflow-artifacts/mpu"


@pytest.fixture
def run(people: People) -> Run:
    return make_run(people.workspace, state="completed")


@pytest.fixture
def client(api: Callable[..., ApiClient], ben: User) -> ApiClient:
    return api(ben, base=BASE)


def folder(run: Run) -> str:
    return f"{run.experiment_id}/{run.pk}/artifacts"


def path_of(url: str) -> str:
    return urlsplit(url).path


def begin(client: ApiClient, run: Run, count: int = 2) -> dict[str, Any]:
    answer = client.post(f"{MPU}/create/{folder(run)}", {"path": "/home/ben/big.bin", "num_parts": count})
    assert answer.status_code == 200, answer.content
    return answer.json()  # type: ignore[no-any-return]


def send(created: dict[str, Any], *pieces: bytes) -> list[dict[str, Any]]:
    told = []
    for credential, piece in zip(created["credentials"], pieces, strict=True):
        answer = Client().put(path_of(credential["url"]), piece, content_type="application/octet-stream")
        assert answer.status_code == 200, answer.content
        told.append({"part_number": credential["part_number"], "etag": answer["ETag"], "url": credential["url"]})
    return told


def finish(client: ApiClient, run: Run, created: dict[str, Any], told: list[dict[str, Any]]) -> Any:
    body = {"path": "/home/ben/big.bin", "upload_id": created["upload_id"], "parts": told}
    return client.post(f"{MPU}/complete/{folder(run)}", body)


def test_parts_put_without_a_token_become_one_file(client: ApiClient, run: Run) -> None:
    created = begin(client, run)
    told = send(created, b"first,", b"second")
    assert finish(client, run, created, told).json() == {}
    found = Artifact.objects.get(run=run, path="big.bin")
    assert found.size == 12
    assert not PartUpload.objects.exists()
    assert not (stores.incoming_folder() / parts.FOLDER / created["upload_id"]).exists()


def test_a_part_that_was_sent_again_counts_as_it_is_named(client: ApiClient, run: Run) -> None:
    created = begin(client, run)
    wrong = send(created, b"broken", b"second")
    right = send(created, b"first,", b"second")
    assert finish(client, run, created, [right[0], wrong[1]]).status_code == 200
    assert Artifact.objects.get(run=run).size == 12


def test_an_upload_without_all_its_parts_is_refused(client: ApiClient, run: Run) -> None:
    created = begin(client, run)
    told = send(created, b"first,", b"second")
    assert finish(client, run, created, told[:1]).status_code == 400
    forged = [{**told[0], "etag": "0" * 64}, told[1]]
    assert finish(client, run, created, forged).status_code == 400
    assert finish(client, run, created, [{**told[0], "etag": "../../x"}, told[1]]).status_code == 400
    assert not Artifact.objects.exists()
    assert finish(client, run, created, told).status_code == 200


def test_an_aborted_upload_is_gone(client: ApiClient, run: Run) -> None:
    created = begin(client, run)
    told = send(created, b"first,", b"second")
    body = {"path": "big.bin", "upload_id": created["upload_id"]}
    assert client.post(f"{MPU}/abort/{folder(run)}", body).status_code == 200
    assert finish(client, run, created, told).status_code == 404
    late = Client().put(path_of(created["credentials"][0]["url"]), b"x", content_type="application/octet-stream")
    assert late.status_code == 404


def test_A03_an_upload_is_its_makers_alone(
    client: ApiClient, api: Callable[..., ApiClient], people: People, run: Run
) -> None:
    created = begin(client, run)
    told = send(created, b"first,", b"second")
    assert finish(api(people.ada, base=BASE), run, created, told).status_code == 404
    assert finish(api(people.rita, base=BASE), run, created, told).status_code == 403
    assert finish(api(people.stan, base=BASE), run, created, told).status_code == 404
    assert (
        api(people.stan, base="/mlflow/elsewhere/")
        .post(f"{MPU}/create/{folder(run)}", {"path": "a", "num_parts": 1})
        .status_code
        == 404
    )


def test_old_parts_are_forgotten(client: ApiClient, run: Run) -> None:
    parts.discard_old(older_than=-1)  # those of other tests
    send(begin(client, run), b"first,", b"second")
    assert parts.discard_old() == 0
    assert parts.discard_old(older_than=-1) == 1


def presigned(client: ApiClient, run: Run) -> str:
    client.put(f"api/2.0/mlflow-artifacts/artifacts/{folder(run)}/a.txt", b"hello", content_type="text/plain")
    answer = client.get(f"api/2.0/mlflow-artifacts/presigned/{folder(run)}/a.txt").json()
    assert answer["file_size"] == 5
    return path_of(answer["url"])


def test_a_signed_link_gives_its_one_file_without_a_token(client: ApiClient, run: Run) -> None:
    link = presigned(client, run)
    answer = Client().get(link)
    assert b"".join(answer.streaming_content) == b"hello"  # type: ignore[attr-defined]
    assert answer["X-Content-Type-Options"] == "nosniff"
    part = Client().get(link, headers={"Range": "bytes=0-1"})
    assert part.status_code == 206
    assert Client().put(link, b"other", content_type="text/plain").status_code == 404


def test_a_changed_or_old_link_opens_nothing(client: ApiClient, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    link = presigned(client, run)
    assert Client().get(link[:-2] + "xx").status_code == 404
    assert Client().get(link.replace("/vision/", "/elsewhere/")).status_code == 404
    values = {"w": run.workspace_id, "u": 1, "p": f"{folder(run)}/a.txt", "m": "GET", "e": 10**10}
    other = links.sign("something-else", values)
    assert Client().get(link.rpartition("/")[0] + "/" + other).status_code == 404
    monkeypatch.setattr(signed, "KEPT", -1)
    assert Client().get(link).status_code == 404


def test_A28_a_link_dies_with_its_persons_place(client: ApiClient, ben: User, run: Run) -> None:
    link = presigned(client, run)
    Membership.objects.filter(user=ben).delete()
    assert Client().get(link).status_code == 404


def test_links_for_one_runs_file_down_and_up(client: ApiClient, run: Run) -> None:
    up = client.post("api/2.0/mlflow/artifacts/presigned-upload-url", {"run_id": run.pk, "path": "new/b.txt"}).json()
    stored = Client().put(path_of(up["presigned_url"]), b"up there", content_type="text/plain")
    assert stored.status_code == 200
    asked = {"run_id": run.pk, "path": "new/b.txt", "expiration": 60}
    down = client.post("api/2.0/mlflow/artifacts/presigned-download-url", asked).json()
    assert down["file_size"] == 8
    answer = Client().get(path_of(down["presigned_url"]))
    assert b"".join(answer.streaming_content) == b"up there"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "body", [{"expiration": 0}, {"expiration": 604801}, {"path": "../x"}, {"path": "", "run_id": ""}]
)
def test_links_that_make_no_sense_are_refused(client: ApiClient, run: Run, body: dict[str, Any]) -> None:
    asked = {"run_id": run.pk, "path": "a.txt", **body}
    for address in ("presigned-download-url", "presigned-upload-url"):
        assert client.post(f"api/2.0/mlflow/artifacts/{address}", asked).status_code == 400


def test_A44_an_upload_keeps_no_more_parts_than_a_file_may_take(client: ApiClient, run: Run, settings: Any) -> None:
    settings.ARTIFACT_LIMIT_BYTES = 100
    created = begin(client, run)
    link = path_of(created["credentials"][0]["url"])
    sizes = [Client().put(link, bytes([index]) * 60, content_type="application/octet-stream") for index in range(8)]
    assert [answer.status_code for answer in sizes] == [200] * 3 + [413] * 5
    folder = stores.incoming_folder() / parts.FOLDER / created["upload_id"]
    assert len(list(folder.iterdir())) == 3


def test_a_full_disk_takes_no_parts(client: ApiClient, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    created = begin(client, run)

    def full(wanted: int = 0) -> None:
        raise NoSpace("disk_full", "The studio's disk is almost full, so nothing new is stored.")

    monkeypatch.setattr(stores, "check_space", full)
    answer = Client().put(path_of(created["credentials"][0]["url"]), b"x", content_type="application/octet-stream")
    assert answer.status_code == 507
    assert not (stores.incoming_folder() / parts.FOLDER / created["upload_id"]).exists()


@pytest.mark.parametrize("change", ["p", "m", "w", "u", "e"])
def test_A36_no_part_of_a_link_can_be_changed(client: ApiClient, run: Run, change: str) -> None:
    link = presigned(client, run)
    before, _, signature = link.rpartition("/")
    packed, *rest = signature.split(":")
    padded = packed.lstrip(".") + "=" * (-len(packed.lstrip(".")) % 4)
    values = json.loads(base64.urlsafe_b64decode(padded) if not packed.startswith(".") else b"{}")
    forged = {**values, change: {"p": "x/y", "m": "PUT", "w": 0, "u": 0, "e": 10**10}[change]}
    again = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode().rstrip("=")
    for method in (Client().get, Client().put):
        assert method(f"{before}/{':'.join([again, *rest])}").status_code == 404
        assert method(f"{before}/{signature}x").status_code == 404
        assert method(f"{before}/{'a' * 5_000}").status_code == 404

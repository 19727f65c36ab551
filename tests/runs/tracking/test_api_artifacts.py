"""Files of a run over REST."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.http import HttpResponse

from runs.tracking.models import Artifact, Run
from studio.accounts.models import User
from studio.storage.models import Blob
from tests.factories import make_run
from tests.people import ApiClient, People

BASE = "/api/v1/workspaces/vision/"


@pytest.fixture
def run(people: People) -> Run:
    return make_run(people.workspace, state="running", name="brisk-otter-42")


@pytest.fixture
def client(api: Callable[..., ApiClient], ben: User) -> ApiClient:
    return api(ben, base=BASE)


def body(response: HttpResponse) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]


def put(client: ApiClient, run: Run, path: str, data: bytes = b"hello", **headers: str) -> HttpResponse:
    content_type = headers.pop("content_type", "application/octet-stream")
    return client.put(f"runs/{run.pk}/artifacts/{quote(path)}", data, content_type=content_type, headers=headers)


def get(client: ApiClient, run: Run, path: str, **headers: str) -> HttpResponse:
    return client.get(f"runs/{run.pk}/artifacts/{quote(path)}", headers=headers)


def test_a_file_comes_back_byte_for_byte_in_a_sandbox(client: ApiClient, run: Run) -> None:
    answer = put(client, run, "models/best.joblib", b"\x00\xff" * 500)
    assert answer.status_code == 201, answer.content
    assert answer.json()["sha256"] == hashlib.sha256(b"\x00\xff" * 500).hexdigest()
    response = get(client, run, "models/best.joblib")
    assert body(response) == b"\x00\xff" * 500
    assert response["Content-Disposition"].startswith("attachment; filename=")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["page.html", "picture.svg", "data.xml", "paper.pdf"])
def test_A47_active_types_are_attachments_in_a_sandbox(client: ApiClient, run: Run, name: str) -> None:
    put(client, run, name, b"<script>alert(1)</script>", content_type="text/html")
    response = get(client, run, name)
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_A42_a_name_with_quotes_is_sent_as_rfc_6266_writes_it(client: ApiClient, run: Run) -> None:
    put(client, run, 'a", filename=é.exe')
    disposition = get(client, run, 'a", filename=é.exe')["Content-Disposition"]
    assert (
        disposition == "attachment; filename=\"a__ filename__.exe\"; filename*=UTF-8''a%22%2C%20filename%3D%C3%A9.exe"
    )


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("..%2f..%2fetc%2fpasswd", id="A29"),
        pytest.param("..%2f..%2fx", id="A29-b"),
        pytest.param("%2fetc/passwd", id="A30"),
        pytest.param("C:/x", id="A30-b"),
        pytest.param("..%5c..%5cx", id="A31"),
        pytest.param("%252e%252e%252fx", id="A32"),
        pytest.param("x;..%252f", id="A33"),
        pytest.param("a%00b", id="A42"),
    ],
)
def test_A29_to_A33_a_path_that_leads_out_is_refused_by_every_method(client: ApiClient, run: Run, path: str) -> None:
    url = f"runs/{run.pk}/artifacts/{path}"
    assert client.put(url, b"x", content_type="application/octet-stream").status_code == 400
    assert client.get(url).status_code == 400
    assert client.delete(url).status_code == 400
    listed = client.get(f"runs/{run.pk}/artifacts?path={path}")
    assert listed.status_code == 400, listed.content
    assert not Artifact.objects.exists()
    assert not Blob.objects.exists()


def test_A42_a_path_with_a_line_end_leads_nowhere(client: ApiClient, run: Run) -> None:
    assert client.put(f"runs/{run.pk}/artifacts/a%0ab", b"x", content_type="text/plain").status_code == 404
    assert client.get(f"runs/{run.pk}/artifacts?path=a%0ab").status_code == 400
    assert not Blob.objects.exists()


def test_A37_a_folder_of_a_similar_name_is_not_listed(client: ApiClient, run: Run) -> None:
    put(client, run, "ws-1/a")
    put(client, run, "ws-10/b")
    names = [row["path"] for row in client.get(f"runs/{run.pk}/artifacts?path=ws-1").json()["results"]]
    assert names == ["ws-1/a"]


def test_A43_look_alike_names_are_a_conflict(client: ApiClient, run: Run) -> None:
    assert put(client, run, "caf\u00e9.txt").status_code == 201
    assert put(client, run, "cafe\u0301.txt").status_code == 201  # the same name in another spelling: replaced
    assert put(client, run, "Report.txt").status_code == 201
    assert put(client, run, "report.TXT").status_code == 409
    assert Artifact.objects.count() == 2


def test_a_file_can_not_be_a_folder_as_well(client: ApiClient, run: Run) -> None:
    put(client, run, "a/b/c")
    assert put(client, run, "a/b").status_code == 409
    assert put(client, run, "a/b/c/d").status_code == 409


def test_folders_come_first_with_their_sizes(client: ApiClient, run: Run) -> None:
    put(client, run, "z.txt", b"1")
    put(client, run, "plots/a.png", b"12")
    put(client, run, "plots/deep/b.png", b"123")
    rows = client.get(f"runs/{run.pk}/artifacts").json()["results"]
    assert [(row["path"], row["is_dir"], row["size"]) for row in rows] == [("plots", True, 5), ("z.txt", False, 1)]
    all_rows = client.get(f"runs/{run.pk}/artifacts?recursive=true").json()["results"]
    assert [row["path"] for row in all_rows] == ["plots/a.png", "plots/deep/b.png", "z.txt"]


def test_a_long_folder_comes_in_pages(client: ApiClient, run: Run) -> None:
    for number in range(5):
        put(client, run, f"f{number}", str(number).encode())
    page = client.get(f"runs/{run.pk}/artifacts?limit=2").json()
    seen = [row["path"] for row in page["results"]]
    while page["next"]:
        page = client.http.get(page["next"], headers={"Authorization": f"Bearer {client.token}"}).json()
        seen += [row["path"] for row in page["results"]]
    assert seen == [f"f{number}" for number in range(5)]


@pytest.mark.parametrize(
    ("header", "status", "data"),
    [
        ("bytes=0-3", 206, b"0123"),
        ("bytes=4-", 206, b"456789"),
        ("bytes=-3", 206, b"789"),
        ("bytes=0-999", 206, b"0123456789"),
        ("bytes=10-", 416, b""),
        ("bytes=9-1", 200, b"0123456789"),
        ("bytes=0-0,1-1", 200, b"0123456789"),
        ("bytes=" + ",".join(f"{n}-{n}" for n in range(1000)), 200, b"0123456789"),
        ("bytes=-0", 416, b""),
        ("bytes=a-b", 200, b"0123456789"),
        ("bytes=\u0663-", 200, b"0123456789"),
        ("items=0-1", 200, b"0123456789"),
    ],
)
def test_A46_ranges(client: ApiClient, run: Run, header: str, status: int, data: bytes) -> None:
    put(client, run, "digits", b"0123456789")
    response = get(client, run, "digits", Range=header)
    assert (response.status_code, body(response)) == (status, data)
    if status == 416:
        assert response["Content-Range"] == "bytes */10"


def test_an_unchanged_file_is_not_sent_again(client: ApiClient, run: Run) -> None:
    put(client, run, "a")
    etag = get(client, run, "a")["ETag"]
    assert client.get(f"runs/{run.pk}/artifacts/a", headers={"If-None-Match": etag}).status_code == 304


def test_A44_a_declared_length_above_the_limit_is_refused_at_once(client: ApiClient, run: Run, settings: Any) -> None:
    settings.ARTIFACT_LIMIT_BYTES = 10
    assert put(client, run, "a", b"x" * 11).status_code == 413
    assert not Blob.objects.exists()


def test_bytes_that_differ_from_their_announced_checksum_are_refused(client: ApiClient, run: Run) -> None:
    assert put(client, run, "a", b"x", **{"X-Content-SHA256": "0" * 64}).status_code == 400
    right = hashlib.sha256(b"x").hexdigest()
    assert put(client, run, "a", b"x", **{"X-Content-SHA256": right}).status_code == 201


def test_an_empty_file_is_a_file(client: ApiClient, run: Run) -> None:
    assert put(client, run, "empty", b"").json()["size"] == 0
    assert body(get(client, run, "empty")) == b""


def test_the_zip_holds_every_file_of_a_folder(client: ApiClient, run: Run) -> None:
    put(client, run, "plots/a.txt", b"aaa")
    put(client, run, "plots/b/c.txt", b"c" * 3_000_000)
    put(client, run, "other", b"no")
    response = client.get(f"runs/{run.pk}/artifacts.zip?path=plots")
    with zipfile.ZipFile(io.BytesIO(body(response))) as archive:
        assert archive.testzip() is None
        assert {info.filename: info.file_size for info in archive.infolist()} == {
            "plots/a.txt": 3,
            "plots/b/c.txt": 3_000_000,
        }
    assert response["Content-Disposition"].startswith('attachment; filename="brisk-otter-42-artifacts.zip"')


def test_deleting_takes_the_file_and_nothing_else(client: ApiClient, run: Run) -> None:
    put(client, run, "a")
    put(client, run, "b")
    assert client.delete(f"runs/{run.pk}/artifacts/a").status_code == 204
    assert client.delete(f"runs/{run.pk}/artifacts/a").status_code == 404
    assert Artifact.objects.get().path == "b"
    assert body(get(client, run, "b")) == b"hello"


def test_A03_A04_A09_others_see_or_change_nothing(
    client: ApiClient, run: Run, api: Callable[..., ApiClient], stan: User, rita: User
) -> None:
    put(client, run, "secret.txt", b"ours")
    stranger, reader = api(stan, base=BASE), api(rita, base=BASE)
    for path in ("artifacts", "artifacts/secret.txt", "artifacts.zip", "code", "code.zip"):
        assert stranger.get(f"runs/{run.pk}/{path}").status_code == 404
    assert put(stranger, run, "mine").status_code == 404
    own = api(stan, base="/api/v1/workspaces/elsewhere/")
    assert own.get(f"runs/{run.pk}/artifacts/secret.txt").status_code == 404
    assert body(get(reader, run, "secret.txt")) == b"ours"
    assert put(reader, run, "mine").status_code == 403
    assert reader.delete(f"runs/{run.pk}/artifacts/secret.txt").status_code == 403
    assert Artifact.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "given", "wanted"),
    [
        ("a.png", "", "image/png"),
        ("a.csv", "application/octet-stream", "text/csv"),
        ("a.unknown", "", "application/octet-stream"),
        ("a.bin", "text/plain; charset=utf-8", "text/plain"),
        ("a.md", "", "text/markdown"),
        ("a.txt", "nonsense\x00/x", "text/plain"),
    ],
)
def test_the_type_is_the_clients_or_the_names(path: str, given: str, wanted: str) -> None:
    from runs.tracking.services.artifacts import type_of

    assert type_of(path, given) == wanted

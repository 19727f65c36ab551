"""Files on their way into a datastore: in parts, again after a cut, whole or not at all."""

import hashlib
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from registry.data.datastores import opening
from registry.data.datastores import services as datastores
from registry.data.datastores.models import Datastore
from registry.data.transfers import holds, janitor, publishing, queries, services, tasks
from registry.data.transfers.models import Upload
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Conflict, Invalid, NoSpace, TooLarge
from studio.storage import stores
from tests.people import ApiClient, People

pytestmark = pytest.mark.django_db
V1 = "/api/v1/workspaces/vision/"
PART = services.PART_BYTES
DATA = bytes(range(256)) * (PART // 256) + b"and a little more"


@pytest.fixture
def place(settings: Any, tmp_path: Path, workspace: Workspace) -> Datastore:
    settings.DATA_DIR = tmp_path
    return datastores.ensure_default(workspace)


@pytest.fixture
def ben_api(api: Any, people: People) -> ApiClient:
    return api(people.ben, base=V1)  # type: ignore[no-any-return]


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def content(place: Datastore, path: str) -> bytes:
    return b"".join(opening.file_store(place).read(path))


def send(ben: User, upload: Upload, number: int, data: bytes) -> None:
    services.put_part(actor=ben, upload=upload, number=number, stream=io.BytesIO(data), sha256=digest(data))


class Cut(io.BytesIO):
    """A link that breaks after the first piece."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise ConnectionAbortedError("The request is over.")
        return super().read(min(size or 1000, 1000))


def test_a_file_comes_in_parts_over_rest_and_goes_down_in_ranges(place: Datastore, ben_api: ApiClient) -> None:
    body = {"path": "raw/cars.bin", "size": len(DATA), "sha256": digest(DATA)}
    begun = ben_api.post("datastores/default/uploads", body)
    assert (begun.status_code, begun.json()["part_bytes"], begun.json()["part_count"]) == (201, PART, 2)
    path = f"uploads/{begun.json()['id']}"
    for number, piece in ((2, DATA[PART:]), (1, DATA[:PART])):
        headers = {"X-Content-SHA256": digest(piece)}
        sent = ben_api.put(f"{path}/parts/{number}", piece, content_type="application/octet-stream", headers=headers)
        assert sent.json() == {"number": number, "sha256": digest(piece), "size": len(piece)}
    assert ben_api.get("datastores/default/entries").json()["results"] == []
    assert [part["number"] for part in ben_api.get(path).json()["parts"]] == [1, 2]
    done = ben_api.post(f"{path}/complete")
    assert (done.status_code, done.json()["state"], done.json()["sha256"]) == (200, "done", digest(DATA))
    assert ben_api.post(f"{path}/complete").status_code == 200  # twice finds the first
    entry = ben_api.get("datastores/default/entries", {"path": "raw"}).json()["results"][0]
    assert (entry["path"], entry["is_dir"], entry["size"]) == ("raw/cars.bin", False, len(DATA))
    whole = ben_api.get("datastores/default/files/raw/cars.bin")
    assert b"".join(whole.streaming_content) == DATA  # type: ignore[attr-defined]
    rest = ben_api.get("datastores/default/files/raw/cars.bin", headers={"Range": f"bytes={PART}-"})
    assert (rest.status_code, b"".join(rest.streaming_content)) == (206, DATA[PART:])  # type: ignore[attr-defined]
    other = {"Range": "bytes=5-", "If-Range": '"another"'}
    again = ben_api.get("datastores/default/files/raw/cars.bin", headers=other)
    assert again.status_code == 200  # it changed meanwhile: from the start


def test_an_upload_that_was_cut_goes_on_where_it_was(place: Datastore, ben: User) -> None:
    begun = services.begin(actor=ben, datastore=place, path="a.bin", size=len(DATA)).upload
    send(ben, begun, 1, DATA[:PART])
    with pytest.raises(ConnectionAbortedError):
        services.put_part(actor=ben, upload=begun, number=2, stream=Cut(DATA[PART:]))
    with pytest.raises(Invalid, match="1 of 2 parts are missing, the first is part 2"):
        services.complete(actor=ben, upload=begun)
    found = services.begin(actor=ben, datastore=place, path="a.bin", size=len(DATA))
    assert (found.upload.pk, [part.number for part in found.parts]) == (begun.pk, [1])
    send(ben, begun, 2, DATA[PART:])
    assert services.complete(actor=ben, upload=begun).state == "done"
    assert content(place, "a.bin") == DATA


@pytest.mark.parametrize(
    ("number", "data", "code"),
    [(1, b"short", "part_incomplete"), (3, b"", "no_such_part"), (0, b"", "no_such_part")],
)
def test_a_part_that_is_none_is_refused(place: Datastore, ben: User, number: int, data: bytes, code: str) -> None:
    upload = services.begin(actor=ben, datastore=place, path="a.bin", size=len(DATA)).upload
    with pytest.raises(Invalid) as refused:
        send(ben, upload, number, data)
    assert refused.value.code == code


def test_a_part_that_is_longer_or_not_the_announced_one_is_refused(place: Datastore, ben: User) -> None:
    upload = services.begin(actor=ben, datastore=place, path="a.bin", size=4).upload
    with pytest.raises(TooLarge):
        send(ben, upload, 1, b"12345")
    with pytest.raises(Invalid, match="SHA-256"):
        services.put_part(actor=ben, upload=upload, number=1, stream=io.BytesIO(b"1234"), sha256=digest(b"4321"))
    assert queries.progress(upload).parts == ()


def test_bytes_that_are_not_the_announced_ones_are_never_seen(place: Datastore, ben: User) -> None:
    upload = services.begin(actor=ben, datastore=place, path="a.txt", size=4, sha256=digest(b"good")).upload
    send(ben, upload, 1, b"evil")
    with pytest.raises(Invalid, match="SHA-256"):
        services.complete(actor=ben, upload=upload)
    assert opening.file_store(place).stat("a.txt") is None
    upload.refresh_from_db()
    assert (upload.state, "SHA-256" in upload.problem) == ("open", True)
    send(ben, upload, 1, b"good")  # the right ones may follow
    assert services.complete(actor=ben, upload=upload).state == "done"


def test_an_empty_file_needs_no_part(place: Datastore, ben: User) -> None:
    upload = services.begin(actor=ben, datastore=place, path="empty.txt", size=0).upload
    assert services.complete(actor=ben, upload=upload).state == "done"
    assert content(place, "empty.txt") == b""


def test_a_file_is_replaced_only_when_that_is_said(place: Datastore, ben: User) -> None:
    for overwrite in (False, True):
        upload = services.begin(actor=ben, datastore=place, path="a.txt", size=3, overwrite=overwrite).upload
        send(ben, upload, 1, b"old" if not overwrite else b"new")
        services.complete(actor=ben, upload=upload)
    assert content(place, "a.txt") == b"new"
    with pytest.raises(Conflict):
        services.begin(actor=ben, datastore=place, path="a.txt", size=3)


def test_of_two_uploads_to_one_name_the_second_is_told(place: Datastore, ben: User, ada: User) -> None:
    uploads = [services.begin(actor=who, datastore=place, path="a.txt", size=3).upload for who in (ben, ada)]
    for who, upload, data in ((ben, uploads[0], b"one"), (ada, uploads[1], b"two")):
        send(who, upload, 1, data)
    services.complete(actor=ben, upload=uploads[0])
    with pytest.raises(Conflict):
        services.complete(actor=ada, upload=uploads[1])
    assert content(place, "a.txt") == b"one"


def test_a_large_file_is_put_in_place_by_a_task_and_by_another_when_that_was_killed(
    place: Datastore, ben: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "SMALL", 2)
    queued: list[str] = []
    monkeypatch.setattr(tasks.publish, "delay_on_commit", queued.append)
    upload = services.begin(actor=ben, datastore=place, path="big.bin", size=3).upload
    send(ben, upload, 1, b"big")
    assert services.complete(actor=ben, upload=upload).state == "publishing"
    assert queued == [upload.pk]
    with pytest.raises(Conflict, match="called back"):
        services.cancel(actor=ben, upload=upload)
    Upload.objects.filter(pk=upload.pk).update(touched_at=timezone.now())  # somebody has just claimed it
    tasks.publish(upload.pk)
    assert opening.file_store(place).stat("big.bin") is None
    assert publishing.abandoned() == []
    Upload.objects.filter(pk=upload.pk).update(touched_at=timezone.now() - publishing.PATIENCE)
    assert publishing.abandoned() == [upload.pk]
    tasks.publish(upload.pk)
    assert content(place, "big.bin") == b"big"
    tasks.publish(upload.pk)  # a message that comes twice


def test_what_was_never_finished_goes_after_a_day(place: Datastore, ben: User) -> None:
    upload = services.begin(actor=ben, datastore=place, path="a.bin", size=4).upload
    send(ben, upload, 1, b"1234")
    assert janitor.forget_old() == 0
    Upload.objects.update(touched_at=timezone.now() - janitor.KEPT - timedelta(minutes=1))
    assert janitor.forget_old() == 1
    assert queries.progress(upload).parts == ()


def test_a_full_disk_is_told_before_and_in_the_middle(
    place: Datastore, ben: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = services.begin(actor=ben, datastore=place, path="a.bin", size=4).upload

    def full(wanted: int = 0) -> None:
        raise NoSpace("disk_full", "The studio's disk is almost full, so nothing new is stored.")

    monkeypatch.setattr(stores, "check_space", full)
    with pytest.raises(NoSpace):
        send(ben, upload, 1, b"1234")
    with pytest.raises(NoSpace):
        services.begin(actor=ben, datastore=place, path="b.bin", size=4)
    assert queries.progress(upload).parts == ()


@pytest.fixture
def held() -> Iterator[None]:
    def asked(datastore: Datastore, path: str) -> list[str]:
        return ["Version 3 of cars lies there."] if path == "cars.csv" else []

    holds.register(asked)
    yield
    holds._asked.remove(asked)


def test_a_file_that_something_stands_on_is_neither_removed_nor_replaced(
    place: Datastore, ben_api: ApiClient, ben: User, held: None
) -> None:
    opening.file_store(place).write("cars.csv", io.BytesIO(b"a,b"))
    refused = ben_api.delete("datastores/default/files/cars.csv")
    assert (refused.status_code, refused.json()["detail"]) == (409, "Version 3 of cars lies there.")
    again = ben_api.post("datastores/default/uploads", {"path": "cars.csv", "size": 1, "overwrite": True})
    assert (again.status_code, again.json()["code"]) == (409, "file_in_use")
    opening.file_store(place).write("other.csv", io.BytesIO(b"a,b"))
    assert ben_api.delete("datastores/default/files/other.csv").status_code == 204
    assert ben_api.get("datastores/default/files/other.csv").status_code == 404


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a\\b", "a/../b", "%2e%2e/x", ".atelier-incoming/x"])
def test_no_path_leads_out_of_the_datastore(place: Datastore, ben_api: ApiClient, path: str) -> None:
    assert ben_api.post("datastores/default/uploads", {"path": path, "size": 1}).status_code in (400, 409)
    assert ben_api.get("datastores/default/entries", {"path": path}).status_code in (400, 404)


def test_a_link_opens_one_file_for_a_while_and_dies_with_its_makers_access(
    place: Datastore, ben_api: ApiClient, api: Any, people: People
) -> None:
    opening.file_store(place).write("report.txt", io.BytesIO(b"read me"))
    given = ben_api.get("datastores/default/link/report.txt", {"seconds": 60}).json()
    stranger = api(None)
    answer = stranger.get(given["url"].removeprefix("http://testserver"))
    assert b"".join(answer.streaming_content) == b"read me"
    assert "attachment" in answer["Content-Disposition"]
    assert stranger.get(given["url"].removeprefix("http://testserver")[:-3] + "abc").status_code == 404
    people.ben.memberships.all().delete()
    assert stranger.get(given["url"].removeprefix("http://testserver")).status_code == 404


def test_an_upload_is_its_makers_alone_and_a_reader_makes_none(
    place: Datastore, api: Any, people: People, ben_api: ApiClient
) -> None:
    begun = ben_api.post("datastores/default/uploads", {"path": "a.bin", "size": 4}).json()
    assert api(people.ada, base=V1).get(f"uploads/{begun['id']}").status_code == 404
    assert api(people.rita, base=V1).post("datastores/default/uploads", {"path": "b", "size": 1}).status_code == 403
    assert [found["id"] for found in ben_api.get("datastores/default/uploads").json()["results"]] == [begun["id"]]
    assert ben_api.delete(f"uploads/{begun['id']}").status_code == 204
    assert ben_api.get(f"uploads/{begun['id']}").status_code == 404

"""Datastores from Python and the command, against the real application."""

import zlib
from pathlib import Path
from typing import Any

import atelier
import pytest
from atelier._data import sending

from registry.data.transfers import services
from tests.people import People
from tests.sdk.data.cutting_proxy import CuttingProxy

pytestmark = pytest.mark.django_db(transaction=True)
PART = services.PART_BYTES
STORE = "name: lake\ntype: s3\nbucket: lake\nendpoint: https://93.184.216.34\nregion: eu\n"


def noise(size: int) -> bytes:
    """Bytes that do not repeat."""
    block = b"".join(zlib.crc32(str(number).encode()).to_bytes(4, "big") for number in range(50_000))
    return (block * (size // len(block) + 1))[:size]


def test_files_go_up_are_listed_read_linked_and_deleted(lake: People, tmp_path: Path) -> None:
    store = atelier.Workspace().datastores.default()
    folder = tmp_path / "photos"
    (folder / "cats").mkdir(parents=True)
    (folder / "cats/one.txt").write_bytes(b"one")
    (folder / "two é.txt").write_bytes(b"two")
    (folder / "empty.txt").write_bytes(b"")
    heard: list[Any] = []
    sent = store.upload(folder, "raw/photos/", progress=heard.append)
    assert sorted(sent) == ["raw/photos/cats/one.txt", "raw/photos/empty.txt", "raw/photos/two é.txt"]
    assert (heard[-1].files_done, heard[-1].bytes_done, heard[-1].bytes) == (3, 6, 6)
    assert next((entry.name, entry.is_dir) for entry in store.ls("raw/photos")) == ("cats", True)
    assert {entry.path for entry in store.walk("raw")} == set(sent)
    with store.open("raw/photos/cats/one.txt") as file:
        assert (file.read(), file.seek(1), file.read()) == (b"one", 1, b"ne")
    assert "/datastore-links/" in store.link("raw/photos/cats/one.txt", seconds=60)
    with pytest.raises(atelier.Conflict):
        store.upload(folder / "two é.txt", "raw/photos/")
    (folder / "cats/one.txt").write_bytes(b"other")
    assert store.upload(folder, "raw/photos", skip_existing=True, overwrite=True) == ["raw/photos/cats/one.txt"]
    saved = store.download("raw/photos", tmp_path / "back")
    assert {path.relative_to(tmp_path / "back").as_posix(): path.read_bytes() for path in saved} == {
        "cats/one.txt": b"other", "empty.txt": b"", "two é.txt": b"two",
    }  # fmt: skip
    assert store.download("raw/photos/two é.txt", tmp_path / "own name.txt") == [tmp_path / "own name.txt"]
    store.delete("raw/photos/two é.txt")
    with pytest.raises(atelier.NotFound):
        store.download("raw/photos/two é.txt", tmp_path)
    assert not list(tmp_path.rglob("*.part"))


def test_a_file_that_is_cut_three_times_arrives_whole_both_ways(
    lake: People, live_server: Any, tmp_path: Path, quick: None
) -> None:
    data = noise(3 * PART + 17)
    (tmp_path / "big.bin").write_bytes(data)
    line = CuttingProxy(live_server.url, [PART // 2, PART + 1000, PART])
    store = atelier.Workspace(url=line.url).datastores.default()
    store.upload(tmp_path / "big.bin", "big.bin")
    assert line.left == 0
    line.close()
    line = CuttingProxy(live_server.url, [PART // 2, PART, PART // 3])
    store = atelier.Workspace(url=line.url).datastores.get(store.name)
    heard: list[Any] = []
    saved = store.download("big.bin", tmp_path / "back/", progress=heard.append)
    line.close()
    assert line.left == 0 and saved[0].read_bytes() == data
    assert heard[-1].bytes_done == len(data)


def test_an_upload_that_was_given_up_is_gone_on_with(
    lake: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = noise(2 * PART + 5)
    (tmp_path / "big.bin").write_bytes(data)
    store = atelier.Workspace().datastores.default()
    sent: list[int] = []
    request = type(store._api).request

    def failing(api: Any, method: str, path: str, **given: Any) -> Any:
        if method == "PUT":
            sent.append(int(path.rpartition("/")[2]))
            if sent[-1] == 2 and is_away:
                raise atelier.Denied("The machine was switched off.", status=403)
        return request(api, method, path, **given)

    monkeypatch.setattr(type(store._api), "request", failing)
    is_away = True
    with pytest.raises(atelier.Denied):
        store.upload(tmp_path / "big.bin")
    is_away = False
    already = set(sent) - {2}
    sent.clear()
    store.upload(tmp_path / "big.bin")
    assert 2 in sent and not already & set(sent)
    assert store.open("big.bin").read() == data


def test_a_download_goes_on_only_with_the_same_bytes(lake: People, tmp_path: Path) -> None:
    from atelier._data import fetching

    store = atelier.Workspace().datastores.default()
    (tmp_path / "a.txt").write_bytes(b"0123456789")
    store.upload(tmp_path / "a.txt", overwrite=True)
    etag = store._api.request("HEAD", "datastores/default/files/a.txt").headers["ETag"]
    target = tmp_path / "back" / "a.txt"
    target.parent.mkdir()
    fetching._partial(target, etag).write_bytes(b"01234")
    fetching._partial(target, "another").write_bytes(b"?????")
    heard: list[Any] = []
    store.download("a.txt", tmp_path / "back/", progress=heard.append)
    assert target.read_bytes() == b"0123456789" and heard[0].bytes_done == 5


def test_names_that_leave_the_folder_are_refused_before_anything_is_written(lake: People, tmp_path: Path) -> None:
    from atelier._data.fetching import Fetcher, RemoteFile

    files = [RemoteFile("x", "fine.txt"), RemoteFile("x", "../../outside.txt")]
    with pytest.raises(atelier.UnsafeName):
        Fetcher(atelier.Workspace().client).save(files, tmp_path / "to")
    assert not (tmp_path / "to").exists()
    with pytest.raises(atelier.UsageError, match="no path"):
        sending.files_at(__file__, "../up.py", print)


def test_a_file_that_changes_while_it_is_sent_is_not_taken_for_the_old_one(lake: People, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"now longer")
    file = sending.LocalFile(tmp_path / "a.txt", "a.txt", 3)
    store = atelier.Workspace().datastores.default()
    with pytest.raises(atelier.UsageError, match="changed while"):
        store.send([file])
    assert list(store.ls()) == []


def test_datastores_are_registered_from_files_and_fields(lake: People, tmp_path: Path, say: Any) -> None:
    (tmp_path / "store.yml").write_text(STORE)
    stores = atelier.Workspace().datastores
    assert stores.create(tmp_path / "store.yml").data["kind"] == "s3"
    assert "s3" in {kind["kind"] for kind in stores.kinds()}
    other = stores.create(name="docs", kind="s3", options={"bucket": "docs"}, description="Papers")
    assert other.update(description="More papers").data["description"] == "More papers"
    assert other.check()["is_working"] in (True, False)
    assert stores.set_default("docs").data["is_default"] and other.set_default().name == "docs"
    stores.set_default("default")
    stores.delete("docs")
    assert [store.name for store in stores.list()] == ["default", "lake"]
    with pytest.raises(atelier.UsageError, match="no file"):
        stores.create(tmp_path / "none.yml")
    with pytest.raises(atelier.InvalidRequest):
        stores.create(name="bad", kind="teapot")

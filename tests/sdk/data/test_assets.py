"""Data assets from Python, against the real application."""

from pathlib import Path
from typing import Any

import atelier
import polars
import pytest
from atelier._data import sending

from registry.data.assets import services
from registry.data.assets.models import DataVersion
from tests.factories.data import make_data, put_file
from tests.people import People

pytestmark = pytest.mark.django_db(transaction=True)
CSV = b"make,price,sold\nvolvo,100,2024-01-02\nsaab,200,2024-02-03\n"


def settle() -> None:
    """What a worker does meanwhile."""
    for version in DataVersion.objects.filter(state="pending"):
        services.settle(version_id=version.pk)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the files that are sent."""
    found: list[str] = []
    send = sending.Sender._send

    def noted(self: Any, file: Any, parallel: bool = False) -> None:
        found.append(file.source.name)
        send(self, file, parallel)

    monkeypatch.setattr(sending.Sender, "_send", noted)
    return found


def test_a_folder_here_becomes_a_version_and_is_not_sent_twice(lake: People, tmp_path: Path, sent: list[str]) -> None:
    folder = tmp_path / "pets"
    (folder / "cats").mkdir(parents=True)
    (folder / "cats/1.png").write_bytes(b"one")
    (folder / "readme.txt").write_bytes(b"hello")
    data = atelier.Workspace().data
    heard: list[str] = []
    made = data.create("pets", folder, description="Animals", tags={"team": "zoo"}, say=heard.append)
    assert (made.reference, made.state, made.data["type"]) == ("azureml:pets:1", "pending", "uri_folder")
    assert sorted(sent) == ["1.png", "readme.txt"]
    settle()
    assert {file.path: file.size for file in made.wait(5).files()} == {"cats/1.png": 3, "readme.txt": 5}
    again = data.create("pets", folder, say=heard.append)
    settle()
    assert len(sent) == 2 and "same content" in heard[0]
    assert again.refresh().data["content_hash"] == made.data["content_hash"]
    (folder / "readme.txt").write_bytes(b"other")
    data.create("pets", folder, say=heard.append)
    assert len(sent) == 4
    assert [version.version for version in data.versions("pets")] == ["3", "2", "1"]
    assert [row["name"] for row in data.list("animals")] == ["pets"]
    saved = again.download(tmp_path / "back")
    assert sorted(path.name for path in saved) == ["1.png", "readme.txt"]
    assert again.open("readme.txt").read() == b"hello"
    with pytest.raises(atelier.UsageError, match="2 files"):
        again.open()


def test_an_upload_that_broke_off_goes_on_in_the_same_folder(
    lake: People, tmp_path: Path, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "two"
    folder.mkdir()
    for name in ("a.txt", "b.txt"):
        (folder / name).write_bytes(name.encode())
    data = atelier.Workspace().data
    register = type(data)._register

    def failing(self: Any, body: Any) -> Any:
        raise atelier.Unreachable("Away.")

    monkeypatch.setattr(type(data), "_register", failing)
    with pytest.raises(atelier.Unreachable):
        data.create("two", folder)
    monkeypatch.setattr(type(data), "_register", register)
    assert data.create("two", folder).version == "1"
    assert sorted(sent) == ["a.txt", "b.txt"]
    # The same files as another asset's content: a folder of their own, since the first one's belongs to it now.
    data.delete("two", 1)
    assert data.create("two", folder).version == "2"


def test_a_data_file_says_where_it_lies(lake: People, tmp_path: Path, sent: list[str]) -> None:
    (tmp_path / "cars.csv").write_bytes(CSV)
    file = tmp_path / "data.yml"
    file.write_text("name: cars\ntype: uri_file\npath: ./cars.csv\ndescription: Old cars\ntags: {team: vision}\n")
    data = atelier.Workspace().data
    made = data.create_from_file(file)
    settle()
    assert made.refresh().data["description"] == "Old cars" and sent == ["cars.csv"]
    assert data.create_from_file(file, name="other", version="7").reference == "azureml:other:7"
    where = put_file(lake.workspace, "in/cars.csv", CSV)
    file.write_text(f"name: cars\ntype: uri_file\npath: {where}\n")
    assert data.create_from_file(file).data["path"] == where
    assert data.create("cars", where, type="uri_file").version == "3"
    file.write_text("name: cars\ntyp: uri_file\npath: x\n")
    with pytest.raises(atelier.InvalidRequest, match="no key 'typ'"):
        data.create_from_file(file)
    file.write_text("name: cars\ntype: uri_file\npath: ./none.csv\n")
    with pytest.raises(atelier.UsageError, match="no file or folder"):
        data.create_from_file(file)


def test_rows_sql_and_frames_show_the_table(lake: People, tmp_path: Path) -> None:
    make_data(lake.workspace, files={"cars.csv": CSV})
    version = atelier.Workspace().data.get("azureml:cars@latest")
    rows = version.rows(10, "price > 100")
    assert list(rows) == [{"make": "saab", "price": 200, "sold": "2024-02-03"}] and not rows.has_more
    assert list(version.sql("select max(price) as most from data")) == [{"most": 200}]
    assert rows.to_pandas()["make"].tolist() == ["saab"]
    frame = version.to_polars(tmp_path / "kept")
    assert frame.schema["sold"] == polars.Date
    assert frame["price"].to_list() == [100, 200]
    assert version.to_pandas(tmp_path / "kept")["make"].tolist() == ["volvo", "saab"]
    assert version.uses()["used_by"] == []


def test_versions_are_described_archived_and_deleted(lake: People) -> None:
    make_data(lake.workspace)
    make_data(lake.workspace)
    data = atelier.Workspace().data
    assert data.get("cars").update(tags={"ok": "yes"}).data["tags"] == {"ok": "yes"}
    assert data.update("cars", description="Cars")["description"] == "Cars"
    data.archive("cars", 2)
    assert data.get("cars").version == "1"
    data.delete("cars", 1)
    data.archive("cars")
    assert list(data.list()) == [] and data.asset("cars")["is_archived"]
    data.delete("cars")
    with pytest.raises(atelier.NotFound):
        data.get("cars")


def test_a_table_is_read_by_its_mltable(lake: People, tmp_path: Path) -> None:
    folder = tmp_path / "table"
    folder.mkdir()
    (folder / "cars.csv").write_bytes(CSV)
    (folder / "MLTable").write_text(
        "paths:\n  - file: ./cars.csv\ntransformations:\n  - read_delimited:\n      delimiter: ','\n"
        "  - keep_columns: [make]\n"
    )
    made = atelier.Workspace().data.create("table", folder, type="mltable")
    settle()
    assert made.refresh().data["state"] == "ready", made.data["problem"]
    assert made.to_polars().to_dicts() == [{"make": "volvo"}, {"make": "saab"}]

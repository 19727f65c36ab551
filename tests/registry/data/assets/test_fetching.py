"""Versions whose files are brought here first: from an address outside, from a database."""

import http.server
import io
import socketserver
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from registry.data.addresses.models import AddressRule
from registry.data.assets import fetching, files, janitor, previews, services
from registry.data.assets.models import DataVersion, ManagedFolder
from registry.data.datastores.models import Datastore
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Invalid, TooLarge, Unavailable
from tests.factories.data import put_file

CSV = b"make,price\nvolvo,100\nsaab,200\n"


class Pages(http.server.BaseHTTPRequestHandler):
    """What lies on the other side: a file, a redirect into the studio's own machine, an error, a lie."""

    def do_GET(self) -> None:
        if self.path.startswith("/cars.csv"):
            self.answer(200, CSV)
        elif self.path == "/inside":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/latest/meta-data/")
            self.end_headers()
        elif self.path == "/short.csv":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(CSV)
        else:
            self.answer(int(self.path.strip("/")) if self.path.strip("/").isdigit() else 404, b"no")

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def web(settings: Any) -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Pages) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        settings.DATA_HOSTS = frozenset({f"127.0.0.1:{server.server_address[1]}"})
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def fetched(workspace: Workspace, **values: Any) -> DataVersion:
    new = services.NewVersion(**{"name": "web", "type": "uri_file", **values})
    version = services.register(actor=None, workspace=workspace, new=new)
    return services.settle(version_id=version.pk)


def test_a_file_of_the_web_is_kept_here(workspace: Workspace, web: str, ben: User) -> None:
    version = fetched(workspace, path=f"{web}/cars.csv?sig=1")
    assert version.state == "ready", version.problem
    assert version.is_managed and version.uri == f"{web}/cars.csv?sig=1"
    assert [file.path for file in files.listing(version)] == ["cars.csv"]
    assert b"".join(files.read(version, "cars.csv")) == CSV
    services.delete_version(actor=ben, version=version)
    janitor.remove_released()
    assert not ManagedFolder.objects.exists()


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("/404", "answered 404"),
        ("/inside", "link-local"),
        ("/403", "answered 403"),
        ("/short.csv", "did not answer"),
    ],
)
def test_what_can_t_be_fetched_fails_with_a_sentence(workspace: Workspace, web: str, page: str, words: str) -> None:
    version = fetched(workspace, path=web + page)
    DataVersion.objects.filter(pk=version.pk, state="pending").update(attempts=99, lease_until=None)
    version = services.settle(version_id=version.pk)
    assert version.state == "failed" and words in version.problem
    assert not version.manifest


def test_an_answer_that_may_pass_is_tried_again(workspace: Workspace, web: str) -> None:
    version = fetched(workspace, path=f"{web}/503")
    assert version.state == "pending" and "answered 503" in version.problem
    assert version.lease_until is not None


def test_no_address_of_the_studio_s_own_network_is_called(workspace: Workspace, web: str, settings: Any) -> None:
    settings.DATA_HOSTS = frozenset()
    version = fetched(workspace, path=f"{web}/cars.csv")
    assert version.state == "failed" and "does not call private" in version.problem


def test_a_file_larger_than_allowed_is_not_kept(workspace: Workspace, web: str, settings: Any) -> None:
    settings.DATA_LIMIT_BYTES = 10
    version = fetched(workspace, path=f"{web}/cars.csv")
    assert version.state == "failed" and "more than the studio takes" in version.problem


def test_a_version_deleted_while_it_is_fetched_leaves_no_file(
    workspace: Workspace, web: str, ben: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = services.NewVersion(name="web", type="uri_file", path=f"{web}/cars.csv")
    version = services.register(actor=ben, workspace=workspace, new=new)
    staged = fetching._staged

    def deleting() -> Any:
        services.delete_version(actor=ben, version=DataVersion.objects.get(pk=version.pk))
        return staged()

    monkeypatch.setattr(fetching, "_staged", deleting)
    loaded = DataVersion.objects.select_related("asset__workspace").get(pk=version.pk)
    fetching.fetch(loaded)
    janitor.remove_released()
    store = services.datastores.ensure_default(workspace)
    assert fetching.opening.file_store(store).stat(loaded.path) is None


def test_the_beginning_of_a_web_file_can_be_looked_at(workspace: Workspace, web: str) -> None:
    looked = previews.look(workspace, path=f"{web}/cars.csv")
    assert (looked.rows, looked.format) == ([["volvo", 100], ["saab", 200]], "delimited")
    with pytest.raises(Invalid, match="answered 404"):
        previews.look(workspace, path=f"{web}/none.csv")
    with pytest.raises(Unavailable):
        previews.look(workspace, path=f"{web}/500", reading={"format": "delimited"})


def test_only_the_beginning_of_a_large_one_is_read(
    workspace: Workspace, web: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "WEB_BYTES", 24)
    looked = previews.look(workspace, path=f"{web}/cars.csv?large")
    assert looked.is_head and looked.rows == [["volvo", 100]] and looked.row_count is None
    with pytest.raises(TooLarge):
        previews.look(workspace, path=f"{web}/cars.csv?large", reading={"format": "parquet"})


def test_an_address_that_a_rule_covers_lies_here(workspace: Workspace, web: str) -> None:
    put_file(workspace, "mirror/2026/cars.csv", CSV)
    for prefix in ("wasbs://box@account.blob.core.windows.net/", "https://data.example.org/open"):
        AddressRule.objects.create(prefix=prefix, datastore="default", path="mirror")
    for path in (
        "wasbs://box@account.blob.core.windows.net/2026/cars.csv",
        "https://data.example.org/open/2026/cars.csv",
    ):
        version = fetched(workspace, path=path)
        assert version.state == "ready" and not version.is_managed
        assert version.path == "mirror/2026/cars.csv" and version.uri == path


class TestQueries:
    @pytest.fixture
    def database(self, workspace: Workspace, tmp_path: Path, settings: Any) -> Datastore:
        settings.DATA_ROOTS = [tmp_path]
        connection = sqlite3.connect(tmp_path / "sales.sqlite")
        connection.execute("CREATE TABLE sales (make TEXT, price REAL, year INTEGER)")
        rows = [("volvo", 100.5, 2025), ("saab", None, 2026), ("fiat", 7.0, 2026)]
        connection.executemany("INSERT INTO sales VALUES (?, ?, ?)", rows)
        connection.commit()
        connection.close()
        options = {"engine": "sqlite", "path": str(tmp_path / "sales.sqlite"), "seconds": 5, "rows": 50_000}
        return Datastore.objects.create(workspace=workspace, name="sales", kind="sql", options=options)

    def test_an_answer_is_kept_as_parquet(self, workspace: Workspace, database: Datastore) -> None:
        query = services.Query("Sales", "SELECT make, price FROM sales WHERE year = 2026 ORDER BY make")
        version = fetched(workspace, query=query)
        assert version.state == "ready", version.problem
        content = b"".join(files.read(version, "web.parquet"))
        assert parquet.read_table(io.BytesIO(content)).to_pylist() == [
            {"make": "fiat", "price": 7.0},
            {"make": "saab", "price": None},
        ]
        assert version.row_count == 2 and [column["name"] for column in version.schema or []] == ["make", "price"]

    def test_an_answer_can_be_a_table(self, workspace: Workspace, database: Datastore) -> None:
        version = fetched(workspace, type="mltable", query=services.Query("sales", "SELECT * FROM sales"))
        assert version.state == "ready", version.problem
        assert "read_parquet" in version.mltable and version.row_count == 3

    @pytest.mark.parametrize("text", ["DROP TABLE sales", "SELECT * FROM nothing", "INSERT INTO sales VALUES (1,2,3)"])
    def test_what_the_database_refuses_fails_with_its_words(
        self, workspace: Workspace, database: Datastore, text: str
    ) -> None:
        version = fetched(workspace, query=services.Query("sales", text))
        assert version.state == "failed" and version.problem
        assert fetched(workspace, name="all", query=services.Query("sales", "SELECT * FROM sales")).row_count == 3

    def test_a_query_can_be_looked_at(self, workspace: Workspace, database: Datastore) -> None:
        looked = previews.look(workspace, query=services.Query("sales", "SELECT * FROM sales ORDER BY make"))
        assert [(one["name"], one["type"]) for one in looked.columns] == [
            ("make", "string"),
            ("price", "float"),
            ("year", "int"),
        ]
        assert looked.rows[1:] == [["saab", None, 2026], ["volvo", 100.5, 2025]]

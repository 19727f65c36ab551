"""S3, Azure Blob and Google Cloud Storage: the contract on real servers, and what each says when it is wrong."""

import io
import json
import secrets
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from registry.data.datastores.kinds.azure_blob import AzureBlobKind, AzureBlobStore
from registry.data.datastores.kinds.base import FileStore
from registry.data.datastores.kinds.declared import Place
from registry.data.datastores.kinds.gcs import GcsKind, GcsStore
from registry.data.datastores.kinds.s3 import S3Kind, S3Store
from studio.errors import Conflict, Invalid, StudioError
from tests.contracts.file_store import MB, FileStoreContract, Patterned, put
from tests.servers import Server


def a_name() -> str:
    return f"t{secrets.token_hex(6)}"


def place(options: dict[str, object], credential: dict[str, str] | None = None) -> Place:
    return Place("cars", options, Path("/nowhere"), credential or {})


def s3_place(server: Server, bucket: str, **changed: Any) -> Place:
    options = {"endpoint": f"http://127.0.0.1:{server.port}", "bucket": bucket, "path_style": True, **changed}
    return place(options, {"access_key_id": "me", "secret_access_key": "hush"})


@pytest.fixture
def bucket(moto: Server, settings: Any) -> S3Store:
    """A new bucket, whole."""
    settings.DATA_HOSTS = moto.allowed
    store = S3Store(s3_place(moto, a_name()))
    store._client.create_bucket(Bucket=store.bucket)
    return store


class TestS3(FileStoreContract):
    has_links = True
    is_exclusive = False  # the server of the tests looks, then writes; the real one does not

    @pytest.fixture
    def store(self, bucket: S3Store, moto: Server) -> FileStore:
        return S3Kind().open(s3_place(moto, bucket.bucket, prefix="/raw/2024/"))


def azure_place(server: Server, container: str, **changed: Any) -> Place:
    options = {
        "endpoint": f"http://127.0.0.1:{server.port}/{server.facts['account']}",
        "account_name": server.facts["account"],
        "container_name": container,
        **changed,
    }
    return place(options, {"account_key": server.facts["key"]})


@pytest.fixture
def container(azurite: Server, settings: Any) -> AzureBlobStore:
    settings.DATA_HOSTS = azurite.allowed
    store = AzureBlobStore(azure_place(azurite, a_name()))
    store._client.create_container()
    return store


class TestAzureBlob(FileStoreContract):
    has_links = True

    @pytest.fixture
    def store(self, container: AzureBlobStore, azurite: Server) -> FileStore:
        return AzureBlobKind().open(azure_place(azurite, container.container, prefix="raw/2024"))


class _Tokens(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"access_token": "t", "expires_in": 3600, "token_type": "Bearer"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def service_account() -> Iterator[str]:
    """A key file whose token address is a server of the test."""
    server = HTTPServer(("127.0.0.1", 0), _Tokens)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    yield json.dumps(
        {
            "type": "service_account", "project_id": "p", "private_key_id": "k", "private_key": key.decode(),
            "client_email": "me@p.example.org", "token_uri": f"http://127.0.0.1:{server.server_port}/token",
        }
    )  # fmt: skip
    server.shutdown()
    server.server_close()


@pytest.fixture
def google_bucket(google: Server, service_account: str, settings: Any) -> GcsStore:
    token_host = json.loads(service_account)["token_uri"].split("/")[2]
    settings.DATA_HOSTS = google.allowed | {token_host}
    store = GcsStore(google_place(google, service_account, a_name()))
    store._client.create_bucket(store.bucket_name)
    return store


def google_place(server: Server, account: str, bucket: str, **changed: Any) -> Place:
    options = {"endpoint": f"http://127.0.0.1:{server.port}", "bucket": bucket, **changed}
    return place(options, {"service_account": account})


class TestGoogle(FileStoreContract):
    has_links = True
    names_links = counts_folders = False  # the server of the tests does not know how

    @pytest.fixture
    def store(self, google_bucket: GcsStore, google: Server, service_account: str) -> FileStore:
        return GcsKind().open(google_place(google, service_account, google_bucket.bucket_name))


def test_an_upload_that_was_killed_is_found_by_its_note_and_nobody_elses(bucket: S3Store) -> None:
    client = bucket._client
    others = client.create_multipart_upload(Bucket=bucket.bucket, Key="theirs")["UploadId"]

    class Killed(BaseException):
        pass

    class Dying(Patterned):
        def read(self, size: int = -1, /) -> bytes:
            if self.done > 10 * MB:
                # A process that is killed tidies nothing up.
                bucket._abort = lambda *_: None  # type: ignore[method-assign]
                client.delete_object, self.kept = (lambda **_: None), client.delete_object
                raise Killed
            return super().read(size)

    dying = Dying(20 * MB)
    with pytest.raises(Killed):
        bucket.write("mine", dying)
    client.delete_object = dying.kept
    del bucket._abort
    assert len(client.list_multipart_uploads(Bucket=bucket.bucket)["Uploads"]) == 2
    assert bucket.tidy(older_than=timedelta(days=1)) == 0
    assert bucket.tidy(older_than=timedelta(seconds=-60)) == 1
    left = client.list_multipart_uploads(Bucket=bucket.bucket)["Uploads"]
    assert [one["UploadId"] for one in left] == [others] and list(bucket.walk()) == []


def test_names_that_only_an_object_store_can_hold_are_listed_with_their_problem(bucket: S3Store) -> None:
    for key in ("a/../b", "c//d", "fine"):
        bucket._client.put_object(Bucket=bucket.bucket, Key=key, Body=b"")
    assert [(entry.name, bool(entry.problem)) for entry in bucket.entries()] == [
        ("a", False),
        ("c", False),
        ("fine", False),
    ]
    assert [bool(entry.problem) for entry in bucket.entries("a")] == [True]
    with pytest.raises(Conflict):
        list(bucket.walk())


def test_a_folders_marker_is_no_file(bucket: S3Store) -> None:
    bucket._client.put_object(Bucket=bucket.bucket, Key="d/", Body=b"")
    assert [(entry.path, entry.is_dir) for entry in bucket.entries()] == [("d", True)]
    assert list(bucket.entries("d")) == [] and list(bucket.walk()) == []
    bucket.delete("d")
    assert bucket.stat("d") is None


def test_a_data_lakes_folder_blob_is_a_folder(container: AzureBlobStore) -> None:
    container._client.get_blob_client("d").upload_blob(b"", metadata={"hdi_isfolder": "true"})
    put(container, "d/a")
    found = container.stat("d")
    assert found is not None and found.is_dir
    assert [entry.path for entry in container.walk()] == ["d/a"]
    assert [(entry.path, entry.is_dir) for entry in container.entries()] == [("d", True)]


def test_two_large_uploads_of_one_name_to_azure_leave_one_whole(container: AzureBlobStore) -> None:
    class Meanwhile(Patterned):
        def read(self, size: int = -1, /) -> bytes:
            if self.done > 10 * MB and self.breaks_at is None:
                self.breaks_at = 1 << 62
                container.write("same", Patterned(9 * MB))
            return super().read(size)

    with pytest.raises(Conflict):
        container.write("same", Meanwhile(20 * MB))
    found = container.stat("same")
    assert found is not None and found.size == 9 * MB


class TestWhatIsWrong:
    """Each failure in one sentence, with a code of its own."""

    def problem(self, store: FileStore, *, writing: bool = True) -> str:
        with pytest.raises(StudioError) as raised:
            store.check(writing=writing)
        assert raised.value.message.endswith(".") and len(raised.value.message) < 300
        assert "hush" not in raised.value.message
        return raised.value.code

    def test_no_bucket(self, bucket: S3Store, moto: Server) -> None:
        assert self.problem(S3Store(s3_place(moto, a_name()))) == "datastore_place_missing"

    def test_no_container(self, container: AzureBlobStore, azurite: Server) -> None:
        assert self.problem(AzureBlobStore(azure_place(azurite, a_name()))) == "datastore_place_missing"

    def test_no_google_bucket(self, google_bucket: GcsStore, google: Server, service_account: str) -> None:
        assert self.problem(GcsStore(google_place(google, service_account, a_name()))) == "datastore_place_missing"

    def test_a_wrong_account_key(self, container: AzureBlobStore, azurite: Server) -> None:
        wrong = azure_place(azurite, container.container)
        store = AzureBlobStore(place(dict(wrong.options), {"account_key": "d3Jvbmc="}))
        assert self.problem(store) in ("datastore_credential_refused", "datastore_not_allowed")

    def test_an_account_key_that_is_none(self, container: AzureBlobStore, azurite: Server) -> None:
        wrong = azure_place(azurite, container.container)
        store = AzureBlobStore(place(dict(wrong.options), {"account_key": "no base64!"}))
        assert self.problem(store) in ("datastore_credential_refused", "datastore_not_allowed")

    @pytest.mark.parametrize("kind", ["s3", "azure", "google"])
    def test_nobody_listens(self, kind: str, settings: Any, service_account: str) -> None:
        settings.DATA_HOSTS = {"127.0.0.1"}
        nobody = Server(9, {"account": "devstoreaccount1", "key": "a2V5"})
        store = {
            "s3": lambda: S3Store(s3_place(nobody, "cars")),
            "azure": lambda: AzureBlobStore(azure_place(nobody, "cars")),
            "google": lambda: GcsStore(place({"bucket": "cars", "endpoint": "http://127.0.0.1:9"})),
        }[kind]()
        assert self.problem(store) == "datastore_unreachable"

    @pytest.mark.parametrize("kind", ["s3", "azure", "google"])
    def test_an_address_the_policy_forbids_is_not_called(
        self, kind: str, moto: Server, settings: Any, service_account: str
    ) -> None:
        settings.DATA_HOSTS = frozenset()
        server = Server(moto.port, {"account": "devstoreaccount1", "key": "a2V5"})
        store = {
            "s3": lambda: S3Store(s3_place(server, "cars")),
            "azure": lambda: AzureBlobStore(azure_place(server, "cars")),
            "google": lambda: GcsStore(place({"bucket": "cars", "endpoint": f"http://127.0.0.1:{moto.port}"})),
        }[kind]()
        assert self.problem(store) == "address_refused"

    @pytest.mark.parametrize(
        ("kind", "options"),
        [
            (S3Kind, {"bucket": "cars", "endpoint": "http://127.0.0.1:9000"}),
            (S3Kind, {"bucket": "cars", "endpoint": "http://169.254.169.254"}),
            (S3Kind, {"bucket": "cars", "endpoint": "ftp://x"}),
            (S3Kind, {"bucket": "cars", "endpoint": "https://me:pw@s3.example.org"}),
            (S3Kind, {"bucket": "../x"}),
            (S3Kind, {"bucket": ""}),
            (S3Kind, {"bucket": "cars", "prefix": "a/../../b"}),
            (AzureBlobKind, {"account_name": "x.evil.example/", "container_name": "cars"}),
            (AzureBlobKind, {"account_name": "mystorage", "container_name": "Cars"}),
            (AzureBlobKind, {"account_name": "mystorage", "container_name": "cars", "endpoint": "http://[::1]:1"}),
            (GcsKind, {"bucket": "x"}),
            (GcsKind, {"bucket": "cars", "endpoint": "http://10.0.0.1"}),
        ],
    )
    def test_settings_that_cannot_be_are_refused_with_the_field(self, kind: Any, options: dict[str, object]) -> None:
        with pytest.raises(Invalid) as raised:
            kind().check_options(options)
        assert raised.value.fields

    @pytest.mark.parametrize("text", ["", "{", "[]", '{"token_uri": 5}', '{"token_uri": "https://a.example.org"}'])
    def test_a_key_file_that_is_none_is_refused(self, text: str) -> None:
        if text:
            with pytest.raises(Invalid):
                GcsKind().check_credential({"service_account": text})


def test_writes_through_a_full_sender_hold_one_part_in_memory(bucket: S3Store) -> None:
    """Short pieces, as they come from a socket, become parts of the size the store wants."""

    class Short(io.RawIOBase):
        left = 9 * MB

        def read(self, size: int = -1, /) -> bytes:
            count = min(7_777, self.left, size)
            self.left -= count
            return b"x" * count

    assert bucket.write("short", Short()).size == 9 * MB

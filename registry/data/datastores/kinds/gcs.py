"""A bucket of Google Cloud Storage."""

import contextlib
import json
import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, timedelta
from typing import Any

from registry.data.datastores import problems
from registry.data.datastores.kinds import places
from registry.data.datastores.kinds.base import INCOMING, Entry, Reading, checked_path
from registry.data.datastores.kinds.declared import LONG, Credential, Kind, Place, Setting
from registry.data.datastores.kinds.objects import Found, ObjectStore
from registry.data.datastores.kinds.streams import PART, Filled
from studio.errors import NotFound, StudioError
from studio.outbound import addresses, pinning
from studio.storage.blobs import Readable

CHUNK = 4 << 20
TIMES = (8.0, 60.0)  # to connect, to read
LONGEST_LINK = 7 * 24 * 3600


class GcsStore(ObjectStore):
    """Objects of one bucket."""

    def __init__(self, place: Place) -> None:
        super().__init__(place.text("prefix"))
        self.bucket_name = place.text("bucket")
        self._where = f"Google Cloud Storage of {place.name}"
        self._endpoint = place.text("endpoint")
        with self._said():
            self._client = _client(place)
        self._bucket = self._client.bucket(self.bucket_name)
        self._can_sign = bool(place.credential.get("service_account"))

    def list_objects(self, beginning: str, *, by_folder: bool, cursor: str, limit: int) -> tuple[list[Found], str]:
        with self._said():
            rows = self._client.list_blobs(
                self.bucket_name, prefix=beginning or None, delimiter="/" if by_folder else None,
                page_token=cursor or None, page_size=limit, timeout=TIMES, retry=_retry(),
            )  # fmt: skip
            found = [self._found(row) for row in next(rows.pages, ())]
            found += [Found(prefix) for prefix in rows.prefixes]
        return sorted(found, key=lambda one: one.key), rows.next_page_token or ""

    def head(self, key: str) -> Found | None:
        blob = self._get(key, key)
        return self._found(blob) if blob is not None else None

    def open_object(self, key: str, path: str, start: int, end: int | None) -> Reading:
        blob = self._get(key, path)
        if blob is None:
            raise problems.file_missing(path)
        last = blob.size if end is None else min(end, blob.size)
        return Reading(self._pieces(blob, path, start, last), lambda: None)

    def write(self, path: str, stream: Readable, *, overwrite: bool = False) -> Entry:
        path = checked_path(path)
        self.refuse_existing(path, overwrite)
        blob = self._bucket.blob(self.prefix + path, chunk_size=PART)
        only_new = {} if overwrite else {"if_generation_match": 0}
        source = Filled(stream)
        first = source.read(PART)
        with self._said(path):
            if len(first) < PART:
                blob.upload_from_string(
                    first, content_type="application/octet-stream", timeout=TIMES, retry=_retry(), **only_new
                )
            else:
                # One resumable upload: nothing is seen before its last part, and the service forgets it within a week.
                blob.upload_from_file(_Rest(first, source), timeout=TIMES, retry=_retry(), **only_new)
        found = self.stat(path)
        if found is None:  # removed by somebody in the same moment
            raise problems.file_missing(path)
        return found

    def remove(self, key: str) -> None:
        with self._said(key):
            self._bucket.blob(key).delete(timeout=TIMES, retry=_retry())

    def link(self, path: str, *, seconds: int, name: str = "") -> str | None:
        path = checked_path(path)
        if not self._can_sign:
            return None
        with self._said(path):
            made: str = self._bucket.blob(self.prefix + path).generate_signed_url(
                version="v4", expiration=timedelta(seconds=min(seconds, LONGEST_LINK)), method="GET",
                api_access_endpoint=self._endpoint or None,
                response_disposition=places.disposition(name) if name else None,
            )  # fmt: skip
        return made

    def check(self, *, writing: bool = True) -> None:
        places.knock(self._endpoint, self._where)
        self.list_objects(self.prefix, by_folder=True, cursor="", limit=1)
        if not writing:
            return
        with self._said("a file"):
            blob = self._bucket.blob(f"{self.prefix}{INCOMING}/check-{secrets.token_hex(4)}")
            blob.upload_from_string(b"", timeout=TIMES, retry=_retry())
            blob.delete(timeout=TIMES, retry=_retry())

    def _get(self, key: str, path: str) -> Any:
        try:
            with self._said(path):
                return self._bucket.get_blob(key, timeout=TIMES, retry=_retry())
        except NotFound:
            return None

    def _found(self, blob: Any) -> Found:
        return Found(
            blob.name, blob.size or 0, blob.updated.astimezone(UTC) if blob.updated else None, str(blob.generation)
        )

    def _pieces(self, blob: Any, path: str, start: int, last: int) -> Iterator[bytes]:
        # The blob knows its generation: a file that is replaced meanwhile is read to its end as it was.
        while start < last:
            with self._said(path):
                piece = blob.download_as_bytes(
                    start=start, end=min(start + CHUNK, last) - 1, raw_download=True, checksum=None, timeout=TIMES,
                    retry=_retry(),
                )  # fmt: skip
            if not piece:
                return
            start += len(piece)
            yield piece

    @contextlib.contextmanager
    def _said(self, path: str = "") -> Iterator[None]:
        """What the server or the way to it says, as one of our sentences."""
        import requests
        from google.api_core import exceptions as api
        from google.auth import exceptions as auth

        try:
            yield
        except api.GoogleAPICallError as error:
            raise self._in_words(error, path) from error
        except auth.RefreshError as error:
            raise problems.credential_refused(self._where, "its key gets no token") from error
        except (api.RetryError, auth.GoogleAuthError, requests.RequestException, addresses.Refused) as error:
            raise places.in_words(error, self._where) from error

    def _in_words(self, error: Any, path: str) -> StudioError:
        status, said = int(error.code or 0), str(error.message or "")
        if status == 412:
            return problems.file_exists(path)
        if status == 401:
            return problems.credential_refused(self._where)
        if status == 403:
            return problems.not_allowed(f"{self._where} does not allow this with the credential given")
        if status == 404 and (not path or "bucket" in said.lower()):
            return problems.place_missing(f"The bucket {self.bucket_name}")
        if status == 404:
            return problems.file_missing(path)
        return problems.failed(self._where, f"{status} {said}"[:200].rstrip("."))


class _Rest:
    """A sender's bytes after its first part was read, as a file that is read once."""

    def __init__(self, first: bytes, source: Filled) -> None:
        self._first, self._source = first, source
        self._place = 0

    def read(self, size: int = -1, /) -> bytes:
        piece, self._first = self._first[:size] if size >= 0 else self._first, self._first[size:] if size >= 0 else b""
        if len(piece) != size:
            piece += self._source.read(size - len(piece) if size >= 0 else -1)
        self._place += len(piece)
        return piece

    def tell(self) -> int:
        return self._place


def _retry() -> Any:
    from google.cloud.storage.retry import DEFAULT_RETRY

    return DEFAULT_RETRY.with_timeout(6.0)


def _client(place: Place) -> Any:
    """The storage's client, over connections that go to judged addresses only: also the one that fetches its tokens."""
    from google.auth.credentials import AnonymousCredentials
    from google.auth.transport.requests import AuthorizedSession, Request
    from google.cloud.storage import Client
    from storages.backends.gcloud import GoogleCloudStorage

    found = place.credential.get("service_account", "")
    credentials = _account(found) if found else AnonymousCredentials()
    session = AuthorizedSession(credentials, auth_request=Request(pinning.session(purpose=addresses.DATA)))
    storage = GoogleCloudStorage(bucket_name=place.text("bucket"), credentials=credentials)
    storage._client = Client(
        project=getattr(credentials, "project_id", None) or "none",
        credentials=credentials,
        _http=pinning.pin_session(session, purpose=addresses.DATA),
        client_options={"api_endpoint": place.text("endpoint")} if place.text("endpoint") else None,
    )
    return storage.client


def _account(text: str) -> Any:
    from google.oauth2.service_account import Credentials

    return Credentials.from_service_account_info(
        json.loads(text), scopes=["https://www.googleapis.com/auth/devstorage.read_write"]
    )


class GcsKind(Kind):
    """A bucket."""

    label = "Google Cloud Storage"
    icon = "cloud"
    settings = (
        Setting("bucket", "Bucket", required=True, example="cars"),
        Setting("prefix", "Folder in the bucket", example="raw/2024", help="Empty: the whole bucket."),
        Setting("endpoint", "Endpoint", example="http://localhost:4443", help="Empty: Google's own."),
    )
    credentials = (
        Credential(
            "service_account",
            "Service account key",
            (Setting("service_account", "Key file (JSON)", LONG, required=True),),
        ),
        Credential("none", "None: the bucket is public"),
    )
    anchors = ("endpoint",)

    def check_options(self, options: Mapping[str, object]) -> None:
        places.check_name("bucket", str(options.get("bucket") or ""), r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")
        places.check_prefix("prefix", str(options.get("prefix") or ""))
        places.check_url("endpoint", str(options.get("endpoint") or ""))

    def check_credential(self, credential: Mapping[str, str]) -> None:
        text = credential.get("service_account", "")
        if not text:
            return
        try:
            places.check_url("service_account", json.loads(text)["token_uri"])
            _account(text)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise places.refused("service_account", "This is no key file of a service account.") from None

    def where(self, options: Mapping[str, object]) -> str:
        place = f"{options.get('bucket')}/{str(options.get('prefix') or '').strip('/')}".rstrip("/")
        host = places.host_of(str(options.get("endpoint") or ""))
        return f"gs://{place}" + (f" at {host}" if host else "")

    def open(self, place: Place) -> GcsStore:
        return GcsStore(place)

"""A container of Azure Blob storage, or of an emulator of it."""

import base64
import binascii
import contextlib
import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from registry.data.datastores import problems
from registry.data.datastores.kinds import places
from registry.data.datastores.kinds.base import INCOMING, Entry, Reading, checked_path
from registry.data.datastores.kinds.declared import LONG, Credential, Kind, Place, Setting
from registry.data.datastores.kinds.objects import Found, ObjectStore
from registry.data.datastores.kinds.streams import PART, Filled, part_size
from studio.errors import NotFound, StudioError
from studio.outbound import addresses, pinning
from studio.storage.blobs import Readable

CHUNK = 2 << 20  # the client holds several copies of what it reads
BLOCK = PART // 2
_KEY_REFUSED = {"AuthenticationFailed", "InvalidAuthenticationInfo", "NoAuthenticationInformation"}
_EXISTS = {"BlobAlreadyExists", "ConditionNotMet", "TargetConditionNotMet", "UnauthorizedBlobOverwrite"}


class AzureBlobStore(ObjectStore):
    """Blobs of one container. Data Lake Gen2 accounts show their folders' own blobs as folders."""

    def __init__(self, place: Place) -> None:
        super().__init__(place.text("prefix"))
        self.container = place.text("container_name")
        self._where = f"The Azure account of {place.name}"
        self._key = place.credential.get("account_key", "")
        self._account = place.text("account_name")
        self._endpoint = account_url(place.options)
        with self._said():
            self._client = _storage(place).client

    def list_objects(self, beginning: str, *, by_folder: bool, cursor: str, limit: int) -> tuple[list[Found], str]:
        asked: dict[str, Any] = {
            "name_starts_with": beginning or None,
            "results_per_page": limit,
            "include": ["metadata"],
        }
        with self._said():
            rows = self._client.walk_blobs(delimiter="/", **asked) if by_folder else self._client.list_blobs(**asked)
            pages = rows.by_page(continuation_token=cursor or None)
            found = [self._found(row) for row in next(pages, ())]
        # A Data Lake's folder is a blob of its own beside being what other names begin with.
        kept = {one.key: one for one in found}
        return list(kept.values()), pages.continuation_token or ""

    def head(self, key: str) -> Found | None:
        try:
            with self._said(key):
                return self._found(self._client.get_blob_client(key).get_blob_properties())
        except NotFound:
            return None

    def open_object(self, key: str, path: str, start: int, end: int | None) -> Reading:
        length = None if end is None else end - start
        try:
            with self._said(path):
                blob = self._client.get_blob_client(key)
                if start:
                    download = blob.download_blob(offset=start, length=length, max_concurrency=1)
                else:
                    download = blob.download_blob(offset=0 if length else None, length=length, max_concurrency=1)
        except _NothingThere:
            return Reading(iter(()), lambda: None)
        return Reading(self._pieces(download, path), lambda: None)

    def write(self, path: str, stream: Readable, *, overwrite: bool = False) -> Entry:
        path = checked_path(path)
        self.refuse_existing(path, overwrite)
        source = Filled(stream)
        first = [source.read(BLOCK)]
        blob = self._client.get_blob_client(self.prefix + path)
        if len(first[0]) < BLOCK:
            with self._said(path):
                blob.upload_blob(first[0], overwrite=overwrite)
        else:
            self._write_blocks(blob, path, first, source, overwrite)
        found = self.stat(path)
        if found is None:  # removed by somebody in the same moment
            raise problems.file_missing(path)
        return found

    def remove(self, key: str) -> None:
        with self._said(key):
            self._client.delete_blob(key)

    def link(self, path: str, *, seconds: int, name: str = "") -> str | None:
        from azure.storage.blob import BlobSasPermissions, generate_blob_sas

        path = checked_path(path)
        if not self._key:  # a signature that was given to the studio is not handed on
            return None
        key = self.prefix + path
        with self._said(path):
            signature = generate_blob_sas(
                self._account, self.container, key, account_key=self._key, permission=BlobSasPermissions(read=True),
                expiry=datetime.now(UTC) + timedelta(seconds=seconds),
                content_disposition=places.disposition(name) if name else None,
            )  # fmt: skip
        return f"{self._client.get_blob_client(key).url}?{signature}"

    def check(self, *, writing: bool = True) -> None:
        places.knock(self._endpoint, self._where)
        self.list_objects(self.prefix, by_folder=True, cursor="", limit=1)
        if not writing:
            return
        with self._said("a file"):
            blob = self._client.get_blob_client(f"{self.prefix}{INCOMING}/check-{secrets.token_hex(4)}")
            blob.upload_blob(b"", overwrite=True)
            blob.delete_blob()

    def _write_blocks(self, blob: Any, path: str, first: list[bytes], source: Filled, overwrite: bool) -> None:
        """Blocks nobody sees, then their list in one step. What a kill leaves the account forgets within a week."""
        from azure.core import MatchConditions
        from azure.storage.blob import BlobBlock

        mine, piece = secrets.token_hex(8), first.pop()
        blocks: list[BlobBlock] = []
        while piece:
            block = f"{mine}-{len(blocks) + 1:06d}"
            with self._said(path):
                blob.stage_block(block, piece, length=len(piece))
            blocks.append(BlobBlock(block))
            del piece  # two parts in memory are one too many
            piece = source.read(part_size(len(blocks) + 1, BLOCK))
        only_new = {} if overwrite else {"match_condition": MatchConditions.IfMissing}
        with self._said(path):
            blob.commit_block_list(blocks, **only_new)

    def _found(self, row: Any) -> Found:
        if row.name.endswith("/"):
            return Found(row.name)
        if (row.metadata or {}).get("hdi_isfolder") == "true":
            return Found(f"{row.name}/")
        return Found(row.name, row.size, row.last_modified.astimezone(UTC), row.etag.strip('"'))

    def _pieces(self, download: Any, path: str) -> Iterator[bytes]:
        chunks = download.chunks()
        while True:
            with self._said(path):
                piece = next(chunks, b"")
            if not piece:
                return
            yield piece

    @contextlib.contextmanager
    def _said(self, path: str = "") -> Iterator[None]:
        """What the server or the way to it says, as one of our sentences."""
        from azure.core import exceptions

        try:
            yield
        except exceptions.HttpResponseError as error:
            raise self._in_words(error, path) from error
        except (exceptions.AzureError, OSError, addresses.Refused) as error:
            raise places.in_words(error, self._where) from error
        except ValueError as error:
            raise problems.credential_refused(self._where, "it can't be read") from error

    def _in_words(self, error: Any, path: str) -> StudioError:
        code = str(getattr(error.error_code, "value", error.error_code) or "")
        status = error.status_code or 0
        if code == "InvalidRange" or status == 416:
            return _NothingThere("invalid_range", "The range begins behind the end of the file.")
        if code in ("ContainerNotFound", "ContainerBeingDeleted"):
            return problems.place_missing(f"The container {self.container}")
        if code in _EXISTS or status in (409, 412):
            return problems.file_exists(path)
        if code == "InvalidBlockList":
            return problems.file_exists(path)  # another writer of the same name was faster
        if code in _KEY_REFUSED or status == 401:
            return problems.credential_refused(self._where)
        if status == 403:
            return problems.not_allowed(f"{self._where} does not allow this with the credential given")
        if status == 404:
            return problems.file_missing(path)
        if status == 507 or code == "InsufficientAccountPermissions":
            return problems.disk_full(self._where)
        reason = code or str(getattr(error, "reason", "") or "").rstrip(".")
        return problems.failed(self._where, f"{status or ''} {reason}".strip()[:200] or type(error).__name__)


class _NothingThere(StudioError):
    """A range behind the end of a file: nothing is read, which is no error."""


def account_url(options: Mapping[str, object]) -> str:
    return str(options.get("endpoint") or "") or f"https://{options.get('account_name')}.blob.core.windows.net"


def _storage(place: Place) -> Any:
    """django-storages' storage with a client of our own: it takes no other endpoint but in a connection string."""
    from azure.storage.blob import BlobServiceClient, LinearRetry
    from storages.backends.azure_storage import AzureStorage

    class Storage(AzureStorage):
        def _get_service_client(self) -> BlobServiceClient:
            key, sas = place.credential.get("account_key"), place.credential.get("sas_token")
            credential = (
                {"account_name": self.account_name, "account_key": key} if key else (sas or "").lstrip("?") or None
            )
            return BlobServiceClient(
                account_url(place.options), credential=credential, max_single_get_size=CHUNK, max_chunk_get_size=CHUNK,
                retry_policy=LinearRetry(backoff=1, retry_total=2), connection_timeout=8, read_timeout=60,
                transport=pinning.azure_transport(purpose=addresses.DATA),
            )  # fmt: skip

    return Storage(account_name=place.text("account_name"), azure_container=place.text("container_name"))


class AzureBlobKind(Kind):
    """A container."""

    label = "Azure Blob"
    icon = "cloud"
    settings = (
        Setting("account_name", "Storage account", required=True, example="mystorage"),
        Setting("container_name", "Container", required=True, example="cars"),
        Setting("prefix", "Folder in the container", example="raw/2024", help="Empty: the whole container."),
        Setting(
            "endpoint", "Endpoint", example="http://localhost:10000/devstoreaccount1",
            help="Empty: https://ACCOUNT.blob.core.windows.net.",
        ),
    )  # fmt: skip
    credentials = (
        Credential("account_key", "Account key", (Setting("account_key", "Key", required=True),)),
        Credential("sas", "Shared access signature", (Setting("sas_token", "SAS token", LONG, required=True),)),
        Credential(
            "connection_string",
            "Connection string",
            (Setting("connection_string", "Connection string", LONG, required=True),),
        ),
        Credential("none", "None: the container is public"),
    )
    anchors = ("account_name", "endpoint")

    def check_options(self, options: Mapping[str, object]) -> None:
        places.check_name("account_name", str(options.get("account_name") or ""), r"[a-z0-9]{3,24}")
        name = str(options.get("container_name") or "")
        places.check_name("container_name", name, r"\$root|\$web|[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]")
        places.check_prefix("prefix", str(options.get("prefix") or ""))
        places.check_url("endpoint", account_url(options))

    def check_credential(self, credential: Mapping[str, str]) -> None:
        key = credential.get("account_key", "")
        try:
            base64.b64decode(key, validate=True)
        except (binascii.Error, ValueError):
            raise places.refused("account_key", "The account key is no base64 text: copy it whole.") from None

    def settled(
        self, options: Mapping[str, object], credential: Mapping[str, str]
    ) -> tuple[dict[str, object], dict[str, str]]:
        text = credential.get("connection_string", "")
        if not text:
            return dict(options), dict(credential)
        named, kept = read_connection_string(text)
        return {**options, **named}, kept

    def where(self, options: Mapping[str, object]) -> str:
        place = f"{options.get('container_name')}/{str(options.get('prefix') or '').strip('/')}".rstrip("/")
        host = places.host_of(str(options.get("endpoint") or ""))
        return f"{options.get('account_name')} / {place}" + (f" at {host}" if host else "")

    def open(self, place: Place) -> AzureBlobStore:
        return AzureBlobStore(place)


def read_connection_string(text: str) -> tuple[dict[str, object], dict[str, str]]:
    """The settings and the credential that a connection string is made of. Raises Invalid for one that is none."""
    pairs = dict(part.strip().split("=", 1) for part in text.strip().split(";") if "=" in part)
    pairs = {name.strip().lower(): value.strip() for name, value in pairs.items()}
    if pairs.get("usedevelopmentstorage", "").lower() == "true":
        raise places.refused("connection_string", "Write out the emulator's endpoint, account and key.")
    protocol, suffix = pairs.get("defaultendpointsprotocol", "https"), pairs.get("endpointsuffix", "")
    account, endpoint = pairs.get("accountname", ""), pairs.get("blobendpoint", "").rstrip("/")
    if not account and endpoint:
        account = places.host_of(endpoint).partition(".")[0]
    if not endpoint and suffix and (suffix != "core.windows.net" or protocol != "https"):
        endpoint = f"{protocol}://{account}.blob.{suffix}"
    credential = {"account_key": pairs.get("accountkey", ""), "sas_token": pairs.get("sharedaccesssignature", "")}
    if not account or not any(credential.values()):
        raise places.refused("connection_string", "The connection string names no account, or neither a key nor a SAS.")
    settings: dict[str, object] = {"account_name": account, **({"endpoint": endpoint} if endpoint else {})}
    return settings, {name: value for name, value in credential.items() if value}

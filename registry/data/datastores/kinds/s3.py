"""S3 and what speaks like it: a bucket at AWS, MinIO, Ceph and others."""

import contextlib
import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from registry.data.datastores import problems
from registry.data.datastores.kinds import places
from registry.data.datastores.kinds.base import INCOMING, PIECE, Entry, Reading, checked_path
from registry.data.datastores.kinds.declared import FLAG, Credential, Kind, Place, Setting
from registry.data.datastores.kinds.objects import Found, ObjectStore
from registry.data.datastores.kinds.streams import PART, Filled, part_size
from studio.errors import NotFound, StudioError
from studio.outbound import addresses, pinning
from studio.storage.blobs import Readable

SECONDS_TO_CONNECT, SECONDS_TO_READ = 10, 60
LONGEST_LINK = 7 * 24 * 3600  # what the signature allows
_KEY_REFUSED = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "TokenRefreshRequired"}
_FORBIDDEN = {"AccessDenied", "AllAccessDisabled", "AccountProblem", "403"}
_EXISTS = {"PreconditionFailed", "ConditionalRequestConflict", "412"}
_FULL = {"XMinioStorageFull", "QuotaExceeded", "InsufficientCapacity", "507"}


class S3Store(ObjectStore):
    """Objects of one bucket."""

    def __init__(self, place: Place) -> None:
        super().__init__(place.text("prefix"))
        self.bucket = place.text("bucket")
        self._where = f"The S3 server of {place.name}"
        self._endpoint = place.text("endpoint")
        self._client = _client(place)

    def list_objects(self, beginning: str, *, by_folder: bool, cursor: str, limit: int) -> tuple[list[Found], str]:
        asked: dict[str, Any] = {"Bucket": self.bucket, "Prefix": beginning, "MaxKeys": limit}
        if by_folder:
            asked["Delimiter"] = "/"
        if cursor:
            asked["ContinuationToken"] = cursor
        with self._said():
            answer = self._client.list_objects_v2(**asked)
        found = [
            Found(one["Key"], one["Size"], one["LastModified"].astimezone(UTC), one["ETag"].strip('"'))
            for one in answer.get("Contents", [])
        ]
        found += [Found(one["Prefix"]) for one in answer.get("CommonPrefixes", [])]
        return sorted(found, key=lambda one: one.key), answer.get("NextContinuationToken", "")

    def head(self, key: str) -> Found | None:
        try:
            with self._said(key):
                one = self._client.head_object(Bucket=self.bucket, Key=key)
        except NotFound:
            return None
        return Found(key, one["ContentLength"], one["LastModified"].astimezone(UTC), one["ETag"].strip('"'))

    def open_object(self, key: str, path: str, start: int, end: int | None) -> Reading:
        asked = {"Range": f"bytes={start}-{'' if end is None else end - 1}"} if start or end is not None else {}
        try:
            with self._said(path):
                body = self._client.get_object(Bucket=self.bucket, Key=key, **asked)["Body"]
        except _NothingThere:
            return Reading(iter(()), lambda: None)
        return Reading(self._pieces(body, path), body.close)

    def write(self, path: str, stream: Readable, *, overwrite: bool = False) -> Entry:
        path = checked_path(path)
        self.refuse_existing(path, overwrite)
        source = Filled(stream)
        first = source.read(PART)
        # The store itself refuses a name that is there: between two writers one wins.
        only_new = {} if overwrite else {"IfNoneMatch": "*"}
        if len(first) < PART:
            with self._said(path):
                self._client.put_object(Bucket=self.bucket, Key=self.prefix + path, Body=first, **only_new)
        else:
            self._write_parts(path, first, source, only_new)
        found = self.stat(path)
        if found is None:  # removed by somebody in the same moment
            raise problems.file_missing(path)
        return found

    def remove(self, key: str) -> None:
        with self._said(key):
            self._client.delete_object(Bucket=self.bucket, Key=key)

    def link(self, path: str, *, seconds: int, name: str = "") -> str | None:
        path = checked_path(path)
        asked = {"Bucket": self.bucket, "Key": self.prefix + path}
        if name:
            asked["ResponseContentDisposition"] = places.disposition(name)
        with self._said(path):
            made: str = self._client.generate_presigned_url(
                "get_object", Params=asked, ExpiresIn=min(seconds, LONGEST_LINK)
            )
        return made

    def check(self, *, writing: bool = True) -> None:
        places.knock(self._endpoint, self._where)
        self.list_objects(self.prefix, by_folder=True, cursor="", limit=1)
        if not writing:
            return
        key = f"{self.prefix}{INCOMING}/check"
        with self._said("a file"):
            self._client.put_object(Bucket=self.bucket, Key=key, Body=b"")
            self._client.delete_object(Bucket=self.bucket, Key=key)

    def tidy(self, *, older_than: timedelta) -> int:
        """End the uploads whose notes are old. Others may use the bucket too: only what was noted is ours."""
        limit, count, cursor = datetime.now(UTC) - older_than, 0, ""
        beginning = f"{self.prefix}{INCOMING}/"
        while True:
            found, cursor = self.list_objects(beginning, by_folder=False, cursor=cursor, limit=1000)
            for note in found:
                if note.modified_at is None or note.modified_at > limit:
                    continue
                self._end_noted(note.key)
                count += 1
            if not cursor:
                return count

    def _write_parts(self, path: str, first: bytes, source: Filled, only_new: dict[str, str]) -> None:
        key = self.prefix + path
        with self._said(path):
            upload = self._client.create_multipart_upload(Bucket=self.bucket, Key=key)["UploadId"]
        note = f"{self.prefix}{INCOMING}/{hashlib.sha256(f'{upload} {key}'.encode()).hexdigest()}"
        try:
            with self._said(path):
                self._client.put_object(Bucket=self.bucket, Key=note, Body=f"{upload}\n{key}".encode())
            parts = self._send_parts(path, upload, first, source)
            with self._said(path):
                self._client.complete_multipart_upload(
                    Bucket=self.bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": parts}, **only_new
                )
        except BaseException:
            self._abort(key, upload)
            raise
        finally:
            with contextlib.suppress(StudioError), self._said(path):
                self._client.delete_object(Bucket=self.bucket, Key=note)

    def _send_parts(self, path: str, upload: str, first: bytes, source: Filled) -> list[dict[str, Any]]:
        parts: list[dict[str, Any]] = []
        piece = first
        while piece:
            number = len(parts) + 1
            if number > 10_000:
                raise problems.failed(self._where, "a file has at most 10,000 parts, which is 500 GB")
            with self._said(path):
                sent = self._client.upload_part(
                    Bucket=self.bucket, Key=self.prefix + path, UploadId=upload, PartNumber=number, Body=piece
                )
            parts.append({"PartNumber": number, "ETag": sent["ETag"]})
            del piece  # two parts in memory are one too many
            piece = source.read(part_size(number + 1))
        return parts

    def _abort(self, key: str, upload: str) -> None:
        with contextlib.suppress(StudioError), self._said(key):
            self._client.abort_multipart_upload(Bucket=self.bucket, Key=key, UploadId=upload)

    def _end_noted(self, note: str) -> None:
        with self._said(note):
            text = self._client.get_object(Bucket=self.bucket, Key=note)["Body"].read(4096).decode(errors="replace")
        upload, _, key = text.partition("\n")
        if upload and key.startswith(self.prefix):
            self._abort(key, upload)
        self.remove(note)

    def _pieces(self, body: Any, path: str) -> Iterator[bytes]:
        while True:
            with self._said(path):
                piece = body.read(PIECE)
            if not piece:
                return
            yield piece

    @contextlib.contextmanager
    def _said(self, path: str = "") -> Iterator[None]:
        """What the server or the way to it says, as one of our sentences."""
        from botocore import exceptions

        try:
            yield
        except exceptions.ClientError as error:
            raise self._in_words(error.response, path) from error
        except exceptions.ParamValidationError as error:
            raise problems.failed(self._where, "the bucket's or the file's name can't be one") from error
        except (exceptions.BotoCoreError, OSError) as error:
            raise places.in_words(error, self._where) from error

    def _in_words(self, answer: Mapping[str, Any], path: str) -> StudioError:
        said, status = answer.get("Error", {}), answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        code = str(said.get("Code", ""))
        if code == "InvalidRange" or status == 416:
            return _NothingThere("invalid_range", "The range begins behind the end of the file.")
        if code == "NoSuchBucket":
            return problems.place_missing(f"The bucket {self.bucket}")
        if code in _EXISTS:
            return problems.file_exists(path)
        if code in _KEY_REFUSED:
            return problems.credential_refused(self._where, str(said.get("Message", ""))[:200].rstrip("."))
        if code in _FORBIDDEN or status == 403:
            return problems.not_allowed(f"{self._where} does not allow this with the credential given")
        if code in _FULL:
            return problems.disk_full(self._where)
        if status == 404:
            return problems.file_missing(path)
        if code in ("PermanentRedirect", "AuthorizationHeaderMalformed"):
            return problems.failed(self._where, "the bucket is in another region")
        return problems.failed(self._where, f"{code or status} {said.get('Message', '')}"[:200].strip().rstrip("."))


class _NothingThere(StudioError):
    """A range behind the end of a file: nothing is read, which is no error."""


@lru_cache
def _descriptions() -> Any:
    from botocore.loaders import Loader

    return Loader()


def _client(place: Place) -> Any:
    """The storage's own client, with times, retries and addresses as the studio wants them."""
    import boto3
    import botocore.session
    from botocore import UNSIGNED
    from botocore.config import Config
    from storages.backends.s3 import S3Storage

    class Storage(S3Storage):
        def _create_session(self) -> boto3.Session:
            # Reading the service's description takes half a second: it is read once a process.
            core = botocore.session.Session()
            core.register_component("data_loader", _descriptions())
            return boto3.Session(self.access_key, self.secret_key, self.security_token, botocore_session=core)

    key = place.credential.get("access_key_id", "")
    config = Config(
        connect_timeout=SECONDS_TO_CONNECT,
        read_timeout=SECONDS_TO_READ,
        retries={"total_max_attempts": 3, "mode": "standard"},
        signature_version="s3v4" if key else UNSIGNED,
        s3={"addressing_style": "path" if place.options.get("path_style", True) else "auto"},
        # Servers other than AWS do not all know the newer checksums.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        proxies={},
    )
    storage = Storage(
        bucket_name=place.text("bucket"),
        endpoint_url=place.text("endpoint") or None,
        region_name=place.text("region") or "us-east-1",
        access_key=key or None,
        secret_key=place.credential.get("secret_access_key") or None,
        security_token=place.credential.get("session_token") or None,
        client_config=config,
    )
    client = storage.connection.meta.client if key else storage.unsigned_connection.meta.client
    pinning.pin_boto(client, purpose=addresses.DATA)
    return client


class S3Kind(Kind):
    """A bucket."""

    label = "S3-compatible"
    icon = "cylinder"
    settings = (
        Setting("endpoint", "Endpoint", example="https://minio.example.org:9000", help="Empty: Amazon S3."),
        Setting("region", "Region", example="eu-central-1"),
        Setting("bucket", "Bucket", required=True, example="cars"),
        Setting("prefix", "Folder in the bucket", example="raw/2024", help="Empty: the whole bucket."),
        Setting(
            "path_style", "The bucket is part of the path", FLAG, default=True, help="As MinIO and others want it."
        ),
    )
    credentials = (
        Credential(
            "access_key",
            "Access key",
            (
                Setting("access_key_id", "Access key ID", required=True),
                Setting("secret_access_key", "Secret access key", required=True),
                Setting("session_token", "Session token"),
            ),
        ),
        Credential("none", "None: the bucket is public"),
    )
    # What the credential is sent to.
    anchors = ("endpoint",)

    def check_options(self, options: Mapping[str, object]) -> None:
        places.check_url("endpoint", str(options.get("endpoint") or ""))
        places.check_name("bucket", str(options.get("bucket") or ""), r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]")
        places.check_name("region", str(options.get("region") or "") or "us-east-1", r"[a-z0-9-]{1,40}")
        places.check_prefix("prefix", str(options.get("prefix") or ""))

    def where(self, options: Mapping[str, object]) -> str:
        place = f"{options.get('bucket')}/{str(options.get('prefix') or '').strip('/')}".rstrip("/")
        host = places.host_of(str(options.get("endpoint") or ""))
        return f"s3://{place}" + (f" at {host}" if host else "")

    def open(self, place: Place) -> S3Store:
        return S3Store(place)

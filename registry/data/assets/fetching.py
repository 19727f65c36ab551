"""Files that must be brought here before they can be a version's: from an address outside, or from a database's answer."""

import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from django.conf import settings

from registry.data import uris
from registry.data.assets import placing, state
from registry.data.assets.models import DataType, DataVersion, ManagedFolder
from registry.data.datastores import opening
from registry.data.datastores import services as datastores
from studio.errors import Invalid, StudioError, TooLarge, Unavailable
from studio.outbound import addresses, pinning
from studio.storage import stores

PIECE = 1 << 20
SECONDS_TO_CONNECT, SECONDS_TO_READ = 10, 60
ROWS_IN_GROUP = 256 * 1024
REPORT_BYTES = 64 * PIECE  # after so many the lease is renewed


def is_due(version: DataVersion) -> bool:
    """Whether the files are still to be brought."""
    return version.source.get("kind") in ("web", "query") and not version.path


def fetch(version: DataVersion) -> None:
    """Bring the file into the version's own folder; doing it twice replaces the first. Raises StudioError."""
    folder = _folder(version)
    name, write = _FETCHERS[version.source["kind"]](version)
    with _staged() as stream:
        write(stream, lambda: state.keep(version))
        stream.seek(0)
        opening.file_store(folder.datastore).write(f"{folder.path}/{name}", stream, overwrite=True)
    is_file = version.asset.type == DataType.FILE
    version.datastore, version.path = folder.datastore, f"{folder.path}/{name}" if is_file else folder.path
    rows = DataVersion.objects.filter(pk=version.pk)
    if not rows.update(datastore=version.datastore, path=version.path):
        # Deleted meanwhile: its folder may have been emptied before this file came.
        opening.file_store(folder.datastore).delete(f"{folder.path}/{name}")


def head(url: str, count: int) -> bytes:
    """The first `count` bytes of an address outside. Raises Invalid."""
    import requests

    kept = bytearray()
    try:
        with _opened(url) as response:
            for piece in response.iter_content(PIECE):
                kept += piece
                if len(kept) >= count:
                    break
    except (requests.RequestException, addresses.Refused) as error:
        raise _unreadable(url, error) from error
    return bytes(kept[:count])


def _folder(version: DataVersion) -> ManagedFolder:
    """The version's own folder, noted before anything lies there."""
    found = ManagedFolder.objects.filter(version=version).select_related("datastore__workspace").first()
    if found is not None:
        return found
    datastore = datastores.ensure_default(version.asset.workspace)
    path = f"data/{version.asset.name}/{secrets.token_hex(8)}"
    return ManagedFolder.objects.create(datastore=datastore, path=path, version=version, created_by=version.created_by)


@contextmanager
def _staged() -> Iterator[IO[bytes]]:
    """A temporary file beside the objects: what comes is whole before a datastore hears of it."""
    stores.check_space()
    folder = stores.incoming_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as stream:
        yield stream


Write = Callable[[IO[bytes], Callable[[], None]], None]


def _web(version: DataVersion) -> tuple[str, Write]:
    web = uris.Web(version.source["url"])

    def write(stream: IO[bytes], alive: Callable[[], None]) -> None:
        import requests

        try:
            _download(web.url, stream, alive)
        except (requests.RequestException, addresses.Refused) as error:
            raise _unreadable(web.url, error) from error

    return uris.file_name(web), write


@contextmanager
def _opened(url: str) -> Iterator[Any]:
    """The answer of an address outside, before its body is read."""
    with (
        pinning.session(purpose=addresses.DATA) as session,
        session.get(url, stream=True, timeout=(SECONDS_TO_CONNECT, SECONDS_TO_READ)) as response,
    ):
        if response.status_code != 200:
            raise _answered(url, response)
        yield response


def _download(url: str, stream: IO[bytes], alive: Callable[[], None]) -> None:
    with _opened(url) as response:
        size = 0
        for piece in response.iter_content(PIECE):
            size += len(piece)
            if size > settings.DATA_LIMIT_BYTES:
                raise TooLarge("file_too_large", f"{url[:200]} holds more than the studio takes for one file.")
            if size % REPORT_BYTES < len(piece):
                stores.check_space()
                alive()
            stream.write(piece)
        declared = response.headers.get("Content-Length", "")
        if declared.isdigit() and "Content-Encoding" not in response.headers and int(declared) != size:
            raise Invalid("web_answered", f"{url[:200]} announced {int(declared):,} bytes and sent {size:,}.")


def _query(version: DataVersion) -> tuple[str, Write]:
    datastore = placing.datastore_named(version.asset.workspace, version.source["datastore"])

    def write(stream: IO[bytes], alive: Callable[[], None]) -> None:
        batches = opening.sql_store(datastore).read(version.source["query"])
        _write_parquet(batches, stream, alive)

    return f"{version.asset.name}.parquet", write


def _write_parquet(batches: Iterator[Any], stream: IO[bytes], alive: Callable[[], None]) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        first = next(batches)
        with parquet.ParquetWriter(stream, first.schema, compression="zstd") as writer:
            for batch in _chained(first, batches):
                writer.write_batch(batch, row_group_size=ROWS_IN_GROUP)
                stores.check_space()
                alive()
    except pa.ArrowInvalid as error:
        raise Invalid("bad_data_source", f"The answer can't be kept as Parquet: {str(error)[:300]}") from error


def _chained(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest


def _answered(url: str, response: Any) -> StudioError:
    said = f"{url[:200]} answered {response.status_code} {response.reason or ''}".strip() + "."
    if response.status_code >= 500 or response.status_code == 429:
        return Unavailable("web_unreachable", said, hint="Try again later.")
    hint = "Check the address; a place that asks for a credential is registered as a datastore."
    return Invalid("web_answered", said, hint=hint)


def _unreadable(url: str, error: BaseException) -> StudioError:
    refused = addresses.refusal(error)
    if refused is not None:
        return Invalid("address_refused", f"{url[:200]} is not read. {refused}", fields={"path": str(refused)})
    said = f"{url[:200]} can't be read: it did not answer ({type(error).__name__})."
    return Unavailable("web_unreachable", said, hint="Check the address, or download the file and upload it here.")


_FETCHERS: dict[str, Callable[[DataVersion], tuple[str, Write]]] = {"web": _web, "query": _query}

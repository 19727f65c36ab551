"""Users' bytes over HTTP: always as attachments in a sandbox, in whole or one range, never through memory."""

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Protocol
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request

from studio.api.views import WorkspaceAPIView
from studio.errors import TooLarge
from studio.storage import blobs
from studio.storage.models import Blob

SANDBOX = "sandbox; default-src 'none'"
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


class Filed(Protocol):
    """A stored file under the name its owner gave it: a run's artifact, a file of a model version."""

    @property
    def path(self) -> str: ...
    @property
    def blob(self) -> Blob: ...


class AnyAccept(BaseContentNegotiation):
    """A download is what it is, whatever type the client would rather have."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0] if parsers else None

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class FileView(WorkspaceAPIView):
    """A view that gives or takes raw bytes."""

    content_negotiation_class = AnyAccept


def upload(request: Request, limit: int) -> blobs.Readable:
    """The body as a stream. Raises TooLarge at once when the client already says that it is."""
    refuse_too_large(request.META, limit)
    return request.stream or io.BytesIO()


def refuse_too_large(meta: Mapping[str, Any], limit: int) -> None:
    """Raise TooLarge when a request already says that its body is."""
    declared = str(meta.get("CONTENT_LENGTH") or "")
    if declared.isdigit() and int(declared) > limit:
        raise TooLarge("file_too_large", f"The file is larger than the {limit / 1_000_000:,.0f} MB the studio takes.")


def download(request: HttpRequest | Request, blob: Blob, *, name: str, content_type: str) -> HttpResponseBase:
    """The bytes of a blob, or the one range the request asks for."""
    return serve(
        request,
        lambda start, end: blobs.read_range(blob, start, end),
        size=blob.size,
        tag=blob.sha256,
        name=name,
        content_type=content_type,
    )


def serve(
    request: HttpRequest | Request,
    read: Callable[[int, int], Iterator[bytes]],
    *,
    size: int,
    tag: str,
    name: str,
    content_type: str,
) -> HttpResponseBase:
    """`size` bytes, or the one range the request asks for, given by `read(start, end)`; `tag` changes when they do."""
    etag = f'"{tag}"'
    if request.headers.get("If-None-Match") == etag:
        return _with_headers(HttpResponse(status=304), name, etag)
    # A download is only resumed where the bytes are still the same ones.
    is_same = request.headers.get("If-Range", etag) == etag
    span = _range(request.headers.get("Range", ""), size) if is_same else None
    if span is None:
        response = StreamingHttpResponse(read(0, size), content_type=content_type)
        response["Content-Length"] = size
        return _with_headers(response, name, etag)
    start, end = span
    if start >= end:
        refused = HttpResponse(status=416, content_type="text/plain")
        refused["Content-Range"] = f"bytes */{size}"
        return _with_headers(refused, name, etag)
    response = StreamingHttpResponse(read(start, end), status=206, content_type=content_type)
    response["Content-Length"] = end - start
    response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return _with_headers(response, name, etag)


def member(archive_blob: Blob, path: str, size: int) -> HttpResponseBase:
    """One file out of a stored zip."""
    response = StreamingHttpResponse(_member_pieces(archive_blob, path), content_type="application/octet-stream")
    response["Content-Length"] = size
    return _with_headers(response, path, "")


def zipped(artifacts: Iterable[Filed], *, name: str) -> HttpResponseBase:
    """A zip of files, made while it is sent."""
    return packed(((artifact.path, partial(blobs.read_range, artifact.blob)) for artifact in artifacts), name=name)


def packed(members: Iterable[tuple[str, Callable[[], Iterator[bytes]]]], *, name: str) -> HttpResponseBase:
    """A zip of (path, what opens its bytes), made while it is sent."""
    return _with_headers(StreamingHttpResponse(_zip_pieces(members), content_type="application/zip"), name, "")


def attachment(name: str) -> str:
    """`Content-Disposition` as RFC 6266 writes it: a plain name for old readers, the true one beside it."""
    last = name.rsplit("/", 1)[-1]
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._- ") else "_" for letter in last)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(last, safe='')}"


def _with_headers(response: HttpResponseBase, name: str, etag: str) -> HttpResponseBase:
    response["Content-Disposition"] = attachment(name)
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Accept-Ranges"] = "bytes" if etag else "none"
    if etag:
        response["ETag"] = etag
        response["Cache-Control"] = "private, no-cache"
    return response


def _range(header: str, size: int) -> tuple[int, int] | None:
    """The bytes asked for as (start, end); start == end for what can't be given, None for the whole file.

    Several ranges, and what is no range of bytes, get the whole file, as the standard allows.
    """
    unit, _, spec = header.partition("=")
    first, dash, last = spec.strip().partition("-")
    if unit.strip().lower() != "bytes" or not dash or "," in spec or len(spec) > 40:
        return None
    if not all(part == "" or (part.isascii() and part.isdigit()) for part in (first, last)) or not (first or last):
        return None
    if not first:
        return max(size - int(last), 0), size
    if last and int(last) < int(first):
        return None
    end = min(int(last) + 1, size) if last else size
    return (int(first), end) if int(first) < size else (0, 0)


def _member_pieces(archive_blob: Blob, path: str) -> Iterator[bytes]:
    with blobs.open_blob(archive_blob) as source, zipfile.ZipFile(source) as archive, archive.open(path) as found:
        while piece := found.read(blobs.CHUNK):
            yield piece


class _Sink(io.RawIOBase):
    """What the zip writer has written since it was last emptied."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.pieces.append(bytes(data))
        return len(data)

    def drain(self) -> bytes:
        found = b"".join(self.pieces)
        self.pieces.clear()
        return found


def _zip_pieces(members: Iterable[tuple[str, Callable[[], Iterator[bytes]]]]) -> Iterator[bytes]:
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for path, opened in members:
            info = zipfile.ZipInfo(path, ZIP_TIME)
            info.external_attr = 0o100644 << 16
            with archive.open(info, "w", force_zip64=True) as entry:
                for piece in opened():
                    entry.write(piece)
                    yield sink.drain()
            yield sink.drain()
    yield sink.drain()

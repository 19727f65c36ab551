"""The heads of HTTP/1.1 messages, read strictly.

Gateway and instance must never disagree on where a message ends: what is odd is refused, and what goes on is written anew.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from registry.endpoints.gateway.table import Endpoint

MAX_HEAD = 32 * 1024
MAX_FIELDS = 100
MAX_TARGET = 8_192
END = b"\r\n\r\n"
CHUNKED = -1  # a length that nobody said
UNTIL_CLOSE = -2

_NAME = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_VALUE = rb"[\t\x20-\x7e\x80-\xff]*"
_FIELD = _NAME + rb":" + _VALUE + rb"\r\n"
_REQUEST = re.compile(rb"([A-Z]{1,16}) ([!-~]+) HTTP/1\.([01])\r\n((?:" + _FIELD + rb")*)\r\n")
_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-9][0-9]{2})(?: [\t\x20-\x7e\x80-\xff]*)?")
_FIELDS = re.compile(rb"(" + _NAME + rb"):[ \t]*(" + _VALUE + rb")\r\n")
_LINE = re.compile(rb"(" + _NAME + rb"):[ \t]*(" + _VALUE + rb")")
_LENGTH = re.compile(rb"[0-9]{1,15}")
_TIMEOUT = re.compile(rb"timeout=([0-9]{1,5})")
_BARE = re.compile(rb"(?<!\r)\n|\r(?![\n])(?=.)", re.DOTALL)

# What belongs to one connection, or is said anew by the gateway. Cookies stay out: the studio's pages share the host
# name with the endpoints, so a browser would send a person's session to users' code.
_DROPPED = frozenset(
    {
        b"keep-alive", b"proxy-connection", b"proxy-authenticate", b"proxy-authorization", b"te", b"trailer", b"upgrade",
        b"http2-settings", b"cookie", b"cookie2", b"forwarded", b"x-forwarded-prefix", b"x-forwarded-port", b"x-real-ip",
    }
)  # fmt: skip
_DROPPED_OF_ANSWERS = frozenset(
    {
        b"keep-alive", b"proxy-connection", b"proxy-authenticate", b"te", b"trailer", b"upgrade", b"set-cookie",
        b"set-cookie2", b"x-request-id", b"azureml-model-deployment", b"server-timing", b"alt-svc",
        b"strict-transport-security", b"clear-site-data", b"x-content-type-options",
    }
)  # fmt: skip

_OF_FRAMING = frozenset({b"content-length", b"transfer-encoding", b"connection"})


class Refused(Exception):
    """A request that is not taken: the status, the code and the sentence of the answer, and headers of its own."""

    def __init__(self, status: int, code: str, message: str, *, hint: str = "", headers: bytes = b"") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.hint = hint
        self.headers = headers


class Request:
    """What the gateway wants to know of a request. But for `opens` never changed once read."""

    __slots__ = (
        "authorization", "close", "deployment", "expects", "fields", "forwarded_for", "forwarded_host", "forwarded_proto",
        "host", "is_old", "length", "method", "opens", "path", "place", "request_id", "target",
    )  # fmt: skip

    def __init__(self, method: bytes, target: bytes, is_old: bool) -> None:
        self.method = method
        self.target = target
        self.place = self.path = b""  # which endpoint, and what below it: `admission` reads them of the target
        self.opens: Endpoint | None = None  # of which table's endpoint its key was found good
        self.is_old = is_old  # HTTP/1.0
        self.close = is_old
        self.length = 0
        self.expects = False
        self.host = self.authorization = self.deployment = self.request_id = b""
        self.forwarded_for = self.forwarded_host = self.forwarded_proto = b""
        self.fields = b""  # those that go on, each with its line end


class Answer:
    """The head of an instance's answer."""

    __slots__ = ("close", "fields", "keep_seconds", "length", "status")

    def __init__(self, status: int, is_old: bool) -> None:
        self.status = status
        self.close = is_old
        self.length = UNTIL_CLOSE
        self.keep_seconds = 0.0  # how long it keeps an idle connection, where it says so
        self.fields = b""


def request(raw: bytes) -> Request:
    """The head `raw`, which ends with an empty line. Raises Refused."""
    found = _REQUEST.fullmatch(raw)
    if found is None:
        raise _why_not(raw)
    method, target, minor, block = found.groups()
    if len(target) > MAX_TARGET:
        raise Refused(414, "target_too_long", f"The address is longer than {MAX_TARGET} characters.")
    head = Request(method, target, minor == b"0")
    said = _FIELDS.findall(block)
    if len(said) > MAX_FIELDS:
        raise Refused(431, "too_many_headers", f"The request has more than {MAX_FIELDS} headers.")
    kept, lengths, codings, named, hosts = [], [], [], b"", 0
    for name, value in said:
        word = name.lower()
        slot = _SLOTS.get(word)
        if slot is not None:
            setattr(head, slot, value.rstrip())
        elif word == b"host":
            head.host, hosts = value.rstrip(), hosts + 1
        elif word == b"content-length":
            lengths.append(value)
        elif word == b"transfer-encoding":
            codings.append(value)
        elif word == b"connection":
            named += b"," + value.lower()
        elif word == b"expect":
            head.expects = _expected(value)
        elif word not in _DROPPED and (b"_" not in word or word.replace(b"_", b"-") not in _SAID_ANEW):
            kept.append((word, name + b": " + value + b"\r\n"))
    if hosts != 1 and not (head.is_old and hosts == 0):
        raise Refused(400, "bad_host", "The request must have one Host header.")
    _connection(head, named, kept)
    head.length = _framing(lengths, codings, head.is_old)
    return head


_SLOTS = {
    b"authorization": "authorization",
    b"azureml-model-deployment": "deployment",
    b"x-request-id": "request_id",
    b"x-forwarded-for": "forwarded_for",
    b"x-forwarded-host": "forwarded_host",
    b"x-forwarded-proto": "forwarded_proto",
}

# Some servers hold Content_Length for Content-Length: such twins do not go on.
_SAID_ANEW = _DROPPED | {*_SLOTS, b"host", b"content-length", b"transfer-encoding", b"connection", b"expect"}


def answer(raw: bytes, *, has_body: bool = True) -> Answer:
    """The head of an answer. `has_body` is False for the answer to HEAD. Raises Refused, which the caller sees as 502."""
    first, *lines = raw[:-4].split(b"\r\n")
    found = _STATUS.fullmatch(first)
    if found is None or raw[-4:] != END:
        raise _no_answer()
    head = Answer(int(found[2]), found[1] == b"0")
    kept, lengths, codings, named = [], [], [], b""
    for line in lines:
        word, value, whole = _known.get(line) or _field_of_answer(line)
        if whole:
            kept.append((word, whole))
        elif word == b"content-length":
            lengths.append(value)
        elif word == b"transfer-encoding":
            codings.append(value)
        elif word == b"connection":
            named += b"," + value.lower()
        elif word == b"keep-alive":
            head.keep_seconds = _keep_seconds(value)
    _connection(head, named, kept)
    if not has_body or head.status in (204, 304) or head.status < 200:
        head.length = 0
    elif lengths or codings:
        head.length = _framing(lengths, codings, is_old=False)
    else:
        head.close = True
    return head


# An instance says most lines again and again: they are taken apart once.
_known: dict[bytes, tuple[bytes, bytes, bytes]] = {}
MAX_KNOWN, MAX_KNOWN_LINE = 512, 128


def _field_of_answer(line: bytes) -> tuple[bytes, bytes, bytes]:
    """Name, value, and the line as it goes on, which is empty for what the gateway reads itself or drops."""
    found = _LINE.fullmatch(line)
    if found is None:
        raise _no_answer()
    name, value = found.groups()
    word = name.lower()
    is_kept = word not in _OF_FRAMING and word not in _DROPPED_OF_ANSWERS
    field = word, value, name + b": " + value + b"\r\n" if is_kept else b""
    if len(line) <= MAX_KNOWN_LINE and word != b"x-request-id":
        if len(_known) >= MAX_KNOWN:
            _known.clear()
        _known[line] = field
    return field


def _no_answer() -> Refused:
    return Refused(502, "bad_answer", "The deployment's answer is no HTTP.")


def refuse_incomplete(raw: bytes) -> None:
    """Raise Refused when what has come so far can't become a head any more."""
    if len(raw) > MAX_HEAD:
        raise Refused(431, "head_too_large", f"The headers are larger than {MAX_HEAD // 1024} KiB.")
    if not 65 <= raw[0] <= 90 or _BARE.search(raw):
        raise Refused(400, "bad_head", "This is no HTTP/1.1 request.")


def _framing(lengths: list[bytes], codings: list[bytes], is_old: bool) -> int:
    """The length of the body, or CHUNKED. Whatever could be read in two ways is refused."""
    if codings:
        if lengths or is_old or len(codings) > 1 or codings[0].strip().lower() != b"chunked":
            raise Refused(400, "bad_framing", "Transfer-Encoding must be chunked, alone, without a Content-Length.")
        return CHUNKED
    if not lengths:
        return 0
    if len(lengths) > 1 or not _LENGTH.fullmatch(lengths[0].rstrip()):
        raise Refused(400, "bad_framing", "Content-Length must be one plain number.")
    return int(lengths[0])


def _connection(head: Request | Answer, named: bytes, kept: list[tuple[bytes, bytes]]) -> None:
    """Keep what does not belong to this connection, and note whether it stays open."""
    if named:
        words = {word.strip() for word in named.split(b",")}
        if b"close" in words:
            head.close = True
        kept = [pair for pair in kept if pair[0] not in words]
    head.fields = b"".join([line for _, line in kept])


def _expected(value: bytes) -> bool:
    if value.strip().lower() != b"100-continue":
        raise Refused(417, "bad_expectation", "Expect may only be 100-continue.")
    return True


def _keep_seconds(value: bytes) -> float:
    found = _TIMEOUT.search(value.lower())
    return float(found[1]) if found else 0.0


def _why_not(raw: bytes) -> Refused:
    line = raw.partition(b"\r\n")[0].split(b" ")
    if len(line) == 3 and line[2].startswith(b"HTTP/") and not line[2].startswith(b"HTTP/1."):
        return Refused(505, "bad_version", "The gateway speaks HTTP/1.1.")
    return Refused(400, "bad_head", "The request's head is malformed.")

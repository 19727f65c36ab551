"""Reads the opcodes of one pickle from standard input and says what it would import. Nothing is ever loaded or called.

Runs by itself (`python -I child.py`), without the studio, under limits it sets itself before it reads a byte. The answer is one
JSON object on standard output: {"classes": ["sklearn.svm._classes.SVC"], "suspicious": ["posix.system"], "problem": ""}.
"""

import bz2
import gzip
import io
import json
import lzma
import pickletools
import re
import resource
import struct
import sys
import zipfile
import zlib

MEMORY = 1024 * 1024 * 1024  # bytes
SECONDS = 60
MOST_CLASSES = 500
LARGEST = 768 * 1024 * 1024  # bytes of a pickle once it is unpacked
# What no model needs and what code needs that wants to get out.
SUSPICIOUS = frozenset(
    [
        "os", "posix", "nt", "subprocess", "sys", "socket", "shutil", "importlib", "runpy", "pty", "webbrowser",
        "ctypes", "multiprocessing", "pickle", "_pickle", "commands", "platform", "tempfile", "requests", "urllib",
        "http", "ftplib", "smtplib", "asyncio", "threading", "signal", "code", "codeop", "bdb", "pdb", "timeit",
        "builtins", "__builtin__", "operator", "functools",
    ]
)  # fmt: skip
HARMLESS = frozenset(
    [
        "builtins.set", "builtins.frozenset", "builtins.list", "builtins.dict", "builtins.tuple", "builtins.slice",
        "builtins.range", "builtins.int", "builtins.float", "builtins.str", "builtins.bytes", "builtins.bytearray",
        "builtins.complex", "builtins.bool", "builtins.object", "builtins.len", "builtins.abs", "__builtin__.set",
        "__builtin__.object", "functools.partial", "operator.itemgetter", "operator.attrgetter", "builtins.reversed",
        "builtins.Ellipsis",
    ]
)  # fmt: skip
STRINGS = frozenset(
    {"UNICODE", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "STRING", "SHORT_BINSTRING", "BINSTRING"}
)

# What a broken or hostile file brings about.
BROKEN = (ValueError, LookupError, EOFError, OSError, AttributeError, TypeError, ArithmeticError, struct.error,
          zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError)  # fmt: skip
# STACK_GLOBAL behind two short texts, and GLOBAL with its two lines.
NAMED = re.compile(
    rb"\x8c.(?P<module>[A-Za-z_][\w.]*)\x94?\x8c.(?P<name>[A-Za-z_][\w.]*)\x94?\x93"
    rb"|c(?P<text>[A-Za-z_][\w.]*)\n(?P<word>[A-Za-z_][\w.]*)\n",
    re.DOTALL,
)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    answer: dict[str, object]
    try:
        names = globals_of(plain(sys.stdin.buffer.read(LARGEST + 1)))
        answer = {"classes": names[:MOST_CLASSES], "suspicious": [name for name in names if is_suspicious(name)]}
    except MemoryError:
        answer = {"problem": "It is too large to look into."}
    except BROKEN as error:
        answer = {"problem": f"It can't be read as a pickle: {str(error)[:200]}"}
    sys.stdout.write(json.dumps(answer))


def plain(data: bytes) -> bytes:
    """The pickle itself: joblib may have compressed it, PyTorch keeps it in a zip."""
    if len(data) > LARGEST:
        raise MemoryError
    if data[:4] == b"PK\x03\x04":
        return in_zip(data)
    if data[:2] == b"\x1f\x8b":
        return bounded(gzip.GzipFile(fileobj=io.BytesIO(data)))
    if data[:3] == b"BZh":
        return bounded(bz2.BZ2File(io.BytesIO(data)))
    if data[:6] == b"\xfd7zXZ\x00" or data[:3] == b"\x5d\x00\x00":
        return bounded(lzma.LZMAFile(io.BytesIO(data)))
    if data[:1] == b"\x78":
        return zlib.decompressobj().decompress(data, LARGEST)
    return data


def in_zip(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        name = next((name for name in archive.namelist() if name.endswith("data.pkl")), None)
        if name is None:
            raise ValueError("the zip holds no data.pkl")
        with archive.open(name) as stream:
            return bounded(stream)


def bounded(stream) -> bytes:
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise MemoryError
    return data


def globals_of(data: bytes) -> list[str]:
    """Every `module.name` the pickle would import, in the order of first mention.

    joblib puts bare arrays between the opcodes, where no reader that loads nothing can go on: what comes behind the first is
    searched for the byte patterns that name a class.
    """
    found: dict[str, None] = {}
    strings: list[str] = []
    memo: dict[int, str] = {}
    at = 0
    try:
        for opcode, argument, position in pickletools.genops(data):
            at = position or 0
            follow(opcode.name, argument, strings, memo, found)
    except BROKEN:
        if not found:
            raise
        for match in NAMED.finditer(data, at):
            module, name = match["module"] or match["text"], match["name"] or match["word"]
            found[f"{module.decode()}.{name.decode()}"] = None
    return list(found)


def follow(name: str, argument, strings: list[str], memo: dict[int, str], found: dict[str, None]) -> None:
    if name == "GLOBAL" or name == "INST":
        found[str(argument).replace(" ", ".", 1)] = None
    elif name == "STACK_GLOBAL" and len(strings) >= 2:
        found[f"{strings[-2]}.{strings[-1]}"] = None
    elif name in STRINGS:
        strings.append(str(argument)[:300])
    elif name == "MEMOIZE":
        memo[len(memo)] = strings[-1] if strings else ""
    elif name in ("BINPUT", "LONG_BINPUT", "PUT"):
        memo[int(argument)] = strings[-1] if strings else ""
    elif name in ("BINGET", "LONG_BINGET", "GET"):
        strings.append(memo.get(int(argument), ""))
    del strings[:-8]


def is_suspicious(name: str) -> bool:
    return name.split(".")[0] in SUSPICIOUS and name not in HARMLESS


if __name__ == "__main__":
    main()

"""A folder on another machine, by SFTP. The machine's key is pinned at the first test and asked for ever after."""

import contextlib
import errno
import posixpath
import secrets
import stat
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from registry.data.datastores import problems
from registry.data.datastores.kinds import places, ssh
from registry.data.datastores.kinds.base import (
    INCOMING,
    PAGE,
    PIECE,
    Entry,
    FileStore,
    Page,
    Reading,
    checked_folder,
    checked_path,
    checked_range,
    name_problem,
    shown,
)
from registry.data.datastores.kinds.declared import LONG, NUMBER, Credential, Kind, Place, Setting
from studio.errors import StudioError
from studio.storage.blobs import Readable

_CHUNK = 32 * 1024  # what every server gives and takes in one message


class SftpStore(FileStore):
    """Files below one folder of an SFTP server."""

    def __init__(self, place: Place) -> None:
        self.root = place.text("path").rstrip("/") or ("/" if place.text("path") else ".")
        self._place = place
        self._where = f"The SFTP server {place.text('host')}"
        self._idle: list[Any] = []
        self._lock = threading.Lock()

    def __del__(self) -> None:
        for connection in self._idle:
            connection.close()

    def page(self, folder: str = "", *, cursor: str = "", limit: int = PAGE) -> Page:
        folder = checked_folder(folder)
        with self._connected(folder) as sftp:
            self._refuse_links(sftp, folder)
            found = {row.filename: row for row in sftp.listdir_attr(self._remote(folder))}
        names = sorted(name for name in found if name > cursor and (folder or name != INCOMING))
        entries = [_entry(f"{folder}/{name}" if folder else name, found[name]) for name in names[:limit]]
        return Page(entries, names[limit - 1] if len(names) > limit else "")

    def stat(self, path: str) -> Entry | None:
        path = checked_path(path)
        with self._connected(path) as sftp:
            found = self._refuse_links(sftp, path)
        return _entry(path, found) if found is not None else None

    def read(self, path: str, start: int = 0, end: int | None = None) -> Reading:
        path = checked_path(path)
        checked_range(start, end)
        connection = self._take()
        try:
            with self._said(path):
                found = self._refuse_links(connection.sftp, path)
                if found is None:
                    raise problems.file_missing(path)
                if not stat.S_ISREG(found.st_mode or 0):
                    raise problems.not_a_file(path)
                source = connection.sftp.open(self._remote(path), "rb")
                size = source.stat().st_size or 0
        except BaseException:
            connection.close()
            raise

        def done() -> None:
            with contextlib.suppress(Exception):
                source.close()
            self._give_back(connection)

        return Reading(self._pieces(source, path, start, size if end is None else min(end, size)), done)

    def write(self, path: str, stream: Readable, *, overwrite: bool = False) -> Entry:
        path = checked_path(path)
        incoming = self._remote(INCOMING)
        name = f"{incoming}/{secrets.token_hex(16)}"
        with self._connected(path) as sftp:
            found = self._refuse_links(sftp, posixpath.dirname(path))
            self._check_target(sftp, path, overwrite)
            self._make_folder(sftp, INCOMING)
        try:
            # The sender may take hours: the connection is tried again for the last step.
            self._receive(name, stream, path)
            with self._connected(path) as sftp:
                self._make_folder(sftp, posixpath.dirname(path))
                self._publish(sftp, name, path, overwrite)
                found = sftp.lstat(self._remote(path))
        except BaseException:
            self._forget(name)
            raise
        return _entry(path, found)

    def delete(self, path: str) -> None:
        path = checked_path(path)
        with self._connected(path) as sftp:
            self._refuse_links(sftp, posixpath.dirname(path))
            found = _lstat(sftp, self._remote(path))
            if found is None:
                raise problems.file_missing(path)
            if not stat.S_ISDIR(found.st_mode or 0):
                sftp.remove(self._remote(path))
            elif sftp.listdir(self._remote(path)):
                raise problems.folder_not_empty(path)
            else:
                sftp.rmdir(self._remote(path))

    def link(self, path: str, *, seconds: int, name: str = "") -> str | None:
        return None

    def local_path(self, path: str) -> Path | None:
        return None

    def check(self, *, writing: bool = True) -> None:
        with self._connected() as sftp:
            found = _lstat(sftp, self.root + "/.")
            if found is None or not stat.S_ISDIR(found.st_mode or 0):
                raise problems.place_missing(f"The folder {self._place.text('path') or 'of the account'}")
            next(iter(sftp.listdir_iter(self.root)), None)
            if not writing:
                return
            self._make_folder(sftp, INCOMING)
            name = f"{self._remote(INCOMING)}/{secrets.token_hex(16)}"
            sftp.open(name, "wx").close()
            sftp.remove(name)

    def tidy(self, *, older_than: timedelta) -> int:
        limit, count = time.time() - older_than.total_seconds(), 0
        with self._connected() as sftp:
            if _lstat(sftp, self._remote(INCOMING)) is None:
                return 0
            for row in sftp.listdir_attr(self._remote(INCOMING)):
                if (row.st_mtime or 0) < limit:
                    sftp.remove(f"{self._remote(INCOMING)}/{row.filename}")
                    count += 1
        return count

    def _remote(self, path: str) -> str:
        return posixpath.join(self.root, path) if path else self.root

    def _refuse_links(self, sftp: Any, path: str) -> Any:
        """What lies at `path`, after a look at every part of it: the server would follow links. None when nothing does."""
        found, parts = None, path.split("/") if path else []
        for count in range(1, len(parts) + 1):
            found = _lstat(sftp, self._remote("/".join(parts[:count])))
            if found is None:
                return None
            if stat.S_ISLNK(found.st_mode or 0):
                raise problems.link_refused(path)
        return found

    def _check_target(self, sftp: Any, path: str, overwrite: bool) -> None:
        """Refuse before a byte is read what would be refused after the last one."""
        found = _lstat(sftp, self._remote(path))
        if found is not None and stat.S_ISDIR(found.st_mode or 0):
            raise problems.not_a_file(path)
        if found is not None and not overwrite:
            raise problems.file_exists(path)

    def _make_folder(self, sftp: Any, folder: str) -> None:
        parts = folder.split("/") if folder else []
        for count in range(1, len(parts) + 1):
            place = self._remote("/".join(parts[:count]))
            found = _lstat(sftp, place)
            if found is None:
                with contextlib.suppress(OSError):  # somebody may have made it meanwhile
                    sftp.mkdir(place)
                found = _lstat(sftp, place)
            if found is None:
                raise problems.not_allowed(f"{self._where} lets the account make no folder there")
            if stat.S_ISLNK(found.st_mode or 0):
                raise problems.link_refused(folder)
            if not stat.S_ISDIR(found.st_mode or 0):
                raise problems.not_a_folder(folder)

    def _receive(self, name: str, stream: Readable, path: str) -> None:
        """The whole stream in a temporary file, on the server's disk."""
        connection, written = self._take(), 0
        try:
            with self._said(path):
                target = connection.sftp.open(name, "wx")
                # Many messages on their way at a time: the line's delay is paid once.
                target.set_pipelined(True)
            while piece := stream.read(PIECE):
                with self._said(path):
                    for at in range(0, len(piece), _CHUNK):
                        target.write(piece[at : at + _CHUNK])
                written += len(piece)
            with self._said(path):
                target.flush()
                ssh.to_disk(connection.sftp, target)
                target.close()
                kept = connection.sftp.lstat(name).st_size
        except problems.DatastoreProblem as error:
            connection.close()
            raise problems.disk_full(self._where) if self._is_full() else error from error
        except BaseException:
            connection.close()
            raise
        self._give_back(connection)
        if kept != written:
            raise problems.disk_full(self._where)

    def _is_full(self) -> bool:
        """The protocol has one word for all failures: whether it was for want of space has to be asked for."""
        with contextlib.suppress(StudioError), self._connected() as sftp:
            free = ssh.free_bytes(sftp, self.root)
            return free is not None and free < PIECE
        return False

    def _publish(self, sftp: Any, name: str, path: str, overwrite: bool) -> None:
        """The finished file under its name, in one step."""
        try:
            if overwrite:
                sftp.posix_rename(name, self._remote(path))
            else:
                sftp.rename(name, self._remote(path))  # refuses a name that is there
        except OSError as error:
            found = _lstat(sftp, self._remote(path))
            if found is not None and stat.S_ISDIR(found.st_mode or 0):
                raise problems.not_a_file(path) from None
            if found is not None and not overwrite:
                raise problems.file_exists(path) from None
            raise _in_words(error, path, self._where) from error

    def _forget(self, name: str) -> None:
        with contextlib.suppress(StudioError, OSError), self._connected() as sftp:
            sftp.remove(name)

    def _pieces(self, source: Any, path: str, start: int, last: int) -> Iterator[bytes]:
        while start < last:
            window = [(at, min(_CHUNK, last - at)) for at in range(start, min(start + PIECE, last), _CHUNK)]
            with self._said(path):
                piece = b"".join(source.readv(window))
            if not piece:
                return
            start += len(piece)
            yield piece

    def _take(self) -> Any:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        with self._said():
            return ssh.connected(self._place)

    def _give_back(self, connection: Any) -> None:
        with self._lock:
            self._idle.append(connection)

    @contextlib.contextmanager
    def _connected(self, path: str = "") -> Iterator[Any]:
        connection = self._take()
        try:
            with self._said(path):
                yield connection.sftp
        except BaseException:  # one that met an error is not used again
            connection.close()
            raise
        self._give_back(connection)

    @contextlib.contextmanager
    def _said(self, path: str = "") -> Iterator[None]:
        """What the server or the way to it says, as one of our sentences."""
        try:
            yield
        except StudioError:
            raise
        except Exception as error:
            raise _in_words(error, path, self._where) from error


def _in_words(error: Exception, path: str, where: str) -> StudioError:
    import paramiko

    number = getattr(error, "errno", None)
    if isinstance(error, paramiko.AuthenticationException):
        return problems.credential_refused(where)
    if isinstance(error, OSError) and number == errno.ENOENT:
        return problems.file_missing(path) if path else problems.place_missing("The folder")
    if isinstance(error, OSError) and number == errno.EACCES:
        return problems.not_allowed(f"{where} does not let the account do this")
    if isinstance(error, UnicodeError):
        return problems.failed(where, "a file there has a name that is no text in UTF-8")
    if isinstance(error, OSError) and str(error) == "Failure":
        return problems.failed(where, "it could not do this, perhaps for want of space")
    return places.in_words(error, where)


def _entry(path: str, found: Any) -> Entry:
    mode = found.st_mode or 0
    is_dir = stat.S_ISDIR(mode)
    problem = name_problem(path)
    if stat.S_ISLNK(mode):
        problem = "it is a link, and links are not followed"
    elif mode and not is_dir and not stat.S_ISREG(mode):
        problem = "it is neither a file nor a folder"
    return Entry(
        path=shown(path),
        name=shown(path.rpartition("/")[2]),
        is_dir=is_dir,
        size=0 if is_dir else found.st_size or 0,
        modified_at=datetime.fromtimestamp(found.st_mtime, UTC) if found.st_mtime else None,
        # The protocol tells no more: a change of the same size within a second is not seen.
        etag="" if is_dir else f"{found.st_mtime or 0:x}-{found.st_size or 0:x}",
        problem=problem,
    )


def _lstat(sftp: Any, path: str) -> Any:
    try:
        return sftp.lstat(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        # "Not a directory" comes as a mere failure.
        if getattr(error, "errno", None) is None:
            return None
        raise


class SftpKind(Kind):
    """A folder of an SFTP server."""

    label = "SFTP"
    icon = "server"
    settings = (
        Setting("host", "Host", required=True, example="files.example.org"),
        Setting("port", "Port", NUMBER, default=22),
        Setting("user", "User", required=True, example="atelier"),
        Setting("path", "Folder", example="/srv/data", help="Empty: the account's own folder."),
        Setting(
            "host_key", "Fingerprint of the host key", example="SHA256:…",
            help="Empty: the one seen at the first test of the connection. Compare it with what the host's operator says.",
        ),
    )  # fmt: skip
    credentials = (
        Credential("password", "Password", (Setting("password", "Password", required=True),)),
        Credential(
            "private_key",
            "Private key",
            (Setting("private_key", "Private key", LONG, required=True), Setting("passphrase", "Passphrase")),
        ),
    )
    anchors = ("host", "port", "user", "host_key")

    def check_options(self, options: Mapping[str, object]) -> None:
        places.check_host("host", str(options.get("host") or ""), "port", options.get("port", 22))
        places.check_name("user", str(options.get("user") or ""), r"[^\x00-\x20]{1,100}")
        path = str(options.get("path") or "")
        if any(ord(letter) < 32 for letter in path) or ".." in path.split("/"):
            raise places.refused("path", "The folder's path has '..' or control characters in it.")
        if options.get("host_key"):
            places.check_name("host_key", str(options["host_key"]), r"SHA256:[A-Za-z0-9+/]{43}")

    def check_credential(self, credential: Mapping[str, str]) -> None:
        if credential.get("private_key"):
            ssh.read_key(credential)

    def where(self, options: Mapping[str, object]) -> str:
        return f"{options.get('user')}@{options.get('host')}:{options.get('path') or '~'}"

    def learn(self, place: Place) -> dict[str, object]:
        return {} if place.text("host_key") else {"host_key": ssh.host_key(place)}

    def open(self, place: Place) -> SftpStore:
        return SftpStore(place)

"""A run that this process records to."""

from __future__ import annotations

import json
import mimetypes
import os
import sys
import threading
import traceback
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from atelier import (
    _client,
    _config,
    _console,
    _errors,
    _ids,
    _journal,
    _media,
    _names,
    _notices,
    _recorder,
    _run,
    _sender,
)

MESSAGE_LINES = 20
MAX_TIME_MS = 253_402_300_799_999  # the last millisecond of the year 9999


@dataclass(frozen=True)
class Role:
    """What this process is to the run."""

    owns: bool  # it finishes the run, and beats for it
    captures: bool  # its output is the run's log
    sends: bool  # False in offline mode: the journal waits for `atelier sync`


class ActiveRun(_media.MediaLog, _run.Run):
    """A run to log to, usable as a context manager. Logging never waits for the network and never raises because of it."""

    def __init__(
        self,
        *,
        config: _config.Config,
        client: _client.Client | None,
        journal: _journal.Journal,
        data: Mapping[str, Any],
        role: Role,
        on_end: Callable[[ActiveRun], None],
        child_starter: Callable[..., ActiveRun],
    ) -> None:
        super().__init__(client or _client.Client(url=config.url or "http://offline", token=""), data)
        self._config = config
        self._client = client
        self._role = role
        self._on_end = on_end
        self._child_starter = child_starter
        self._guard = threading.Lock()
        self._is_over = False
        self._is_foreign = False
        self._capture = _console.Capture(journal.console) if role.captures else None
        self._open(journal)

    @property
    def config(self) -> _config.Config:
        """The settings this run was started with."""
        return self._config

    @property
    def is_online(self) -> bool:
        """Whether records are sent while the script runs."""
        return self._role.sends

    def __enter__(self) -> ActiveRun:  # noqa: PYI034 - typing.Self is newer than our oldest Python
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.finish()
        else:
            self.finish(**outcome_of(error))

    def log(
        self,
        metrics: Mapping[str, Any],
        step: int | None = None,
        time: datetime | float | None = None,
    ) -> None:
        """Records metric values. Without `step` each key counts 0, 1, 2 …; `time` is a datetime or seconds since 1970."""
        if self._is_over or self._is_foreign or self._sender.problem is not None:
            self._check_open()
        try:
            self._recorder.log(metrics, step, None if time is None else _milliseconds(time))
        except (_errors.UsageError, TypeError, ValueError) as error:
            self._wrong_use(error)

    def log_metric(self, key: str, value: Any, step: int | None = None) -> None:
        """Records one metric value."""
        self.log({key: value}, step=step)

    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        """Records metric values."""
        self.log(metrics, step=step)

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Records parameters; nested dictionaries get dotted names."""
        self._record(lambda: self._recorder.params(params))

    def log_param(self, key: str, value: Any) -> None:
        """Records one parameter."""
        self.log_params({key: value})

    def set_tags(self, tags: Mapping[str, Any]) -> None:
        """Sets tags; None removes one."""
        self._record(lambda: self._recorder.tags(tags))

    def set_tag(self, key: str, value: Any) -> None:
        """Sets one tag."""
        self.set_tags({key: value})

    def define_metric(self, key: str, goal: str) -> None:
        """Says whether small or large values of a metric are good: `goal="min"` or `"max"`."""
        self._record(lambda: self._recorder.goal(key, goal))

    def log_artifact(self, path: str | Path, artifact_path: str | None = None) -> None:
        """Keeps a file with the run, in the folder `artifact_path` of the run if given.

        The file is copied at once and sent in the background, so it may be changed or deleted afterwards.
        """
        source = Path(path)
        if source.is_dir():
            self.log_artifacts(source, artifact_path)
            return
        self._keep(source, _join(artifact_path, source.name))

    def log_artifacts(self, path: str | Path, artifact_path: str | None = None) -> None:
        """Keeps all files of a folder with the run. Symbolic links are left out."""
        folder = Path(path)
        if not folder.is_dir():
            self._wrong_use(_errors.UsageError(f"{folder} is not a folder."))
            return
        for root, _, names in os.walk(folder):
            for name in sorted(names):
                source = Path(root, name)
                if source.is_file() and not source.is_symlink():
                    self._keep(source, _join(artifact_path, source.relative_to(folder).as_posix()))

    def log_text(self, text: str, artifact_path: str) -> None:
        """Keeps a text as the file `artifact_path` of the run."""
        self._keep_bytes(text.encode("utf-8", "replace"), artifact_path)

    def log_dict(self, value: Any, artifact_path: str) -> None:
        """Keeps a value as the JSON file `artifact_path` of the run; what JSON cannot hold is kept as its text."""
        self._keep_bytes(
            json.dumps(value, indent=2, default=str, ensure_ascii=False).encode("utf-8", "replace"), artifact_path
        )

    def log_figure(self, figure: Any, artifact_path: str) -> None:
        """Keeps a matplotlib figure (as the type the name says, e.g. `.png`) or a plotly one (`.html` or `.json`)."""
        try:
            self._keep_bytes(_draw(figure, artifact_path), artifact_path)
        except (_errors.UsageError, ValueError, OSError) as error:
            self._wrong_use(error)

    def child(self, name: str | None = None, **options: Any) -> ActiveRun:
        """Starts a run below this one; takes the arguments of `start_run`."""
        return self._child_starter(parent=self, name=name, **options)

    def describe(self, changes: Mapping[str, Any]) -> None:
        """Changes the name or the description of the run, in the background."""
        if changes:
            self._record(lambda: self._journal.append(_journal.PATCH, json.dumps(dict(changes)).encode()))
            self._sender.wake()

    def flush(self) -> None:
        """Writes everything logged so far to the journal on disk."""
        self._recorder.drain()

    def finish(self, state: str = "completed", exit_code: int | None = None, message: str = "") -> None:
        """Ends the recording. A run of a job goes on: its runner ends it. Waits at most 10 s for a silent server."""
        with self._guard:
            if self._is_over or self._is_foreign:
                return
            self._is_over = True
        if self._capture is not None:
            self._capture.end()
        self._recorder.close()
        if self._role.owns:
            code = (0 if state == "completed" else 1) if exit_code is None else exit_code
            self._journal.set_finish({"state": state, "exit_code": code, "message": message[-8_000:]})
            self.data["state"] = state
        try:
            self._close_sender()
        finally:
            self._on_end(self)

    @property
    def is_arriving(self) -> bool:
        """Whether records of this ended run are still on their way."""
        return self._is_over and self._sender.is_sending

    def settle(self, deadline: float) -> None:
        """Waits until a moment of the monotonic clock for the last records, and says where they are if they stay."""
        # Inside a job the runner sends what is left: nothing to worry about.
        if not self._sender.wait(deadline) and not self._config.get("job_id"):
            _notices.warn_once(f"left {self.id}", self._what_is_left())

    def leave_to_parent(self) -> None:
        """Called in a forked child: the journal and the threads are the parent's."""
        self._guard = threading.Lock()
        self._is_foreign = True
        self._role = Role(owns=False, captures=False, sends=self._role.sends)
        # What the child prints still goes to the parent's console file; only the parent may close it.
        self._capture = None
        self._journal.let_go()
        if self._client is not None:
            self._client.forget_connections()

    def _open(self, journal: _journal.Journal) -> None:
        self._journal = journal
        strict = self._config.is_strict
        sending = self._client if self._role.sends else None
        self._sender = _sender.Sender(journal, sending, strict=strict, beats=self._role.owns)
        self._recorder = _recorder.Recorder(journal, strict=strict, on_batch=self._sender.wake)

    def _close_sender(self) -> None:
        strict = self._config.is_strict and self._role.owns
        sent = self._sender.close(patient=self._role.owns, brief=not strict)
        if strict and self._sender.problem is not None:
            raise self._sender.problem
        if strict and self._role.sends and not sent:
            raise _errors.Unreachable(self._what_is_left())

    def _what_is_left(self) -> str:
        return (
            f"not all records of run {self.id} have arrived; they are kept in {self._journal.folder}. "
            "Run `atelier sync` to send them."
        )

    def _check_open(self) -> None:
        if self._is_foreign and not self._is_over:
            self._reopen_after_fork()
        if self._is_over:
            self._wrong_use(_errors.UsageError(f"The run {self.id} has ended; nothing more is recorded for it."))
        if self._config.is_strict and self._sender.problem is not None:
            problem, self._sender.problem = self._sender.problem, None
            raise problem

    def _reopen_after_fork(self) -> None:
        with self._guard:
            if not self._is_foreign:
                return
            head = replace(self._journal.head, writer=new_writer(), owns_run=False)
            self._open(_journal.Journal.create(self._config.directory, head))
            self._is_foreign = False
        # Worker processes of multiprocessing end without atexit.
        if "multiprocessing" in sys.modules:
            from multiprocessing import util

            util.Finalize(None, self.finish, exitpriority=100)

    def _record(self, write: Callable[[], None]) -> None:
        if self._is_over or self._is_foreign or self._sender.problem is not None:
            self._check_open()
        try:
            write()
        except (_errors.UsageError, TypeError, OSError) as error:
            self._wrong_use(error)

    def _wrong_use(self, error: Exception) -> None:
        if self._config.is_strict:
            raise error if isinstance(error, _errors.UsageError) else _errors.UsageError(str(error)) from error
        _notices.warn_once(f"use {error}"[:80], str(error))

    def _keep(self, source: Path, path: str) -> None:
        self._record(lambda: self._keep_file(source, path, move=False))

    def _keep_bytes(self, content: bytes, path: str) -> None:
        def write() -> None:
            fresh = self._journal.folder / f"{_ids.new_id()}.new"
            fresh.write_bytes(content)
            self._keep_file(fresh, path, move=True)

        self._record(write)

    def _keep_file(self, source: Path, path: str, *, move: bool) -> None:
        if self._is_over:
            return
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        try:
            self._journal.add_file(source, path=_artifact_path(path), content_type=kind, move=move)
        except OSError as error:
            raise _errors.UsageError(f"The artifact {path!r} cannot be kept: {error}.") from error
        self._sender.wake()


def new_writer() -> str:
    """A name for the batches of one process."""
    return f"w-{_ids.new_id()}"


def outcome_of(error: BaseException) -> dict[str, Any]:
    """How a run ends that was left by this exception."""
    if isinstance(error, KeyboardInterrupt):
        return {"state": "canceled", "exit_code": 130, "message": "Interrupted."}
    if isinstance(error, SystemExit):
        code = error.code if isinstance(error.code, int) else (0 if error.code is None else 1)
        message = "" if isinstance(error.code, (int, type(None))) else str(error.code)
        return {"state": "failed" if code else "completed", "exit_code": code, "message": message}
    lines = "".join(traceback.format_exception(type(error), error, error.__traceback__)).splitlines()
    return {"state": "failed", "exit_code": 1, "message": "\n".join(lines[-MESSAGE_LINES:])}


def _milliseconds(moment: datetime | float) -> int:
    try:
        value = int((moment.timestamp() if isinstance(moment, datetime) else float(moment)) * 1000)
    except (TypeError, ValueError, OverflowError) as error:
        raise _errors.UsageError(f"A time is a datetime or seconds since 1970, not {moment!r}.") from error
    if not 0 <= value <= MAX_TIME_MS:
        raise _errors.UsageError(f"The time {moment!r} is not between the years 1970 and 9999.")
    return value


def _join(folder: str | None, name: str) -> str:
    return f"{folder.strip('/')}/{name}" if folder and folder.strip("/") else name


def _artifact_path(path: str) -> str:
    name = unicodedata.normalize("NFC", path.replace(os.sep, "/"))
    reason = _names.problem(name)
    if reason:
        raise _errors.UsageError(
            f"{path!r} cannot be the path of an artifact: {reason}. Use one such as plots/loss.png."
        )
    return name


def _draw(figure: Any, name: str) -> bytes:
    kind = Path(name).suffix.lstrip(".").lower()
    if hasattr(figure, "savefig"):
        import io

        out = io.BytesIO()
        figure.savefig(out, format=kind or "png", bbox_inches="tight")
        return out.getvalue()
    if hasattr(figure, "to_html") and kind in {"html", ""}:
        return str(figure.to_html(include_plotlyjs=True)).encode()
    if hasattr(figure, "to_json") and kind == "json":
        return str(figure.to_json()).encode()
    if hasattr(figure, "to_image"):
        image: bytes = figure.to_image(format=kind)
        return image
    raise _errors.UsageError(
        f"{type(figure).__name__} is neither a matplotlib nor a plotly figure that can be kept as {name!r}."
    )

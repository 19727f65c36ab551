"""Starting runs, and the functions that log to the run in force."""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time as clock
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from atelier import _active, _client, _config, _errors, _git, _ids, _journal, _metrics_codec, _notices, _run, _sender

START_SECONDS = 10.0
START_PARAMS = 100  # more travel as records: the start of a run must stay one small request

_stack: list[_active.ActiveRun] = []
_guard = threading.RLock()
_arriving: list[_active.ActiveRun] = []  # ended while the server was away
_crash: list[BaseException] = []
_hooks_are_set = False


@dataclass(frozen=True)
class _Wish:
    """What the caller said about the run."""

    experiment: str
    name: str
    params: Mapping[str, Any]
    tags: Mapping[str, Any]
    description: str


def start_run(
    *,
    experiment: str | None = None,
    name: str | None = None,
    parent: str | _active.ActiveRun | None = None,
    params: Mapping[str, Any] | None = None,
    tags: Mapping[str, Any] | None = None,
    description: str | None = None,
    nested: bool = False,
    url: str | None = None,
    token: str | None = None,
    workspace: str | None = None,
    mode: str | None = None,
    console: bool | None = None,
) -> _active.ActiveRun:
    """Starts a run and makes it the run in force; use it in a `with` block or call `finish()`.

    Inside a job the job's own run is taken up, and a run started within it becomes its child. Elsewhere a second run needs
    `nested=True` or `parent=`. Raises when the server refuses; when it does not answer, recording goes on without it.
    """
    parent = parent or _parent_of(active_run(), nested)
    capture = None if console is None else ("on" if console else "off")
    config = _settings(parent, url=url, token=token, workspace=workspace, mode=mode, console=capture)
    wish = _Wish(experiment or "", name or "", params or {}, tags or {}, description or "")
    with _guard:
        _set_hooks()
        takes_up = config.get("run_id") and not _stack and parent is None
        run = _resume(config, wish) if takes_up else _begin(config, parent, wish)
        _stack.append(run)
        return run


def active_run() -> _active.ActiveRun | None:
    """The run in force, or None."""
    return _stack[-1] if _stack else None


def log(metrics: Mapping[str, Any], step: int | None = None, time: Any = None) -> None:
    """Records metric values to the run in force."""
    _current().log(metrics, step=step, time=time)


def log_metric(key: str, value: Any, step: int | None = None) -> None:
    """Records one metric value to the run in force."""
    _current().log({key: value}, step=step)


def log_params(params: Mapping[str, Any]) -> None:
    """Records parameters to the run in force."""
    _current().log_params(params)


def set_tags(tags: Mapping[str, Any]) -> None:
    """Sets tags of the run in force; None removes one."""
    _current().set_tags(tags)


def log_artifact(path: str | Path, artifact_path: str | None = None) -> None:
    """Keeps a file with the run in force."""
    _current().log_artifact(path, artifact_path)


def log_artifacts(path: str | Path, artifact_path: str | None = None) -> None:
    """Keeps all files of a folder with the run in force."""
    _current().log_artifacts(path, artifact_path)


def log_image(key: str, image: Any, step: int | None = None) -> None:
    """Keeps an image of a step with the run in force."""
    _current().log_image(key, image, step)


def log_table(key: str, columns: Any, step: int | None = None) -> None:
    """Keeps a table of a step with the run in force."""
    _current().log_table(key, columns, step)


def log_histogram(key: str, values: Any, step: int | None = None, bins: int = 64) -> None:
    """Keeps how values are spread at a step with the run in force."""
    _current().log_histogram(key, values, step, bins)


def log_confusion_matrix(key: str, matrix: Any, labels: Any = None, step: int | None = None) -> None:
    """Keeps a confusion matrix of a step with the run in force."""
    _current().log_confusion_matrix(key, matrix, labels, step)


def log_curve(
    key: str, kind: str = "pr", x: Any = None, y: Any = None, step: int | None = None, **columns: Any
) -> None:
    """Keeps a precision-recall or ROC curve of a step with the run in force."""
    _current().log_curve(key, kind, x, y, step, **columns)


def define_metric(key: str, goal: str) -> None:
    """Says whether small or large values of a metric of the run in force are good."""
    _current().define_metric(key, goal)


def _current() -> _active.ActiveRun:
    run = active_run()
    # A first call without start_run() starts one, as a script that only logs expects.
    return run if run is not None else start_run()


def _parent_of(above: _active.ActiveRun | None, nested: bool) -> _active.ActiveRun | None:
    if above is None:
        return None
    # A job's run is always there, so a script that starts its own runs gets them as children.
    if nested or above.config.get("run_id"):
        return above
    raise _errors.UsageError(
        f"The run {above.id} is still active. Finish it first, or pass nested=True to start a run below it."
    )


def _settings(parent: str | _active.ActiveRun | None, **arguments: str | None) -> _config.Config:
    """The settings of a new run: a child lives where its parent does."""
    if isinstance(parent, _active.ActiveRun):
        home = parent.config
        inherited = {"url": home.url, "token": home.token, "workspace": home.get("workspace"), "mode": home.get("mode")}
        arguments = {name: value or inherited.get(name) for name, value in arguments.items()}
    return _config.load(**arguments)


def _resume(config: _config.Config, wish: _Wish) -> _active.ActiveRun:
    """The run that the environment names; its runner ends it."""
    run_id = config.get("run_id")
    head = _journal.Head(
        run_id=run_id,
        writer=_active.new_writer(),
        url=config.url,
        workspace=config.get("workspace"),
        job_id=config.get("job_id"),
        attempt=int(config.get("attempt") or 1),
    )
    role = _active.Role(owns=False, captures=False, sends=not config.is_offline)
    client = None if config.is_offline else _client.from_config(config)
    data = {"id": run_id, "name": wish.name, "state": "running", "experiment": config.get("experiment")}
    run = _make(config, client, _create_journal(config, head), data, role)
    changes = {"name": wish.name, "description": wish.description}
    run.describe({key: value for key, value in changes.items() if value})
    if wish.params:
        run.log_params(wish.params)
    if wish.tags:
        run.set_tags(wish.tags)
    return run


def _begin(config: _config.Config, parent: str | _active.ActiveRun | None, wish: _Wish) -> _active.ActiveRun:
    """A new run, which this process ends."""
    client = None if config.is_offline else _client.from_config(config)
    params = list(_metrics_codec.flatten_params(wish.params).items())
    body = {**_start_body(config, parent, wish), "params": dict(params[:START_PARAMS])}
    head = _journal.Head(
        run_id=body["run_id"],
        writer=_active.new_writer(),
        url=config.url,
        workspace=config.get("workspace"),
        start=body,
        is_started=False,
        owns_run=True,
    )
    journal = _create_journal(config, head)
    data = _announce(client, journal, body, strict=config.is_strict)
    # A child shares its parent's process: the output is in the parent's log already.
    is_child = isinstance(parent, _active.ActiveRun)
    captures = config.captures_console and not is_child and not config.get("run_id")
    # Said before the output is captured: the address of a run is no part of its log.
    if client is not None and not is_child:
        _say_where(client, data)
    role = _active.Role(owns=True, captures=captures, sends=client is not None)
    run = _make(config, client, journal, data, role)
    if params[START_PARAMS:]:
        run.log_params(dict(params[START_PARAMS:]))
    return run


def _create_journal(config: _config.Config, head: _journal.Head) -> _journal.Journal:
    """A journal in the configured folder, or, where that cannot be written, in the system's temporary one."""
    try:
        return _journal.Journal.create(config.directory, head)
    except OSError as error:
        import tempfile

        spare = Path(tempfile.gettempdir()) / "atelier-journals"
        _notices.warn_once("directory", f"{config.directory} cannot be written ({error}); journals go to {spare}.")
        try:
            return _journal.Journal.create(spare, head)
        except OSError as worse:
            raise _errors.ConfigurationError(f"{spare} cannot be written: {worse}. Set ATELIER_DIR.") from worse


def _announce(
    client: _client.Client | None, journal: _journal.Journal, body: Mapping[str, Any], *, strict: bool
) -> dict[str, Any]:
    """Starts the run on the server, if that can be done now; answers the run's data."""
    from atelier import _delivery

    offline = {"id": body["run_id"], "name": body.get("name", ""), "experiment": body["experiment"], "state": "running"}
    if client is None:
        return offline
    try:
        run: dict[str, Any] = client.post(
            "runs/start", body, key=f"start-{body['run_id']}", timeout=START_SECONDS, once=True
        )
    except _errors.Unreachable as error:
        if strict:
            journal.remove()
            raise
        _notices.warn_once(
            "offline start", f"{error} Recording to {journal.folder}; it is sent when the server is back."
        )
        return offline
    except _errors.AtelierError:
        journal.remove()
        raise
    journal.mark_started(**_delivery.job_of(run))
    return run


def _say_where(client: _client.Client, data: Mapping[str, Any]) -> None:
    run = _run.Run(client, data)
    print(f"atelier: run {run.name or run.id} is at {run.url}", file=sys.stderr)


def _start_body(config: _config.Config, parent: str | _active.ActiveRun | None, wish: _Wish) -> dict[str, Any]:
    above = parent if isinstance(parent, _active.ActiveRun) else None
    body: dict[str, Any] = {
        "run_id": _ids.new_id(),
        "experiment": wish.experiment or (above.experiment if above else "") or config.get("experiment"),
        "tags": _metrics_codec.clean_tags({**config.tags, **wish.tags}),
    }
    optional = {
        # ATELIER_RUN_NAME names the process's first run; its children are named by the script or the server.
        "name": wish.name or ("" if above else config.get("run_name")),
        "description": wish.description,
        "parent": above.id if above else parent,
        "git": {} if above else _git.facts(Path.cwd()),
    }
    body.update({key: value for key, value in optional.items() if value})
    return body


def _make(
    config: _config.Config,
    client: _client.Client | None,
    journal: _journal.Journal,
    data: Mapping[str, Any],
    role: _active.Role,
) -> _active.ActiveRun:
    return _active.ActiveRun(
        config=config, client=client, journal=journal, data=data, role=role, on_end=_forget, child_starter=_start_child
    )


def _start_child(*, parent: _active.ActiveRun, name: str | None = None, **options: Any) -> _active.ActiveRun:
    return start_run(parent=parent, name=name, **options)


def _forget(run: _active.ActiveRun) -> None:
    with _guard:
        if run in _stack:
            _stack.remove(run)
        _arriving[:] = [ended for ended in _arriving if ended.is_arriving]
        if run.is_arriving:
            _arriving.append(run)


def _set_hooks() -> None:
    global _hooks_are_set
    if _hooks_are_set:
        return
    _hooks_are_set = True
    atexit.register(_finish_all)
    previous = sys.excepthook

    def note_crash(kind: Any, error: BaseException, trace: Any) -> None:
        _crash.append(error)
        previous(kind, error, trace)

    sys.excepthook = note_crash
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_after_fork)


def _finish_all() -> None:
    """Ends what the script left open, and gives records that are still on their way their last seconds."""
    deadline = clock.monotonic() + _sender.EXIT_SECONDS
    while _stack:
        run = _stack[-1]
        run.finish(**(_active.outcome_of(_crash[-1]) if _crash else {}))
        _forget(run)
    for run in _arriving:
        run.settle(deadline)


def _after_fork() -> None:
    global _guard
    _guard = threading.RLock()
    _notices.renew_lock()
    _arriving.clear()
    for run in _stack:
        run.leave_to_parent()

"""Submitting a job: the server reads the file, the client sends what the file needs."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from atelier import _client, _errors, _folders, _git, _ids, _includes, _notices, _snapshot

CHUNK = 256 * 1024
NOTES = 5
IN_MEMORY = 16 * 1024 * 1024
TEXT_LIMIT = 1024 * 1024
ROUNDS = 12  # of texts that name texts
PLACED = ("invalid_job_file", "invalid_pipeline", "invalid_component")  # refusals that name lines of the file


@dataclass(frozen=True)
class JobText:
    """A job as text, and the folder its relative paths start from."""

    file_name: str
    text: str
    folder: Path


def read_job(job: str | Path | Mapping[str, Any]) -> JobText:
    """A job file, or a dictionary as the JSON it is (which YAML includes)."""
    if isinstance(job, Mapping):
        return JobText("job.json", json.dumps(job, indent=1, default=str), Path.cwd())
    path = Path(job)
    try:
        return JobText(str(job), path.read_bytes().decode("utf-8"), path.resolve().parent)
    except FileNotFoundError as error:
        raise _errors.UsageError(f"There is no file {path}.") from error
    except UnicodeDecodeError as error:
        raise _errors.UsageError(f"{path} is not a text file in UTF-8.") from error
    except OSError as error:
        raise _errors.UsageError(f"{path} cannot be read: {error}.") from error


def check(
    client: _client.Client, job: JobText, changes: Mapping[str, Any], files: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """`{job, needs}` as the server reads the file. Raises `JobFileError` for a wrong file."""
    body: dict[str, Any] = {"file_name": job.file_name, "text": job.text, "set": dict(changes)}
    if files:
        body["files"] = dict(files)
    with placed_errors():
        answer: dict[str, Any] = client.post("runs/check", body, key=_ids.new_key())
    return answer


def warn(note: str) -> None:
    """Says a note the way the package says things while a script runs."""
    _notices.warn_once(note, note)


def submit(
    client: _client.Client, job: JobText, changes: Mapping[str, Any], *, say: Callable[[str], None] = warn
) -> dict[str, Any]:
    """Sends the job with its code, inputs and texts, and answers the run's data. `say` hears what was left out."""
    checked, files = check_whole(client, job, changes)
    body: dict[str, Any] = {
        "file_name": job.file_name,
        "text": job.text,
        "set": dict(changes),
        "files": files,
        "inputs": {},
    }
    if checked["job"].get("type") == "pipeline":
        root = _send_of_pipeline(client, job, checked["needs"], body, say)
    else:
        root = _send_of_command(client, job, checked["needs"], body, say)
    body["git"] = _git.facts(root if root.is_dir() else job.folder)
    with placed_errors():
        run: dict[str, Any] = client.post("runs", body, key=_ids.new_key())
    return run


def check_whole(
    client: _client.Client, job: JobText, changes: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """What the file means with every text it names, and those texts by path: a text may name others."""
    files: dict[str, str] = {}
    for _ in range(ROUNDS):
        checked = check(client, job, changes, files if files else None)
        wanted = [need["path"] for need in checked["needs"] if need["role"] == "text" and need["path"] not in files]
        if not wanted:
            break
        files |= {path: read_text((job.folder / path).resolve()) for path in wanted}
        if checked["job"].get("type") != "pipeline":
            break  # the texts of a command job name no others
    return checked, files


def _send_of_command(
    client: _client.Client, job: JobText, needs: list[dict[str, Any]], body: dict[str, Any], say: Callable[[str], None]
) -> Path:
    """Puts what was sent into the body; answers the folder of the code."""
    root = job.folder
    for need in needs:
        path = (job.folder / need["path"]).resolve()
        if need["role"] == "build":
            body["build_context"] = _folders.send(client, path, say=say)
        elif need["role"] == "code":
            root = path
            body["snapshot"] = send_code(client, path, say)
        elif need["role"] == "input":
            body["inputs"][need["name"]] = _send_input(client, path, need.get("kind", "file"), say)
    return root


def _send_of_pipeline(
    client: _client.Client, job: JobText, needs: list[dict[str, Any]], body: dict[str, Any], say: Callable[[str], None]
) -> Path:
    """The folders and files of every step, each once, by the path that the file has for it."""
    body["snapshots"], body["blobs"] = {}, {}
    for need in needs:
        given = need["path"]
        path = (job.folder / given).resolve()
        if need["role"] == "build":
            raise _errors.UsageError(
                f"A step builds its environment from {given}: register it (atelier environment create) and name it instead."
            )
        if need["role"] == "code":
            body["snapshots"][given] = send_needed_code(client, job.folder, need, say)
        elif need["role"] == "input":
            kept = "snapshots" if need.get("kind") == "folder" or path.is_dir() else "blobs"
            body[kept][given] = _send_input(client, path, need.get("kind", "file"), say)
    return job.folder


class placed_errors:
    """Turns a refusal that names lines of the job file into a `JobFileError`."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if isinstance(error, _errors.InvalidRequest) and error.code in PLACED:
            raise _errors.JobFileError(
                error.message,
                status=error.status,
                code=error.code,
                hint=error.hint,
                errors=error.errors,
                request_id=error.request_id,
            ) from None


def send_code(client: _client.Client, path: Path, say: Callable[[str], None]) -> str:
    """The digest of a code folder, or of a single file, once it is stored."""
    if path.is_file():
        return _send_tree(client, _snapshot.of_file(path))
    return _send_tree(client, _noted(_snapshot.scan(path), say))


def send_needed_code(
    client: _client.Client, base: Path, need: Mapping[str, Any], say: Callable[[str], None] = warn
) -> str:
    """The digest of the code that a file beside `base` needs, with what it includes, once it is stored."""
    if not need.get("includes"):
        return send_code(client, (base / need["path"]).resolve(), say)
    return _send_tree(client, _noted(_includes.gathered(base, need["folder"], need["includes"]), say))


def _send_input(client: _client.Client, path: Path, kind: str, say: Callable[[str], None]) -> str:
    if kind == "folder" or path.is_dir():
        # Data is sent whole: ignore files speak of code.
        return _send_tree(client, _noted(_snapshot.scan(path, ignores=False), say))
    if not path.is_file():
        raise _errors.UsageError(f"The job needs the file {path}, which does not exist.")
    digest = _snapshot.file_digest(path)
    if not client.exists(f"blobs/{digest}"):
        with path.open("rb") as stream:
            client.put(f"blobs/{digest}", _chunks(stream), size=path.stat().st_size)
    return digest


def _noted(tree: _snapshot.Tree, say: Callable[[str], None]) -> _snapshot.Tree:
    for note in tree.notes[:NOTES]:
        say(note)
    if len(tree.notes) > NOTES:
        say(f"{len(tree.notes) - NOTES} more files were left out.")
    return tree


def _send_tree(client: _client.Client, tree: _snapshot.Tree) -> str:
    try:
        digest = _snapshot.tree_digest(tree)
        if client.exists(f"snapshots/{digest}"):
            return digest
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as target:
            digest = _snapshot.write_zip(tree, target)
            size = target.tell()
            target.seek(0)
            client.put(f"snapshots/{digest}", _chunks(target), size=size, content_type="application/zip")
    except OSError as error:
        raise _errors.SnapshotError(f"A file of {tree.root} cannot be read: {error}.") from error
    return digest


def read_text(path: Path) -> str:
    """A small text file that a job file names. Raises UsageError."""
    try:
        if path.stat().st_size > TEXT_LIMIT:
            raise _errors.UsageError(f"{path} is larger than 1 MB; the job file may name small text files only.")
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError as error:
        raise _errors.UsageError(f"The job names {path}, which does not exist.") from error
    except UnicodeDecodeError as error:
        raise _errors.UsageError(f"{path} is not a text file in UTF-8.") from error


def _chunks(stream: IO[bytes] | Any) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk

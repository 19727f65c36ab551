"""Schedules of a workspace and what they started."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from atelier import _client, _errors, _ids

Record = dict[str, Any]
PAGE = 100
MOST_FILES = 5


class Schedules:
    """`Workspace().schedules`: a schedule is named by its name."""

    def __init__(self, api: _client.Client) -> None:
        self._api = api

    def search(self, query: str = "") -> Iterator[Record]:
        """Those whose name or description has these words."""
        return self._api.pages("schedules", {"q": query, "limit": PAGE})

    def get(self, name: str) -> Record:
        return dict(self._api.get(_path(name)))

    def create(self, **facts: Any) -> Record:
        """A schedule: `create(name="nightly", kind="cron", trigger={"expression": "15 2 * * *"}, pipeline=3)`."""
        return dict(self._api.post("schedules", facts, key=_ids.new_key()))

    def create_from(self, file: str | Path) -> Record:
        """The schedule of Azure ML's schedule file; the job file that it names is sent along."""
        path = Path(file)
        files: dict[str, str] = {}
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise _errors.UsageError(f"{path} can't be read: {error}.") from None
        for _ in range(MOST_FILES):
            try:
                return self.create(text=text, files=files)
            except _errors.InvalidRequest as error:
                named = [str(each.get("field", "")) for each in error.errors]
                lacking = [name.removeprefix("files.") for name in named if name.startswith("files.")]
                if error.code != "schedule_file_missing" or not lacking:
                    raise
                files |= {name: _beside(path, name) for name in lacking}
        raise _errors.UsageError(f"{path} names files that name others without end.")

    def pause(self, name: str) -> Record:
        return dict(self._api.post(f"{_path(name)}/pause"))

    def resume(self, name: str) -> Record:
        return dict(self._api.post(f"{_path(name)}/resume"))

    def fire(self, name: str, inputs: Mapping[str, Any] | None = None) -> Record:
        """A firing now; `inputs` is what an event would bring. The answer has its run, or says why there is none."""
        return dict(self._api.post(f"{_path(name)}/fire", {"inputs": dict(inputs or {})}, key=_ids.new_key()))

    def backfill(self, name: str, since: str, until: str) -> list[Record]:
        """The times between, ISO 8601, that were never fired."""
        body = {"since": since, "until": until}
        return list(self._api.post(f"{_path(name)}/backfill", body, key=_ids.new_key())["firings"])

    def firings(self, name: str) -> Iterator[Record]:
        """What it did, newest first."""
        return self._api.pages(f"{_path(name)}/firings", {"limit": PAGE})

    def preview(self, **trigger: Any) -> Record:
        """`{"words", "times"}` of a trigger: `preview(kind="cron", trigger={"expression": "0 9 * * 1-5"})`."""
        return dict(self._api.post("schedule-preview", trigger))

    def delete(self, name: str) -> None:
        self._api.delete(_path(name))


def _path(name: str) -> str:
    return f"schedules/{_client.segment(name)}"


def _beside(file: Path, name: str) -> str:
    try:
        return (file.parent / name).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _errors.UsageError(f"{file} names {name}, which can't be read: {error}.") from None

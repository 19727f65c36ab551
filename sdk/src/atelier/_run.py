"""A run as the server knows it: read it, follow it, change it."""

from __future__ import annotations

import os
import signal as signals
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from atelier import _client, _errors, _ids, _metrics_codec, _names

if TYPE_CHECKING:
    import pandas

FINAL = frozenset({"completed", "failed", "canceled"})
POINTS_PER_PAGE = 16_000
LOG_CHUNK = 1 << 18
LOG_WAIT_SECONDS = 10
POLL_SECONDS = 0.2


@dataclass(frozen=True)
class MetricSummary:
    """What is known of one metric without reading its points."""

    key: str
    count: int
    first: float
    last: float
    min: float
    max: float
    best: float
    mean: float
    last_step: int | None
    goal: str
    nan_count: int
    inf_count: int


@dataclass(frozen=True)
class History:
    """All points of one metric, as three columns."""

    key: str
    step: list[int]
    time_ms: list[int]
    value: list[float]

    def __len__(self) -> int:
        return len(self.step)


@dataclass(frozen=True)
class Artifact:
    """A file of a run."""

    path: str
    size: int
    sha256: str


class Run:
    """A run of a workspace. `refresh()` fetches its present state."""

    def __init__(self, client: _client.Client, data: Mapping[str, Any]) -> None:
        self._api = client
        self.data: dict[str, Any] = dict(data)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} {self.name!r} {self.data.get('state', '')}>"

    @property
    def id(self) -> str:
        """The run's id."""
        return str(self.data["id"])

    @property
    def name(self) -> str:
        """The run's name."""
        return str(self.data.get("name") or "")

    @property
    def experiment(self) -> str:
        """The path of its experiment."""
        experiment = self.data.get("experiment")
        return str(experiment.get("path", "") if isinstance(experiment, Mapping) else experiment or "")

    @property
    def url(self) -> str:
        """The page of the run."""
        known = str(self.data.get("url") or "")
        if known.startswith("http"):
            return known
        return f"{self._api.url}{known or f'/w/{_client.segment(self._api.workspace)}/runs/{self.id}/'}"

    @property
    def state(self) -> str:
        """The state at the last `refresh()`."""
        return str(self.data.get("state") or "")

    @property
    def is_finished(self) -> bool:
        """Whether the run had ended at the last `refresh()`."""
        return self.state in FINAL

    @property
    def exit_code(self) -> int | None:
        """What the command ended with; 128 + n for the signal n, 130 for a canceled run."""
        if self.state == "canceled":
            return 130
        number = _signal_number(self.data.get("signal"))
        if number:
            return 128 + number
        code = self.data.get("exit_code")
        return None if code is None else int(code)

    @property
    def params(self) -> dict[str, Any]:
        """The parameters at the last `refresh()`."""
        return _pairs(self.data.get("params"))

    @property
    def tags(self) -> dict[str, str]:
        """The tags at the last `refresh()`."""
        return _pairs(self.data.get("tags"))

    def refresh(self) -> Run:
        """Fetches the run again and answers itself."""
        self.data = self._api.get(self._path)
        return self

    def metrics(self) -> dict[str, MetricSummary]:
        """The summary of every metric, by key."""
        rows = self._api.get(f"{self._path}/metrics")
        rows = rows["results"] if isinstance(rows, Mapping) else rows
        return {row["key"]: _summary(row) for row in rows}

    def history(self, key: str, *, min_step: int | None = None, max_step: int | None = None) -> History:
        """Every point of a metric, exactly as logged."""
        query: dict[str, Any] = {"key": key, "min_step": min_step, "max_step": max_step, "limit": POINTS_PER_PAGE}
        history = History(key, [], [], [])
        while True:
            page = self._api.get(f"{self._path}/metrics/points", query)
            points = page["points"]
            history.step.extend(points["step"])
            history.time_ms.extend(points["time_ms"])
            history.value.extend(_metrics_codec.python_float(value) for value in points["value"])
            if not page.get("next"):
                return history
            query["cursor"] = _cursor(page["next"])

    def metrics_frame(self) -> pandas.DataFrame:
        """All points as a data frame with the columns key, step, time_ms, value. Needs pandas."""
        try:
            import pandas
        except ImportError as error:
            raise _errors.AtelierError("metrics_frame() needs pandas. Install it or use history().") from error
        frames = []
        for key in self.metrics():
            points = self.history(key)
            columns = {"key": key, "step": points.step, "time_ms": points.time_ms, "value": points.value}
            frames.append(pandas.DataFrame(columns))
        return pandas.concat(frames, ignore_index=True) if frames else pandas.DataFrame()

    def artifacts(self, path: str = "") -> list[Artifact]:
        """All files below a folder of the run."""
        return sorted(self._walk_artifacts(path), key=lambda item: item.path)

    def download_artifact(self, path: str, dest: str | Path = ".") -> Path:
        """Saves one file below the folder `dest`, under its own path, and answers where."""
        return self._save(path, Path(dest))

    def download_artifacts(self, dest: str | Path, path: str = "") -> list[Path]:
        """Saves all files below a folder of the run. Raises `UnsafeName` before a name could leave `dest`."""
        folder = Path(dest)
        names = [item.path for item in self.artifacts(path)]
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            _names.safe_join(folder, name)
        return [self._save(name, folder) for name in names]

    def datasets(self) -> list[dict[str, Any]]:
        """What data the run read: `name`, `digest`, `context`, `source`, `tags`."""
        return list(self._api.get(f"{self._path}/datasets")["results"])

    def why(self, baseline: str | Run, metric: str = "") -> dict[str, Any]:
        """What differs from a baseline, the likeliest `reasons` first."""
        other = baseline.id if isinstance(baseline, Run) else baseline
        return dict(self._api.get(f"{self._path}/why", {"baseline": other, "metric": metric}))

    def code_diff(self, other: str | Run) -> dict[str, Any]:
        """How the code differs from another run's, file by file."""
        name = other.id if isinstance(other, Run) else other
        return dict(self._api.get(f"{self._path}/code/diff", {"with": name}))

    def logs(self) -> str:
        """Everything the run has printed so far."""
        return "".join(self._log_pieces(follow=False))

    def stream(self) -> Iterator[str]:
        """What the run prints, piece by piece, until it has ended."""
        return self._log_pieces(follow=True)

    def wait(self, timeout: float | None = None, *, check: bool = False) -> str:
        """Waits for the end and answers the state; `check` raises `RunFailed` unless the run completed."""
        deadline = None if timeout is None else time.monotonic() + timeout
        pause = POLL_SECONDS
        while not self.refresh().is_finished:
            if deadline is not None and time.monotonic() + pause > deadline:
                raise _errors.WaitTimeout(f"The run {self.id} is still {self.state} after {timeout:g} s.")
            time.sleep(pause)
            pause = min(pause * 1.5, 2.0)
        if check and self.state != "completed":
            raise _errors.RunFailed(f"The run {self.id} is {self.state}. See {self.url}.")
        return self.state

    def cancel(self) -> Run:
        """Asks the run to stop."""
        self._api.post(f"{self._path}/stop", {})
        return self.refresh()

    def clone(self, *, set: Mapping[str, Any] | None = None, submit: bool = True) -> Run:
        """A new run with the same job and, in `set`, other values (`{"inputs.lr": 0.01}`)."""
        body = {"set": dict(set or {}), "submit": submit}
        return Run(self._api, self._api.post(f"{self._path}/clone", body, key=_ids.new_key()))

    def archive(self) -> Run:
        """Hides the run from lists."""
        return self.update(is_archived=True)

    def restore(self) -> Run:
        """Shows an archived run in lists again."""
        return self.update(is_archived=False)

    def delete(self) -> Run:
        """Puts the run and its children into the trash; a live run is refused until it is stopped."""
        self._api.delete(self._path)
        return self.refresh()

    def undelete(self) -> Run:
        """Takes the run out of the trash, with the children that went with it."""
        self.data = self._api.post(f"{self._path}/undelete", {})
        return self

    def update(self, **changes: Any) -> Run:
        """Changes name, description, tags (merged; None removes one) or is_archived."""
        self.data = self._api.patch(self._path, changes)
        return self

    @property
    def _path(self) -> str:
        return f"runs/{_client.segment(self.id)}"

    def _walk_artifacts(self, path: str) -> Iterator[Artifact]:
        for row in self._api.pages(f"{self._path}/artifacts", {"path": path, "limit": 500}):
            if row.get("is_dir"):
                yield from self._walk_artifacts(row["path"])
            else:
                yield Artifact(row["path"], int(row.get("size") or 0), str(row.get("sha256") or ""))

    def _save(self, path: str, folder: Path) -> Path:
        target = _names.safe_join(folder, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.{_ids.new_id()}.part")
        try:
            with part.open("wb") as out:
                for chunk in self._api.stream(f"{self._path}/artifacts/{_client.quoted_path(path)}"):
                    out.write(chunk)
            os.replace(part, target)
        finally:
            part.unlink(missing_ok=True)
        return target

    def _log_pieces(self, *, follow: bool) -> Iterator[str]:
        offset = 0
        failures = 0
        while True:
            query = {"offset": offset, "limit": LOG_CHUNK, "wait": LOG_WAIT_SECONDS if follow and offset else ""}
            asked = time.monotonic()
            try:
                page = self._api.get(f"{self._path}/log", query)
                failures = 0
            except _errors.Unreachable:
                failures += 1
                # A server that restarts does not end the view of a run that goes on.
                if not follow or failures > 60:
                    raise
                time.sleep(min(0.5 * failures, 2.0))
                continue
            if page["text"]:
                yield page["text"]
            moved = page["next_offset"] > offset
            offset = page["next_offset"]
            if not moved and (page["is_final"] or not follow):
                return
            if not moved and time.monotonic() - asked < POLL_SECONDS:
                time.sleep(POLL_SECONDS)


def _signal_number(signal: Any) -> int:
    """9 for 9, "9" and "SIGKILL"; 0 for none and for a name this system does not know."""
    text = str(signal or "").upper()
    if text.isdigit():
        return int(text)
    name = text if text.startswith("SIG") else f"SIG{text}"
    return next((int(item) for item in signals.Signals if item.name == name), 0)


def _summary(row: Mapping[str, Any]) -> MetricSummary:
    floats = {
        name: _metrics_codec.python_float(row.get(name)) for name in ("first", "last", "min", "max", "best", "mean")
    }
    return MetricSummary(
        key=row["key"],
        count=int(row.get("count") or 0),
        last_step=row.get("last_step"),
        goal=str(row.get("goal") or ""),
        nan_count=int(row.get("nan_count") or 0),
        inf_count=int(row.get("inf_count") or 0),
        **floats,
    )


def _pairs(rows: Any) -> dict[str, Any]:
    if isinstance(rows, Mapping):
        return dict(rows)
    return {row["key"]: row["value"] for row in rows or ()}


def _cursor(following: str) -> str:
    if "?" not in following:
        return following
    return parse_qs(urlsplit(following).query).get("cursor", [""])[0]

"""What a component is given beside its inputs and parameters: a place to work in, and a run to log to when there is one."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


def _own_folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="atelier-component-"))


class Context:
    """A place to work in and, in a studio's job, a run to log to. Outside of one what is logged is not kept.

    `start` gives the run when it is first asked for: most components log nothing, and start sooner without it.
    """

    def __init__(
        self,
        *,
        run: Any = None,
        start: Callable[[], Any] | None = None,
        seed: int = 0,
        given_workdir: Path | None = None,
    ) -> None:
        self.seed = seed
        self._run = run
        self._start = start
        self._given_workdir = given_workdir
        self._made: list[Path] = []

    @property
    def run(self) -> Any:
        """The active run of the SDK; None outside of a job."""
        if self._run is None and self._start is not None:
            self._run, self._start = self._start(), None
        return self._run

    @property
    def workdir(self) -> Path:
        """An empty folder to write into. It is made when it is first asked for."""
        if self._given_workdir is not None:
            return self._given_workdir
        if not self._made:
            self._made.append(_own_folder())
        return self._made[0]

    def log_metric(self, name: str, value: float, step: int | None = None) -> None:
        """Keeps one number with the run."""
        self.log_metrics({name: value}, step)

    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Keeps numbers with the run."""
        if self.run is not None:
            self.run.log_metrics(dict(metrics), step)

    def log_text(self, text: str, path: str) -> None:
        """Keeps a text with the run, as the file `path`."""
        if self.run is not None:
            self.run.log_text(text, path)

    def log_figure(self, figure: Any, path: str) -> None:
        """Keeps a figure with the run, as the picture `path`."""
        if self.run is not None:
            self.run.log_figure(figure, path)

    def close(self) -> None:
        """Removes the folder it made."""
        import shutil

        while self._made:
            shutil.rmtree(self._made.pop(), ignore_errors=True)


def of_active_run() -> Context:
    """A context that logs to the run this process belongs to. Outside of a studio's job nothing is logged."""
    return Context(start=_active_run)


def _active_run() -> Any:
    import os

    import atelier

    known = atelier.active_run()
    return atelier.start_run() if known is None and os.environ.get("ATELIER_RUN_ID") else known

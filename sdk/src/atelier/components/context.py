"""What a component is given beside its inputs and parameters: a place to work in, and a run to log to when there is one."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


def _own_folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="atelier-component-"))


@dataclass
class Context:
    """`run` is the active run of the SDK, or None: what is logged is then not kept. `workdir` is a folder of its own.

    `start` gives the run when something is logged first: most components log nothing.
    """

    run: Any = None
    seed: int = 0
    start: Callable[[], Any] | None = None
    given_workdir: Path | None = None
    _made: list[Path] = field(default_factory=list, repr=False)

    @property
    def workdir(self) -> Path:
        """An empty folder to write into. It is made when it is first asked for."""
        if self.given_workdir is not None:
            return self.given_workdir
        if not self._made:
            self._made.append(_own_folder())
        return self._made[0]

    def log_metric(self, name: str, value: float, step: int | None = None) -> None:
        """Keeps one number with the run."""
        self.log_metrics({name: value}, step)

    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Keeps numbers with the run."""
        if self._has_run():
            self.run.log_metrics(dict(metrics), step)

    def log_text(self, text: str, path: str) -> None:
        """Keeps a text with the run, as the file `path`."""
        if self._has_run():
            self.run.log_text(text, path)

    def log_figure(self, figure: Any, path: str) -> None:
        """Keeps a figure with the run, as the picture `path`."""
        if self._has_run():
            self.run.log_figure(figure, path)

    def _has_run(self) -> bool:
        if self.run is None and self.start is not None:
            self.run, self.start = self.start(), None
        return self.run is not None

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

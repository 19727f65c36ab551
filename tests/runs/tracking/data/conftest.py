"""Runs whose jobs really run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runs.tracking.models import Run
from runs.tracking.services import submit
from tests.compute.conftest import Bench, bench

__all__ = ["bench"]

Carry = Callable[..., tuple[Run, str]]


@pytest.fixture
def carry(bench: Bench, settings: Any, tmp_path: Path) -> Carry:
    """Submits a job file and answers its run at its end, with its log. The machine's cache begins empty."""
    settings.JOB_CACHE_DIR = tmp_path / "cache"

    def carried(text: str, *, seconds: float = 30) -> tuple[Run, str]:
        run = submit.submit_file(actor=bench.actor, workspace=bench.workspace, file_name="data/job.yml", text=text)
        assert run.job is not None
        bench.step()
        job = bench.wait(run.job, seconds=seconds)
        return Run.objects.select_related("job", "workspace").get(pk=run.pk), bench.log(job)

    return carried

"""A run as it looks after some training: metrics, a log, files, code and a job."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest

from compute.jobs import logs
from runs.tracking.metrics import services as metric_services
from runs.tracking.metrics.columns import Columns
from runs.tracking.models import Run, Snapshot
from runs.tracking.services import artifacts, attached, snapshots
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.storage import folders

Points = Sequence[tuple[int, float]]


@pytest.fixture
def run(ben: User, workspace: Workspace) -> Run:
    """A running run of Ben's, in `vision`."""
    return attached.start_run(
        actor=ben,
        workspace=workspace,
        experiment="vision/digits",
        name="brisk-otter-42",
        params={"lr": 0.1},
        tags={"team": "vision"},
        description="First **baseline**.",
        git={"commit": "9f2c1e7b4d5a6f8091a2b3c4d5e6f708192a3b4c", "branch": "main", "dirty": True},
    )


@pytest.fixture
def other(ben: User, workspace: Workspace) -> Run:
    """A second run to compare with."""
    return attached.start_run(
        actor=ben, workspace=workspace, experiment="vision/other", name="calm-heron-7", params={"lr": 0.01}
    )


@pytest.fixture
def log_metrics(ben: User) -> Callable[..., None]:
    """`log_metrics(run, {"loss": [(1, 0.3)]}, goals={"loss": "min"})`."""
    sent = iter(range(1000))

    def log(run: Run, metrics: Mapping[str, Points], goals: Mapping[str, str] | None = None) -> None:
        rows = [(index, step, value) for index, points in enumerate(metrics.values()) for step, value in points]
        columns = Columns(
            keys=list(metrics),
            key=np.array([row[0] for row in rows]),
            step=np.array([row[1] for row in rows]),
            time_ms=np.array([1_800_000_000_000 + row[1] * 1000 for row in rows]),
            value=np.array([row[2] for row in rows], dtype=float),
        )
        metric_services.ingest(actor=ben, run=run, writer="test", seq=next(sent), columns=columns, goals=goals or {})

    return log


@pytest.fixture
def write_log() -> Callable[[Run, str], None]:
    def write(run: Run, text: str) -> None:
        assert run.job is not None
        run.job.refresh_from_db()
        logs.append(job=run.job, attempt=run.job.attempt, offset=run.job.log_size, data=text.encode())

    return write


@pytest.fixture
def put(ben: User) -> Callable[[Run, str, bytes], None]:
    def store(run: Run, path: str, data: bytes) -> None:
        artifacts.put_artifact(actor=ben, run=run, path=path, stream=io.BytesIO(data))

    return store


@pytest.fixture
def keep_code(ben: User) -> Callable[[Run, Mapping[str, str]], Snapshot]:
    """Gives a run the code snapshot made of these files."""

    def keep(run: Run, files: Mapping[str, str]) -> Snapshot:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for path in sorted(files):
                archive.writestr(zipfile.ZipInfo(path), files[path])
        digest = snapshots.digest_of(folders.read_manifest(io.BytesIO(packed.getvalue())))
        packed.seek(0)
        run.snapshot = snapshots.store_snapshot(actor=ben, workspace=run.workspace, digest=digest, stream=packed)
        run.save(update_fields=["snapshot"])
        return run.snapshot

    return keep

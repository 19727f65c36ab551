"""What runs hold: files, code folders, metrics and logs, as small as they can be."""

import io
import itertools
from pathlib import Path

from compute.jobs import logs
from compute.jobs.models import Job, JobState
from runs.tracking.metrics import services as metrics
from runs.tracking.metrics.columns import from_points
from runs.tracking.models import Artifact, Experiment, Param, Run, RunState, Snapshot, Tag
from studio.access.models import Workspace
from studio.storage import blobs
from studio.storage.models import Blob
from tests.factories.compute import make_job
from tests.factories.runs import make_run

_numbers = itertools.count(1)


def keep_bytes(workspace: Workspace, data: bytes) -> Blob:
    return blobs.store(workspace=workspace, stream=io.BytesIO(data), limit=10_000_000)


def give_file(run: Run, data: bytes, path: str = "") -> Artifact:
    blob = keep_bytes(run.workspace, data)
    name = path or f"file-{next(_numbers)}.bin"
    return Artifact.objects.create(run=run, path=name, blob=blob, size=blob.size, content_type="text/plain")


def give_snapshot(run: Run, data: bytes) -> Snapshot:
    """A code folder; the same data is the same folder."""
    blob = keep_bytes(run.workspace, data)
    snapshot, _ = Snapshot.objects.get_or_create(
        workspace=run.workspace, digest=blob.sha256, defaults={"manifest": [], "size": blob.size, "blob": blob}
    )
    Run.objects.filter(pk=run.pk).update(snapshot=snapshot)
    return snapshot


def make_full_run(workspace: Workspace, *, experiment: Experiment | None = None, points: int = 10) -> Run:
    """A completed run with a job, a log, metrics, parameters, tags, a file and a code folder, 1,000 bytes each."""
    number = next(_numbers)
    run = make_run(workspace, experiment=experiment, state=RunState.RUNNING)
    metrics.append(
        run=run,
        columns=from_points([{"key": "loss", "step": i, "time_ms": i, "value": 1.0 / (i + 1)} for i in range(points)]),
    )
    Param.objects.create(run=run, key="lr", value="0.1")
    Tag.objects.create(run=run, key="team", value="vision")
    give_file(run, b"f%06d" % number + b"x" * 993)
    give_snapshot(run, b"s%06d" % number + b"y" * 993)
    job = make_job(workspace, state=JobState.RUNNING, attempt=1)
    Run.objects.filter(pk=run.pk).update(job=job)
    logs.append(job=job, attempt=1, offset=0, data=b"a line\n" * 20)
    Job.objects.filter(pk=job.pk).update(state=JobState.COMPLETED)
    Run.objects.filter(pk=run.pk).update(state=RunState.COMPLETED)
    return Run.objects.select_related("workspace", "experiment").get(pk=run.pk)


def bytes_below(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

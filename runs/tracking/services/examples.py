"""Example runs of a first workspace: real scripts that wait to be started by one click."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import transaction

from registry.environments import definitions
from runs.tracking.jobfile import parse
from runs.tracking.models import Run
from runs.tracking.services import lifecycle, snapshots, submit
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.storage import blobs, folders

SOURCE = "example"
NAMES = ("digits", "diabetes", "no-sdk")
JOB_FILE = "job.yml"
KINDS = frozenset({".py", ".yml", ".txt", ".md"})
TIME = (1980, 1, 1, 0, 0, 0)


def seed_examples(*, actor: User, workspace: Workspace) -> list[Run]:
    """One run in state `created` for each example; those made before are returned, not made again."""
    present = {run.name: run for run in Run.objects.filter(workspace=workspace, source=SOURCE, cloned_from=None)}
    found = []
    for name in NAMES:
        folder = settings.BASE_DIR / "examples" / name
        if folder.is_dir():
            job = parse.parse_text((folder / JOB_FILE).read_text(encoding="utf-8"), JOB_FILE)
            found.append(present.get(job.shown_name) or _seed(actor, workspace, folder))
    return found


def start_example(*, actor: User, run: Run) -> Run:
    """Start an example: the run itself the first time, a clone of it every time after."""
    if run.state == "created":
        return lifecycle.queue_run(actor=actor, run=run)
    return lifecycle.clone_run(actor=actor, run=run)


def _seed(actor: User, workspace: Workspace, folder: Path) -> Run:
    text = (folder / JOB_FILE).read_text(encoding="utf-8")
    job = parse.parse_text(text, JOB_FILE)
    files = {name: (folder / name).read_text(encoding="utf-8") for name in definitions.needs(job.environment)}
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for path in _files(folder):
            target.writestr(zipfile.ZipInfo(path.relative_to(folder).as_posix(), TIME), path.read_bytes())
    archive.seek(0)
    digest = snapshots.digest_of(folders.read_manifest(archive))
    archive.seek(0)
    snapshots.store_snapshot(actor=actor, workspace=workspace, digest=digest, stream=archive)
    with transaction.atomic():
        return submit.submit_run(
            actor=actor, workspace=workspace, job=job, files=files, snapshot=digest, source=SOURCE, queue=False
        )


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in KINDS and "outputs" not in path.parts:
            blobs.safe_relpath(path.relative_to(folder).as_posix())
            yield path

"""A real-time inference pipeline as a version of a model: its files are what a deployment loads.

Its stored values are fetched beside each other and packed by a process of their own, since tables of anybody's are read there.
"""

import json
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from registry.data import uris
from registry.data.assets import placing
from registry.data.assets import queries as assets
from registry.data.datastores import opening
from registry.data.datastores.kinds.base import FileStore
from registry.mlmodels import names, uploads
from registry.mlmodels.models import ModelVersion
from registry.mlmodels.services import versions
from runs.pipelines.document import checking
from runs.pipelines.models import Pipeline
from runs.tracking.jobfile.inputs_outputs import LITERAL_TYPES
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Invalid, NotFound, TooLarge, Unavailable
from studio.storage import folders
from studio.storage.names import safe_relpath

SECONDS = 120
WAIT_SECONDS = 0.2
# Packing holds a web thread and a process of its own: one at a time, so that pages are answered meanwhile.
PACKING = threading.Lock()


def register_model(*, actor: User, pipeline: Pipeline, name: str, description: str = "") -> ModelVersion:
    """The next version of the model of this name, made of the pipeline's draft: it answers as the pipeline would.

    Raises Invalid for a pipeline that answers no requests or can't run, as when stored values are gone, TooLarge, and Unavailable while another one is packed.
    """
    if pipeline.purpose != Pipeline.Purpose.REALTIME:
        message = f"{pipeline.name} is no real-time inference pipeline, so no endpoint can carry it out."
        raise Invalid("not_turnable", message, hint="Make one of a completed run of the pipeline.")
    workspace = pipeline.workspace
    names.model_name(name)
    _check(workspace, pipeline)
    with _alone(), _packed(workspace, pipeline.document) as folder, _zipped(folder) as stream:
        blob = folders.store(workspace=workspace, stream=stream)
    source = uploads.source_of(blob.sha256)
    said = description or f"Made of the pipeline {pipeline.name}."
    new = versions.NewVersion(source=source, description=said, found=uploads.resolve(workspace, source))
    return versions.register_version(actor=actor, workspace=workspace, name=name, new=new)


def _check(workspace: Workspace, pipeline: Pipeline) -> None:
    """Raises Invalid with the first thing that is wrong with a draft that somebody changed."""
    for problem in checking.check(workspace, pipeline.document):
        where = f"{problem.node}: " if problem.node and problem.node not in problem.sentence else ""
        said = f"{pipeline.name} can't be made a model: {where}{problem.sentence}"
        raise Invalid("not_turnable", said, hint="Mend it on the canvas, or make an inference pipeline anew of a run.")


@contextmanager
def _alone() -> Iterator[None]:
    """Raises Unavailable while another pipeline is packed."""
    if not PACKING.acquire(timeout=WAIT_SECONDS):
        message = "A model is being made of another pipeline just now."
        raise Unavailable("packing_busy", message, hint="Try again in a moment.", retry_after=10)
    try:
        yield
    finally:
        PACKING.release()


@contextmanager
def _packed(workspace: Workspace, document: Mapping[str, Any]) -> Iterator[Path]:
    """The folder that a deployment loads."""
    with tempfile.TemporaryDirectory(prefix="atelier-inference-") as place:
        top = Path(place)
        (top / "places.json").write_text(json.dumps(_fetched(workspace, document, top / "inputs")))
        (top / "document.json").write_text(json.dumps(document))
        _pack(top)
        yield top / "model"


def _fetched(workspace: Workspace, document: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """Where each data input of the pipeline now lies on this machine, by its name."""
    left = settings.SNAPSHOT_LIMIT_BYTES
    places = {}
    for number, (name, spec) in enumerate((document.get("inputs") or {}).items()):
        if spec.get("type") not in LITERAL_TYPES:
            places[name] = str(folder / str(number))
            left -= _fetch(*_located(workspace, name, str(spec.get("path") or "")), folder / str(number), left)
    return places


def _located(workspace: Workspace, name: str, path: str) -> tuple[FileStore, str]:
    """The store and the path that an input means."""
    named = uris.parse(path) if path else None
    if isinstance(named, uris.DatastorePath):
        return opening.file_store(placing.datastore_named(workspace, named.datastore)), named.path
    if isinstance(named, uris.AssetRef):
        version = assets.require_ready(assets.resolve(workspace, path))
        if version.datastore is not None:
            return opening.file_store(version.datastore), version.path
    message = f"The input {name[:80]!r} lies outside of the workspace's datastores, so it can't be packed."
    raise Invalid("not_turnable", message, hint="Register it as data first.")


def _fetch(store: FileStore, path: str, target: Path, left: int) -> int:
    """Copies a file, or all below a folder; gives the bytes. Raises NotFound, TooLarge."""
    entry = store.stat(path) if path else None
    entries = [entry] if entry is not None and not entry.is_dir else list(store.walk(path))
    size = sum(each.size for each in entries)
    if not entries:
        raise NotFound("not_found", f"There are no files at {path[:200]} any more.", hint="Run the training again.")
    if size > left:
        megabytes = settings.SNAPSHOT_LIMIT_BYTES // 2**20
        raise TooLarge("folder_too_large", f"What the pipeline learned is larger than {megabytes} MB.")
    for each in entries:
        below = each.path.removeprefix(path).lstrip("/") or each.path.rpartition("/")[2]
        place = target / safe_relpath(below)
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("wb") as out:
            out.writelines(store.read(each.path))
    return size


def _pack(top: Path) -> None:
    """Raises Invalid with the sentence of the process that packs."""
    command = [sys.executable, "-m", "atelier.components.inference", "document.json", "places.json", "model"]
    variables = {"PYTHONPATH": str(settings.SDK_DIR), "HOME": str(top), "OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            command, cwd=top, env=variables, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(
            "packing_too_slow", "Packing the pipeline took too long.", hint="Try again in a moment."
        ) from None
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise Invalid("not_turnable", (lines[-1] if lines else "The pipeline could not be packed.")[:1000])


@contextmanager
def _zipped(folder: Path) -> Iterator[IO[bytes]]:
    """The folder as a zip that can be read."""
    with tempfile.TemporaryFile() as stream:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(path for path in folder.rglob("*") if path.is_file()):
                archive.write(file, file.relative_to(folder).as_posix())
        stream.seek(0)
        yield stream

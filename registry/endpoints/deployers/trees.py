"""The folder tree of a revision on this machine: the code, and each model below `azureml-models`, as in an image."""

import shutil
import time
from pathlib import Path

from django.conf import settings

from registry.endpoints.models import DeploymentRevision
from registry.mlmodels import queries as models
from registry.mlmodels.models import ModelVersion
from studio.storage import blobs, folders

MODELS = "azureml-models"
SECONDS = 8.0  # for one step: a large model takes several


def tree_of(revision: DeploymentRevision) -> Path:
    return Path(settings.DEPLOYMENTS_DIR) / str(revision.pk)


def root_of(revision: DeploymentRevision) -> Path:
    """What is `/var/azureml-app` in an image."""
    return tree_of(revision) / "app"


def model_dir(revision: DeploymentRevision) -> Path | None:
    """Where the revision's model lies."""
    version = revision.model_version
    return None if version is None else _folder_of(root_of(revision), version)


def make(revision: DeploymentRevision) -> bool:
    """Take a step towards the whole tree; answers whether it is there. A step that was broken off is taken up again."""
    tree, root = tree_of(revision), root_of(revision)
    done = tree / "whole"
    if done.exists():
        return True
    tree.mkdir(parents=True, exist_ok=True, mode=0o700)
    root.mkdir(exist_ok=True)
    if revision.code is not None:
        folders.unpack(revision.code, root)
    if revision.model_version is not None and not _copy(revision.model_version, root):
        return False
    done.touch()
    return True


def remove(revision: DeploymentRevision) -> None:
    shutil.rmtree(tree_of(revision), ignore_errors=True)


def _copy(version: ModelVersion, root: Path) -> bool:
    """Bring the model's files; False when there was no time for all of them."""
    top, end = _folder_of(root, version), time.monotonic() + SECONDS
    for file in models.files_of(version):
        target = top / file.path
        if target.exists() and target.stat().st_size == file.size:
            continue
        if time.monotonic() > end:
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f"{target.name}.{time.monotonic_ns()}")
        with fresh.open("wb") as stream:
            for piece in blobs.read_range(file.blob):
                stream.write(piece)
        fresh.replace(target)
    return True


def _folder_of(root: Path, version: ModelVersion) -> Path:
    return root / MODELS / version.model.name / str(version.number)

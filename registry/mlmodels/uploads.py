"""Versions made of a folder that was sent: `import:folder/<sha256>/<top>` stands for its files, below `top`."""

import tempfile
from pathlib import Path
from urllib.parse import quote, unquote

from django.conf import settings

from registry.mlmodels import mlmodel
from registry.mlmodels.sources import Found, SourceFile
from studio.access.models import Workspace
from studio.errors import Invalid
from studio.storage import blobs, folders
from studio.storage.media_types import type_of
from studio.storage.names import safe_relpath

PREFIX = "import:folder/"


def source_of(sha256: str, top: str = "") -> str:
    """The address of a folder's files; `top` is the folder they are put below in the version."""
    return f"{PREFIX}{sha256}" + (f"/{quote(top, safe='')}" if top else "")


def resolve(workspace: Workspace, source: str) -> Found:
    """The files of a sent folder as a version takes them over, each a blob of its own; what no version takes up is cleaned
    away. Raises NotFound when the folder was not sent, Invalid when it is empty or `top` is no name."""
    sha256, _, top = source.removeprefix(PREFIX).partition("/")
    folder = folders.find(workspace=workspace, sha256=sha256)
    paths = [entry.path for entry in folders.listing(folder)]
    if not paths:
        raise Invalid(
            "bad_model_source", "The folder of the model has no files.", hint="Send the folder with the model."
        )
    # A model in MLflow's format lies at the top of its version; others below their folder's name, as Azure has it.
    below = safe_relpath(unquote(top)) + "/" if top and mlmodel.PATH not in paths else ""
    files = []
    with tempfile.TemporaryDirectory() as place:
        folders.unpack(folder, Path(place))
        for path in paths:
            with (Path(place) / path).open("rb") as stream:
                blob = blobs.store(workspace=workspace, stream=stream, limit=settings.ARTIFACT_LIMIT_BYTES)
            files.append(SourceFile(below + path, blob.pk, blob.size, type_of(path)))
    return Found(files=tuple(files), location=source)

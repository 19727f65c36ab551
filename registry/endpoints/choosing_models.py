"""The model of a deployment: a registered version by its name, or a folder that is registered with the deployment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry.endpoints.names import bad
from registry.mlmodels import queries as models
from registry.mlmodels import uploads
from registry.mlmodels.models import ModelVersion, ModelVersionFile, RegisteredModel
from registry.mlmodels.services import versions
from studio.access.models import Workspace
from studio.errors import Conflict, NotFound
from studio.storage import folders
from studio.storage.models import Blob

MANUAL = "MLmodel"
_REGISTRY = re.compile(r"azureml://registries/[^/]+/models/(?P<name>[^/]+)/(?:versions|labels)/(?P<ref>[^/]+)")
_FORMS = (
    re.compile(r"models:/(?P<name>[^/@]+)[/@](?P<ref>[^/]+)"),
    _REGISTRY,
    re.compile(r"(?:azureml:)?(?P<name>[^:@]+)@(?P<ref>[^:@]+)"),
    re.compile(r"(?:azureml:)?(?P<name>[^:@]+):(?P<ref>[^:@]+)"),
    re.compile(r"(?:azureml:)?(?P<name>[^:@/]+)(?P<ref>)"),
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A folder that becomes the next version of a model of this name. `top`: the folder its files are put below."""

    name: str
    top: str
    folder: Blob
    paths: tuple[str, ...]
    description: str = ""

    @property
    def needs_script(self) -> bool:
        is_onnx = sum(path.endswith(".onnx") for path in self.paths) == 1
        return not is_onnx and not any(path.rpartition("/")[2] == MANUAL for path in self.paths)


@dataclass(frozen=True, slots=True)
class Chosen:
    version: ModelVersion | None = None
    upload: Upload | None = None


def choose(workspace: Workspace, given: Any, *, sent: Mapping[str, str], name: str) -> Chosen:
    """The version a text names, or the folder that came with `{"path": …}`. Raises Invalid, NotFound, Conflict."""
    if isinstance(given, str):
        return Chosen(version=find(workspace, given))
    if not isinstance(given, Mapping) or not isinstance(given.get("path"), str):
        raise bad(
            "model", "model is the name of a registered version, or a mapping with a path.", hint="Such as iris:3"
        )
    path = given["path"]
    if path.startswith(("azureml:", "models:/")):
        return Chosen(version=find(workspace, path))
    digest = sent.get("model", "")
    if not digest:
        raise bad("model", f"The files of {path[:80]!r} did not come along.", hint="Send them as `folders.model`.")
    folder = folders.find(workspace=workspace, sha256=digest)
    top = path.rstrip("/").rpartition("/")[2]
    paths = tuple(entry.path for entry in folders.listing(folder))
    if not paths:
        raise bad("model", f"The folder {path[:80]!r} has no files.")
    called = str(given.get("name") or name)
    return Chosen(
        upload=Upload(called, "" if top in (".", "..") else top, folder, paths, str(given.get("description") or ""))
    )


def find(workspace: Workspace, ref: str) -> ModelVersion:
    """The version that `iris:3`, `azureml:iris@latest` or `models:/iris/3` names, when it can be deployed."""
    text = ref.strip()
    match = next((found for form in _FORMS if (found := form.fullmatch(text))), None)
    if match is None:
        raise bad("model", f"{text[:80]!r} names no model.", hint="Such as iris:3 or azureml:iris@latest.")
    model = RegisteredModel.objects.filter(workspace=workspace, name=match["name"]).first()
    if model is None:
        raise NotFound("not_found", f"There is no model {match['name'][:80]!r} here.")
    version = models.version_at(model, match["ref"] or "latest")
    if version.is_archived:
        raise Conflict("model_archived", f"{version} is archived.", hint="Restore it first, or choose another version.")
    return version


def is_mlflow(version: ModelVersion) -> bool:
    """Whether the version is in MLflow's format: it says itself how it is loaded and asked."""
    rows = ModelVersionFile.objects.filter(version=version, path__endswith=MANUAL)
    return any(path.rpartition("/")[2] == MANUAL for path in rows.values_list("path", flat=True)[:50])


def stage(workspace: Workspace, upload: Upload) -> versions.NewVersion:
    """What the folder becomes as a version. Its files are taken apart here, before the deployment's transaction."""
    source = uploads.source_of(upload.folder.sha256, upload.top)
    return versions.NewVersion(
        source=source, description=upload.description, found=uploads.resolve(workspace, source)
    )  # fmt: skip

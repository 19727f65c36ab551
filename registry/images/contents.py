"""What goes into an image, checked: models with their files, a script, an environment, a base; and the hash over all of it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import atelier

from compute.engines import base_image
from registry.environments.models import Environment, EnvironmentVersion
from registry.images import defaults, names, zips
from registry.images.models import ImageVersion
from registry.images.onnx import rules
from registry.images.onnx import stages as conversion
from registry.mlmodels.models import ModelVersion, ModelVersionFile
from studio.errors import Invalid
from studio.secrets.models import Connection
from studio.storage import folders
from studio.storage.models import Blob
from studio.storage.names import safe_relpath

MAX_MODELS = 20
MAX_FILES = 20_000
MANUAL = "MLmodel"
ONNX_SUFFIX = ".onnx"


@dataclass(frozen=True, slots=True)
class ModelFile:
    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class PackedModel:
    """A model version with its files, by path."""

    version: ModelVersion
    files: tuple[ModelFile, ...]

    @property
    def manifest(self) -> str:
        """SHA-256 over the paths and bytes of its files."""
        lines = "".join(f"{file.sha256} {file.path}\n" for file in self.files)
        return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(file.path for file in self.files)

    @property
    def root(self) -> str:
        """The folder in which MLflow's file lies, with its slash; "" at the top. Meaningful for `is_mlflow`."""
        return min((file.path for file in self.files if _name_of(file.path) == MANUAL), key=len, default="")[
            : -len(MANUAL)
        ]

    @property
    def is_mlflow(self) -> bool:
        return any(_name_of(file.path) == MANUAL for file in self.files)

    @property
    def is_onnx(self) -> bool:
        return not self.is_mlflow and sum(file.path.endswith(ONNX_SUFFIX) for file in self.files) == 1

    @property
    def needs_script(self) -> bool:
        return not (self.is_mlflow or self.is_onnx)


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything a version is made of."""

    models: tuple[PackedModel, ...]
    type: str
    environment: Environment
    environment_version: EnvironmentVersion | None
    code: Blob | None
    scoring_script: str
    base: str
    connection: Connection | None

    @property
    def has_own_server(self) -> bool:
        """Whether the environment answers requests by itself: it names its routes (`inference_config`)."""
        return _serves_itself(self.environment)

    @property
    def is_converted(self) -> bool:
        """Whether the model is served as ONNX; `environment` is then the one it is converted in."""
        return self.type == ImageVersion.Type.ONNX

    @property
    def hash(self) -> str:
        """The same inputs have the same hash, and build nothing."""
        said = {
            "models": [[each.version.model.name, each.version.number, each.manifest] for each in self.models],
            "code": self.code.sha256 if self.code else "",
            "script": self.scoring_script,
            "environment": self.environment.digest,
            "base": self.base,
            "type": self.type,
            "registry": self.connection.target if self.connection else "",
            "runtime": runtime_stamp(),
        }
        if self.is_converted:
            said["converter"] = conversion.stamp()
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, unchecked. Without models there is a script, or an environment that serves by itself."""

    models: Sequence[ModelVersion] = ()
    code: Blob | None = None
    scoring_script: str = ""
    environment: Environment | EnvironmentVersion | None = None
    base: str = ""
    type: str = ImageVersion.Type.DOCKER
    connection: Connection | None = None


def of(asked: Asked) -> Contents:
    """The contents as they were asked for. Raises Invalid with one sentence about what can't be."""
    models = _packed(asked.models)
    _check_code(asked.code, asked.scoring_script)
    version = asked.environment if isinstance(asked.environment, EnvironmentVersion) else None
    content = asked.environment.content if isinstance(asked.environment, EnvironmentVersion) else asked.environment
    type = _type(asked.type)
    if type == ImageVersion.Type.ONNX:
        rules.check(models, has_script=asked.code is not None)
    elif asked.code is None and not _serves_itself(content):
        _check_needs_no_script(models)
    found = Contents(
        models=models,
        type=type,
        environment=content or _default_environment(models, asked),
        environment_version=version,
        code=asked.code,
        scoring_script=asked.scoring_script,
        base=asked.base.strip(),
        connection=_registry(asked.connection),
    )
    _check_base(found)
    return found


def again(version: ImageVersion) -> Contents:
    """The contents of a version that is there, for another try."""
    models = [row.model_version for row in version.image_models.select_related("model_version__model__workspace")]
    assert version.environment is not None
    return Contents(
        models=_packed(models),
        type=version.type,
        environment=version.environment,
        environment_version=version.environment_version,
        code=version.code,
        scoring_script=version.scoring_script,
        base=version.base,
        connection=version.connection,
    )


@cache
def runtime_files() -> tuple[tuple[str, bytes], ...]:
    """The scoring runtime as it is put into images: the files of `atelier.serving` and what they stand on, by path.

    The designer's components belong to it, since its pipelines are served by them; their sample data does not.
    """
    top = Path(atelier.__file__).parent
    folders = [sorted((top / name).rglob("*")) for name in ("serving", "components")]
    paths = [top / "__init__.py", top / "_errors.py", top / "py.typed", *folders[0], *folders[1]]
    kept = [path for path in paths if path.is_file() and path.suffix not in (".pyc", ".parquet")]
    return tuple((f"atelier/{path.relative_to(top).as_posix()}", path.read_bytes()) for path in kept)


@cache
def runtime_stamp() -> str:
    """Which runtime images are made with now."""
    return zips.hash_of(runtime_files())


def _default_environment(models: tuple[PackedModel, ...], asked: Asked) -> Environment:
    """What the first model's files say; a script alone gets the small one that ships."""
    if models and asked.type == ImageVersion.Type.ONNX and _is_onnx_already(models[0]):
        return rules.serving(models[0].version.model.workspace)
    if models:
        return defaults.environment_of(models[0], has_script=bool(asked.scoring_script))
    assert asked.code is not None
    return defaults.environment_of_script(asked.code.workspace)


def _is_onnx_already(model: PackedModel) -> bool:
    return model.is_onnx or rules.ONNX in model.version.flavors


def _packed(models: Sequence[ModelVersion]) -> tuple[PackedModel, ...]:
    if len(models) > MAX_MODELS:
        raise _wrong("models", f"An image takes at most {MAX_MODELS} models.")
    rows = ModelVersionFile.objects.filter(version__in=models).order_by("path").select_related("blob")
    files: dict[int, list[ModelFile]] = {}
    for row in rows[: MAX_FILES + 1]:
        files.setdefault(row.version_id, []).append(ModelFile(row.path, row.blob.sha256, row.size))
    if sum(map(len, files.values())) > MAX_FILES:
        raise _wrong("models", f"The models have more than {MAX_FILES:,} files.")
    for version in models:
        if version.is_archived:
            raise _wrong("models", f"{version} is archived, so nothing is built of it.", "Restore it first.")
        if version.pk not in files:
            raise _wrong(
                "models",
                f"{version} has no files here: they are at {version.source[:200]}.",
                "Register it with its files.",
            )
    return tuple(PackedModel(version, tuple(files[version.pk])) for version in dict.fromkeys(models))


def _type(type: str) -> str:
    if type not in ImageVersion.Type.values:
        message = f"An image is of the type docker or onnx; {type[:40]!r} is none."
        raise Invalid("bad_image_value", message, fields={"type": message})
    return type


def _serves_itself(environment: Environment | None) -> bool:
    return environment is not None and bool(environment.definition.get("inference_config"))


def _check_code(code: Blob | None, scoring_script: str) -> None:
    if code is not None and not scoring_script:
        raise _wrong("scoring_script", "Say which file of the code is the scoring script.", "Such as: score.py")
    if scoring_script and code is None:
        raise _wrong("code", f"The scoring script {scoring_script[:80]!r} comes without its folder of code.")
    if code is not None:
        _check_listed(code, scoring_script)


def _check_needs_no_script(models: tuple[PackedModel, ...]) -> None:
    if not models:
        raise _wrong(
            "model",
            "An image needs a model or a scoring script: there is neither.",
            "Name a model version, or give a folder of code with a file that has init() and run(data).",
        )
    if len(models) > 1:
        raise _wrong("scoring_script", "Several models in one image need a scoring script that says which one answers.")
    if models[0].needs_script:
        raise no_script(models[0].version)


def no_script(version: ModelVersion) -> Invalid:
    """What is said of a model that can't be asked without a script."""
    return _wrong(
        "scoring_script",
        f"{version} is no MLflow or ONNX model, so a scoring script must say how it is asked.",
        "Give a folder of code with a file that has init() and run(data).",
    )


def _check_base(made_of: Contents) -> None:
    if made_of.is_converted:
        rules.converting(made_of.environment)
    if not made_of.base:
        return
    base_image.check_allowed(made_of.base)
    if made_of.environment.kind == Environment.Kind.DOCKERFILE:
        raise _wrong("base", "The environment's Dockerfile names its own base image, so no other can be given.")


def _check_listed(code: Blob, scoring_script: str) -> None:
    path = safe_relpath(scoring_script)
    if not path.endswith(".py"):
        raise _wrong("scoring_script", f"The scoring script {path[:80]!r} is no Python file.")
    if path not in {entry.path for entry in folders.listing(code)}:
        raise _wrong("scoring_script", f"There is no file {path[:80]!r} in the folder of code.")


def _registry(connection: Connection | None) -> Connection | None:
    if connection is None:
        return None
    if connection.type != "container_registry":
        raise _wrong("connection", f"The connection {connection.name} is no container registry.")
    names.registry_of(connection.target)
    return connection


def _name_of(path: str) -> str:
    return path.rpartition("/")[2]


def _wrong(field: str, message: str, hint: str = "") -> Invalid:
    return Invalid("bad_image", message, hint=hint, fields={field: message})

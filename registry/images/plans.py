"""What the build program shall make: the environment, the runtime upon it, then the image with code and models."""

from typing import Any

from atelier.serving.requirements import REQUIREMENTS
from django.conf import settings

from compute.building.plans import Plan, PlanFile, Push, Stage
from registry.environments import stages
from registry.images import archives, names
from registry.images.contents import Contents, PackedModel
from registry.images.models import ImageVersion
from registry.images.onnx import rules
from registry.images.onnx import stages as conversion
from studio.storage.models import Blob

APP_ROOT = "/var/azureml-app"
MODELS = f"{APP_ROOT}/azureml-models"
ENVIRONMENT = "/opt/atelier/env"
RUNTIME = "/opt/atelier/runtime"
USER = "10001"
PORT = 5001
COMMAND = ("python", "-m", "atelier.serving")


def plan_of(version: ImageVersion, made_of: Contents, *, host: str) -> Plan:
    """The plan of a version's build; an empty `host`: the image stays in the engine's own store."""
    workspace = version.image.workspace
    served_in = rules.serving(workspace) if made_of.is_converted else made_of.environment
    environment = stages.stage_of(served_in, base=made_of.base)
    below = [environment]
    if made_of.is_converted:
        below = [*conversion.of(workspace, made_of.environment, _model_files(made_of.models[0], "/model")), environment]
    if not made_of.has_own_server:
        below.append(_runtime(environment, archives.runtime(workspace)))
    reference = reference_of(version, host=host)
    image = _image(version, made_of, below[-1], reference)
    return Plan(stages=(*below, image), push=Push(reference=reference) if host else None)


def reference_of(version: ImageVersion, *, host: str) -> str:
    """How engines call the version: `host/workspace/image:3-0a1b2c3d4e5f`.

    Without a registry the host is one that no engine pulls from, so that nobody else's image is ever taken for it.
    """
    repository = names.repository_of(version.image.workspace.slug, version.image.name)
    return f"{host or 'localhost'}/{repository}:{names.tag_of(version.number, version.content_hash)}"


def model_folder(model: PackedModel) -> str:
    """Where a model lies in the image, as Azure has it."""
    return f"{MODELS}/{model.version.model.name}/{model.version.number}"


def variables(made_of: Contents) -> dict[str, str]:
    """What the runtime and the script find in their environment."""
    said = {"AML_APP_ROOT": APP_ROOT}
    if made_of.models:
        said["AZUREML_MODEL_DIR"] = model_folder(made_of.models[0]) if len(made_of.models) == 1 else MODELS
    if made_of.has_own_server:
        return said
    said |= {
        "ATELIER_SERVING_PORT": str(PORT),
        "ATELIER_SERVING_HOST": "0.0.0.0",  # inside a container: who reaches it is the engine's to say
        "PYTHONPATH": f"{ENVIRONMENT}:{RUNTIME}",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": "/tmp",  # the only place that can be written in a container of ours
    }
    return said | ({"AZUREML_ENTRY_SCRIPT": made_of.scoring_script} if made_of.scoring_script else {})


def _runtime(environment: Stage, archive: Blob) -> Stage:
    return Stage(
        name="runtime",
        base=f"stage:{environment.name}",
        tag="atelier-runtime",
        python=environment.python,
        packages=REQUIREMENTS,
        packages_at=RUNTIME,
        files=(PlanFile(path=RUNTIME, sha256=archive.sha256, unpack=True),),
    )


def _image(version: ImageVersion, made_of: Contents, below: Stage, reference: str) -> Stage:
    return Stage(
        name="image",
        base=f"stage:{below.name}",
        tag=reference,
        python=below.python,
        files=_files(made_of),
        environment=variables(made_of),
        labels=_labels(version, made_of),
        **_serving(made_of),
    )


def _serving(made_of: Contents) -> dict[str, Any]:
    """How the runtime is started; an environment that brings a server of its own is started as it says itself."""
    if made_of.has_own_server:
        return {}
    return {"workdir": APP_ROOT, "user": USER, "command": COMMAND, "ports": (PORT,)}


def _files(made_of: Contents) -> tuple[PlanFile, ...]:
    if made_of.is_converted:
        return (PlanFile(path=model_folder(made_of.models[0]), made_by=conversion.CONVERSION),)
    found = [file for model in made_of.models for file in _model_files(model, model_folder(model))]
    if made_of.code is not None:
        found.append(PlanFile(path=APP_ROOT, sha256=made_of.code.sha256, unpack=True))
    return tuple(found)


def _model_files(model: PackedModel, folder: str) -> tuple[PlanFile, ...]:
    return tuple(PlanFile(path=f"{folder}/{file.path}", sha256=file.sha256) for file in model.files)


def _labels(version: ImageVersion, made_of: Contents) -> dict[str, str]:
    models = ",".join(f"{each.version.model.name}:{each.version.number}" for each in made_of.models)
    return {
        "org.opencontainers.image.title": version.image.name,
        "org.opencontainers.image.version": str(version.number),
        "org.opencontainers.image.revision": version.content_hash,
        "org.opencontainers.image.url": f"{settings.BASE_URL}{version.get_absolute_url()}",
        "org.opencontainers.image.vendor": "Atelier",
        "org.opencontainers.image.description": f"Serves {models or made_of.scoring_script or version.image.name}",
        "io.atelier.workspace": version.image.workspace.slug,
        "io.atelier.image": f"{version.image.name}:{version.number}",
        "io.atelier.models": models,
    }

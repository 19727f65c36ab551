"""Images, as the use cases and a build leave them, without any engine."""

import io
from typing import Any

from compute.building import handlers as builds
from compute.building.results import Layer, MadeStage, Package, Result
from compute.jobs import state as jobs
from compute.jobs.models import Job, JobState
from registry.environments import definitions
from registry.environments import services as environments
from registry.environments.models import Environment
from registry.images import services
from registry.images.models import ImageVersion
from registry.mlmodels.models import ModelVersion
from registry.mlmodels.services import versions
from studio.access.models import Workspace
from studio.accounts.models import User

MLMODEL = b"flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n  sklearn:\n    code: null\n"
MLFLOW = {"MLmodel": MLMODEL, "requirements.txt": b"scikit-learn==1.9.1\n", "model.pkl": b"\x80\x04."}
DIGEST = "sha256:" + "d" * 64


def make_model(workspace: Workspace, name: str = "digits", files: dict[str, bytes] | None = None) -> ModelVersion:
    """A version with files of its own: a model in MLflow's format unless others are given."""
    version = versions.register_version(
        actor=None, workspace=workspace, name=name, new=versions.NewVersion(source="s3://elsewhere/model")
    )
    for path, data in (MLFLOW if files is None else files).items():
        versions.put_file(version=version, path=path, stream=io.BytesIO(data), limit=10_000_000)
    version.refresh_from_db()
    version.model.workspace = workspace
    return version


def make_environment(workspace: Workspace, *packages: str) -> Environment:
    definition = definitions.parse({"requirements": list(packages or ("numpy",))}, {})
    return environments.resolve(workspace=workspace, definition=definition)


def make_image(workspace: Workspace, *, actor: User | None = None, **asked: Any) -> ImageVersion:
    """A version that waits for its build."""
    if "models" not in asked:
        asked["models"] = [make_model(workspace)]
    return services.build(actor=actor, workspace=workspace, **asked)


def begin(version: ImageVersion) -> Job:
    """Let the builder take a version's job."""
    job = Job.objects.get(pk=version.job_id)
    jobs.move(job, to=JobState.PREPARING, is_new_attempt=True)
    jobs.move(job, to=JobState.RUNNING)
    version.refresh_from_db()
    return job


def finish(version: ImageVersion, **facts: Any) -> ImageVersion:
    """Let a build that has begun, or waits, answer well."""
    job = Job.objects.get(pk=version.job_id)
    if job.state == JobState.QUEUED:
        job = begin(version)
    builds.of(job.kind).answered(job, result(version, **facts))
    jobs.move(job, to=JobState.COMPLETED)
    version.refresh_from_db()
    return version


def result(version: ImageVersion, **facts: Any) -> Result:
    """What the program answers for a version."""
    said: dict[str, Any] = {
        "reference": f"localhost/{version.image}:{version.number}",
        "digest": DIGEST,
        "image_id": "sha256:" + "1" * 64,
        "size": 250_000_000,
        "layers": (
            Layer(digest="sha256:" + "a" * 64, size=200_000_000, command="ADD rootfs.tar /"),
            Layer(digest="sha256:" + "b" * 64, size=50_000_000, command="COPY env /opt/atelier/env"),
        ),
        "packages": (
            Package(name="numpy", version="2.3.0", licence="BSD-3-Clause"),
            Package(name="scikit-learn", version="1.9.1", licence="BSD-3-Clause"),
        ),
        "stages": (
            MadeStage(name="environment", tag="atelier-env:1", reused=True, seconds=0, size=1),
            MadeStage(name="image", tag="localhost/x:1", reused=False, seconds=4.2, size=1),
        ),
        "sbom": {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": []},
        "facts": {"architecture": "amd64", "python": "3.11"},
    }
    return Result(**(said | facts))


def ready_image(workspace: Workspace, **asked: Any) -> ImageVersion:
    """A version that is built."""
    return finish(make_image(workspace, **asked))

"""Deployments of batch endpoints: everything is checked, then written at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from compute.backends.registry import BACKENDS
from compute.targets import queries as targets
from compute.targets.models import ComputeTarget
from registry.batch import names, options
from registry.batch.models import BatchDeployment, BatchEndpoint, BatchJob
from registry.batch.services import telling
from registry.batch.services.endpoints import refuse_working
from registry.environments import definitions
from registry.environments import services as environments
from registry.environments.models import Environment
from registry.images import asking, contents
from registry.mlmodels.models import ModelVersion
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Conflict, Invalid
from studio.lineage import services as lineage
from studio.lineage.things import Thing
from studio.storage import folders
from studio.storage.models import Blob
from studio.storage.names import safe_relpath

DEFAULT_TARGET = "local"
SERVERLESS = "serverless"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBatchDeployment:
    """Azure's fields, as they were written. `model` names a registered version (`iris:3`, `azureml:iris@latest`), `code` is
    the digest of a folder, `files` holds the texts that `environment` names, `settings` Azure's settings, flat."""

    model: Any = None
    code: str = ""
    scoring_script: str = ""
    environment: Any = None
    files: Mapping[str, str] = field(default_factory=dict)
    compute: Any = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""
    tags: Mapping[str, Any] = field(default_factory=dict)
    set_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """All of it, as the row takes it."""

    model_version: ModelVersion
    environment: Environment
    code: Blob | None
    scoring_script: str
    target: ComputeTarget
    options: dict[str, Any]
    description: str
    tags: dict[str, str]


def deploy(*, actor: User | None, endpoint: BatchEndpoint, name: str, new: NewBatchDeployment) -> BatchDeployment:
    """The deployment of this name, made or replaced. Raises Conflict while a job scores with the one that is there.

    The first deployment of an endpoint scores by default, and one with `set_default`. Raises Invalid, NotFound, Conflict
    with one sentence before anything is written.
    """
    checked = check_deployment(endpoint=endpoint, name=name, new=new)
    columns = {column: getattr(checked, column) for column in Checked.__slots__}
    try:
        with transaction.atomic():
            present = BatchJob.objects.filter(deployment__endpoint=endpoint, deployment__name=name)
            refuse_working(present, f"The deployment {name}", "changed")
            deployment, is_new = BatchDeployment.objects.update_or_create(
                endpoint=endpoint,
                name=name,
                defaults={**columns, "updated_at": timezone.now()},
                create_defaults={**columns, "created_by": actor},
            )
            deployment.endpoint = endpoint
            if new.set_default or not endpoint.default_deployment:
                _set_default(endpoint, name)
            _link(deployment)
            telling.note_deployment(actor=actor, deployment=deployment, verb="created" if is_new else "updated")
    except IntegrityError:
        raise Conflict(
            "deployment_busy", f"Somebody else deploys {name} at this moment.", hint="Look at it, then try again."
        ) from None
    return deployment


def check_deployment(*, endpoint: BatchEndpoint, name: str, new: NewBatchDeployment) -> Checked:
    """What `deploy` would write, with nothing written."""
    names.deployment_name(name)
    workspace = endpoint.workspace
    chosen = options.read(new.settings)
    target = target_of(workspace, new.compute)
    version = _model(workspace, new.model)
    code = folders.find(workspace=workspace, sha256=new.code) if new.code else None
    script = safe_relpath(new.scoring_script) if new.scoring_script else ""
    return Checked(
        model_version=version,
        environment=_environment(workspace, new, target, version, code, script),
        code=code,
        scoring_script=script,
        target=target,
        options=chosen.to_json(),
        description=names.description(new.description),
        tags=names.tags(new.tags),
    )


def delete_deployment(*, actor: User | None, deployment: BatchDeployment) -> None:
    """The deployment; what it scored stays. Raises Conflict while one of its jobs runs."""
    endpoint = deployment.endpoint
    with transaction.atomic():
        refuse_working(BatchJob.objects.filter(deployment=deployment), f"The deployment {deployment}")
        telling.note_deployment(actor=actor, deployment=deployment, verb="deleted")
        lineage.forget(workspace=endpoint.workspace, thing=Thing("batch_deployment", str(deployment.pk)))
        BatchDeployment.objects.filter(pk=deployment.pk).delete()
        if endpoint.default_deployment == deployment.name:
            _set_default(endpoint, "")


def target_of(workspace: Workspace, given: Any) -> ComputeTarget:
    """The target of `compute`: `local`, `azureml:local`; nothing and `serverless` mean the default one. Raises Invalid."""
    known = {target.name: target for target in targets.targets_in(workspace)}
    if not isinstance(given, str):
        raise names.bad("compute", "compute is the name of a compute target.")
    wanted = given.strip().removeprefix("azureml:")
    if not known:
        raise Invalid("no_compute", "There is no compute target yet.", hint="An owner can add one on the compute page.")
    if wanted in known:
        return known[wanted]
    if not wanted or wanted.casefold() == SERVERLESS:
        return known.get(DEFAULT_TARGET) or next(iter(known.values()))
    sentence = f"There is no compute target {wanted[:60]!r}; there is {', '.join(known)}."
    raise Invalid(
        "unknown_compute", sentence, hint="Name one of these under compute, or leave it out.", fields={"compute": sentence}
    )  # fmt: skip


def runs_images(target: ComputeTarget) -> bool:
    """Whether jobs of this target run in containers."""
    plugin = BACKENDS.find(target.kind)
    return plugin.is_available and bool(getattr(plugin.implementation, "runs_images", False))


def is_mlflow(version: ModelVersion) -> bool:
    """Whether the version is in MLflow's format: it scores tables without a script."""
    return contents.of(contents.Asked(models=[version])).models[0].is_mlflow


def _model(workspace: Workspace, given: Any) -> ModelVersion:
    ref = given.get("path") if isinstance(given, Mapping) else given
    if not isinstance(ref, str) or not ref.strip() or ref.startswith((".", "/", "file:")):
        raise names.bad(
            "model", "model is the name of a registered version.", hint="Such as iris:3 or azureml:iris@latest."
        )
    version = asking.model_of(workspace, ref)
    if version.is_archived:
        raise Conflict("model_archived", f"{version} is archived.", hint="Restore it first, or choose another version.")
    return version


def _environment(
    workspace: Workspace,
    new: NewBatchDeployment,
    target: ComputeTarget,
    version: ModelVersion,
    code: Blob | None,
    script: str,
) -> Environment:
    """The named one, else what the model's files say; a script alone gets the interpreter of the target's machine."""
    on_docker, found = runs_images(target), None
    if new.environment not in (None, "", {}):
        found = environments.find(
            workspace=workspace, value=new.environment, files=new.files, on_docker=on_docker
        ).content
    elif code is not None and not on_docker and not _has_manual(version):
        found = environments.resolve(workspace=workspace, definition=definitions.parse(None, {}))
    packed = contents.of(contents.Asked(models=[version], code=code, scoring_script=script, environment=found))
    if code is None and not packed.models[0].is_mlflow:
        raise contents.no_script(version)
    if not on_docker:
        environments.require_no_docker(content=packed.environment, target=f"the compute target {target.name}")
    return packed.environment


def _has_manual(version: ModelVersion) -> bool:
    paths = version.files.filter(path__endswith=contents.MANUAL).values_list("path", flat=True)[:50]
    return any(path.rpartition("/")[2] == contents.MANUAL for path in paths)


def _set_default(endpoint: BatchEndpoint, name: str) -> None:
    BatchEndpoint.objects.filter(pk=endpoint.pk).update(default_deployment=name, updated_at=timezone.now())
    endpoint.default_deployment = name


def _link(deployment: BatchDeployment) -> None:
    """model version → deployment."""
    this = Thing("batch_deployment", str(deployment.pk))
    workspace = deployment.endpoint.workspace
    lineage.forget(workspace=workspace, thing=this)
    source = Thing("model_version", str(deployment.model_version_id))
    lineage.link(workspace=workspace, source=source, target=this, verb="deployed")

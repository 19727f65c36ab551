"""What is asked for when something is deployed, and the same after everything in it was checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from compute.engines import presence
from registry.endpoints import choosing_models, collecting, names, scaling, specs
from registry.endpoints.deployers.registry import DEPLOYERS
from registry.endpoints.models import Deployment, Endpoint
from registry.environments import definitions
from registry.environments import services as environments
from registry.environments.models import Environment
from registry.images import contents
from registry.images import defaults as image_defaults
from registry.images import queries as images
from registry.images.models import ImageVersion
from registry.mlmodels.models import ModelVersion
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Invalid, StudioError
from studio.storage import folders
from studio.storage.models import Blob
from studio.storage.names import safe_relpath

LOCAL, DOCKER = "local", "docker"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDeployment:
    """Azure's fields, as they were written. `None` of what a deployment keeps beyond its revisions leaves it as it is.

    `model` names a registered version (`iris:3`, `azureml:iris@latest`), or is `{"path", "name"}` of a folder whose digest
    is in `folders`; `code` is the digest of a folder; `files` holds the texts that `environment` names.
    """

    model: Any = None
    image: str = ""
    environment: Any = None
    files: Mapping[str, str] = field(default_factory=dict)
    folders: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    scoring_script: str = ""
    deployer: str = ""
    instance_type: Any = ""
    instance_count: Any = None
    scale_settings: Any = None
    request_settings: Any = None
    liveness_probe: Any = None
    readiness_probe: Any = None
    environment_variables: Any = None
    resources: Any = None
    data_collector: Any = None
    description: str | None = None
    tags: Mapping[str, Any] | None = None
    properties: Mapping[str, Any] | None = None
    all_traffic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """All of it, as the rows take it. `upload` is a folder that becomes a model version when the rows are written."""

    deployer: str
    model: ModelVersion | None
    upload: choosing_models.Upload | None
    image: ImageVersion | None
    environment: Environment | None
    code: Blob | None
    scoring_script: str
    spec: dict[str, Any]
    instance_count: int | None
    scale: dict[str, Any]
    collector: dict[str, Any]
    described: dict[str, Any]


def check(
    *, actor: User | None, endpoint: Endpoint, name: str, new: NewDeployment, present: Deployment | None
) -> Checked:
    """Everything checked before anything is written. Raises Invalid, NotFound, Conflict with one sentence."""
    workspace = endpoint.workspace
    kind = specs.instance_type(new.instance_type)
    variables = specs.environment_variables(new.environment_variables)
    spec = specs.Spec(
        environment_variables=variables,
        request_settings=specs.request_settings(new.request_settings, at_once=specs.batch_rows(variables)),
        liveness_probe=specs.probe(new.liveness_probe, "liveness_probe", specs.LIVENESS),
        readiness_probe=specs.probe(new.readiness_probe, "readiness_probe", specs.READINESS),
        resources=specs.resources(new.resources, kind),
        instance_type=kind,
    )
    rule = scaling.rule(new.scale_settings, concurrent=spec.request_settings.max_concurrent_requests_per_instance)
    found = _chosen(workspace, f"{endpoint.name}-{name}", new)
    deployer = _deployer(new, present)
    checked = Checked(
        deployer=deployer,
        upload=found.upload,
        model=found.version,
        image=_image(workspace, new),
        environment=_environment(workspace, new, deployer),
        code=folders.find(workspace=workspace, sha256=new.code) if new.code else None,
        scoring_script=safe_relpath(new.scoring_script) if new.scoring_script else "",
        spec={**spec.to_json(), "all_traffic": new.all_traffic},
        instance_count=_count(new.instance_count, rule),
        scale=rule.to_json(),
        collector=collecting.collector(new.data_collector),
        described=_described(new),
    )
    return _fitting(workspace, checked)


def _fitting(workspace: Workspace, checked: Checked) -> Checked:
    """The parts held against each other."""
    if checked.image is not None:
        return _of_image(checked)
    if checked.code is not None and not checked.scoring_script:
        raise names.bad("scoring_script", "Say which file of the code is the scoring script.", hint="Such as score.py")
    if checked.upload is not None:
        _check_script(checked)
        if checked.code is None and checked.upload.needs_script:
            raise names.bad("scoring_script", "The model is no MLflow or ONNX model, so it needs a scoring script.")
        return checked
    serves_itself = checked.environment is not None and checked.deployer == DOCKER
    if checked.model is None and checked.code is None and not serves_itself:
        raise names.bad("model", "There is nothing to deploy: name a model, an image or a scoring script.")
    asked = contents.Asked(
        models=[checked.model] if checked.model else [],
        code=checked.code,
        scoring_script=checked.scoring_script,
        environment=checked.environment or _default(workspace, checked),
    )
    packed = contents.of(asked)
    return replace(checked, environment=packed.environment)


def _of_image(checked: Checked) -> Checked:
    if checked.model or checked.upload or checked.code or checked.environment:
        raise names.bad(
            "image", "An image holds its model, script and environment already.",
            hint="Name the image alone, or leave it out.",
        )  # fmt: skip
    if checked.deployer != DOCKER:
        raise names.bad("deployer", "An image runs in a container.", hint="Choose the deployer docker.")
    return checked


def _default(workspace: Workspace, checked: Checked) -> Environment | None:
    """For a script as a process what the model's run ran in, else the studio's interpreter; what a model's files say, else."""
    is_plain = checked.code is not None and checked.deployer != DOCKER and not _is_mlflow(checked.model)
    if not is_plain:
        return None
    return (image_defaults.trained_in(checked.model) if checked.model else None) or _current(workspace)


def _is_mlflow(version: ModelVersion | None) -> bool:
    return version is not None and choosing_models.is_mlflow(version)


def _current(workspace: Workspace) -> Environment:
    return environments.resolve(workspace=workspace, definition=definitions.parse(None, {}))


def _check_script(checked: Checked) -> None:
    path = checked.scoring_script
    if not path:
        return
    if not path.endswith(".py"):
        raise names.bad("scoring_script", f"The scoring script {path[:80]!r} is no Python file.")
    if checked.code is None:
        raise names.bad("code", f"The scoring script {path[:80]!r} comes without its folder of code.")
    if path not in {entry.path for entry in folders.listing(checked.code)}:
        raise names.bad("scoring_script", f"There is no file {path[:80]!r} in the folder of code.")


def _chosen(workspace: Workspace, name: str, new: NewDeployment) -> choosing_models.Chosen:
    if new.model in (None, "", {}):
        return choosing_models.Chosen()
    return choosing_models.choose(workspace, new.model, sent=new.folders, name=name)


def _image(workspace: Workspace, new: NewDeployment) -> ImageVersion | None:
    if not new.image:
        return None
    return images.require_ready(images.find(workspace, new.image))


def _environment(workspace: Workspace, new: NewDeployment, deployer: str) -> Environment | None:
    if new.environment in (None, "", {}):
        return None
    found = environments.find(
        workspace=workspace, value=new.environment, files=new.files, on_docker=deployer == DOCKER
    ).content
    if deployer == LOCAL:
        environments.require_no_docker(content=found, target="a process of this machine")
    return found


def _deployer(new: NewDeployment, present: Deployment | None) -> str:
    """As it was asked for, else as it was, else a container where there is an engine and a process where there is none."""
    if new.deployer:
        name = str(new.deployer)
        try:
            DEPLOYERS.get(name)
        except StudioError as error:
            known = ", ".join(plugin.name for plugin in DEPLOYERS.all() if plugin.is_available)
            raise Invalid(
                "bad_endpoint_value", str(error), hint=f"Known: {known}.", fields={"deployer": str(error)}
            ) from None
        return name
    if present is not None and not new.image:
        return present.deployer
    return DOCKER if new.image or presence.state_of().is_up else LOCAL


def _count(given: Any, rule: scaling.Rule) -> int | None:
    count = None if given is None else scaling.count(given)
    if rule.is_automatic:
        return min(rule.max, max(rule.min, 1 if count is None else count))
    return count


def _described(new: NewDeployment) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if new.description is not None:
        found["description"] = names.description(new.description)
    if new.tags is not None:
        found["tags"] = names.tags(new.tags)
    if new.properties is not None:
        found["properties"] = names.tags(new.properties, what="properties")
    return found

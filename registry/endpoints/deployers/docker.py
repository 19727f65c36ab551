"""Instances as containers of this studio's Docker engine."""

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import docker
from django.conf import settings
from django.utils import timezone
from docker.errors import APIError, ImageNotFound, NotFound

from compute.engines import hardening, opening, presence
from registry.endpoints.deployers import images, trees
from registry.endpoints.deployers.base import DeployerUnavailable, Look, NotPrepared, Prepared, Ref, told
from registry.endpoints.models import DeploymentRevision, Instance
from registry.endpoints.specs import Spec

LABEL_STUDIO, LABEL_INSTANCE = "atelier.deployments", "atelier.instance"
CONFLICT, NOT_MODIFIED, GONE = 409, 304, 404
# A bridge of their own: instances reach out and are reached by the gateway, but not by one another.
NETWORK = "atelier-deployments"
APART = {"com.docker.network.bridge.enable_icc": "false"}
LOG_KEPT = 2_000  # lines of an instance that has ended
LOOK_AGAIN = timedelta(seconds=10)


class DockerDeployer:
    """Starts the image of a revision in a container that is named by instance."""

    label: ClassVar[str] = "A container"

    def why_not_ready(self) -> str:
        seen = presence.state_of()
        if seen.is_down and seen.checked_at is not None and seen.checked_at < timezone.now() - LOOK_AGAIN:
            seen = presence.look()
        return seen.problem

    def prepare(self, revision: DeploymentRevision) -> Prepared:
        version, message = images.of(revision)
        if version is None:
            return Prepared(False, message=message)
        with _engine() as client:
            message = images.bring(client, version)
        if message:
            return Prepared(False, message=message)
        return Prepared(True, {"reference": version.reference, **images.routes(version)})

    def start(self, instance: Instance) -> Ref:
        name = f"atelier-{_studio()}-i{instance.pk}"
        ref = {"container": name, "port": int(instance.revision.prepared.get("port") or images.PORT)}
        ref["folder"] = str(trees.tree_of(instance.revision) / "instances" / str(instance.pk))
        with _engine() as client:
            found = _find(client, ref)
            if found is not None and found.status == "created":  # somebody died between making and starting it
                found.remove(force=True, v=True)
                found = None
            if found is None:
                _bring(client, instance)
                _run(client, ref, instance)
        return ref

    def look(self, ref: Ref) -> Look:
        if not ref.get("container"):
            return Look(False, problem="It was never started.")
        with _engine() as client:
            container = _find(client, ref)
            if container is None:
                return Look(False, problem="The container is gone.")
            state = container.attrs["State"]
            if state.get("Running") or state.get("Restarting"):
                return Look(True, address=_address(container, ref))
            return Look(False, problem=_why(container, state), exit=state.get("ExitCode"))

    def stop(self, ref: Ref, *, grace: timedelta) -> None:
        if not ref.get("container"):
            return
        with _engine() as client:
            container = _find(client, ref)
            if container is None:
                return
            _end(container, grace)
            _keep_log(container, ref)
            with suppress(NotFound):
                container.remove(force=True, v=True)

    def log(self, ref: Ref, *, lines: int) -> str:
        if not ref.get("container"):
            return ""
        with _engine() as client:
            container = _find(client, ref)
            if container is not None:
                return str(container.logs(tail=lines).decode("utf-8", "replace")).rstrip("\n")
        with suppress(OSError):
            kept = (Path(ref["folder"]) / "log.txt").read_text(errors="replace")
            return "\n".join(kept.splitlines()[-lines:])
        return ""

    def left(self) -> list[Ref]:
        alive = {str(pk) for pk in Instance.objects.filter(state__in=Instance.ALIVE).values_list("pk", flat=True)}
        with _engine() as client:
            found = client.containers.list(all=True, filters={"label": f"{LABEL_STUDIO}={_studio()}"})
        return [
            {"container": each.name, "port": images.PORT, "folder": each.labels.get("atelier.folder", "")}
            for each in found
            if each.labels.get(LABEL_INSTANCE) not in alive
        ]

    def forget(self, revision: DeploymentRevision) -> None:
        """The image is the registry's; only the logs of its instances lie here."""
        trees.remove(revision)


def _bring(client: "docker.DockerClient", instance: Instance) -> None:
    """The image may have been pruned since the revision was prepared. Raises DeployerUnavailable while it is made again."""
    version = instance.revision.image_version
    if version is None:
        return
    try:
        # What is being built again already is ready before long.
        message = images.bring(client, version) if version.is_finished else f"The image {version} is being built again."
    except NotPrepared as error:
        raise DeployerUnavailable(str(error)) from error
    if message:
        raise DeployerUnavailable(message)


def _run(client: "docker.DockerClient", ref: Ref, instance: Instance) -> None:
    """Make and start the container; when it can't be, nothing of it is left."""
    revision = instance.revision
    spec = Spec.from_json(revision.spec)
    is_near = opening.is_local(opening.own_address())
    _ensure_network(client)
    # One that was built again may be called otherwise than when the revision was prepared.
    reference = revision.image_version.reference if revision.image_version else revision.prepared["reference"]
    container = client.containers.create(
        reference,
        name=ref["container"],
        environment=_environment(instance, spec),
        ports={} if is_near else {f"{ref['port']}/tcp": None},
        **_limits(client, ref, instance, spec),
    )
    try:
        container.start()
    except BaseException:  # also when the worker is told to end meanwhile: nothing half made stays on the engine
        with suppress(docker.errors.DockerException):
            container.remove(force=True, v=True)
        raise


def _ensure_network(client: "docker.DockerClient") -> None:
    try:
        client.networks.get(NETWORK)
    except NotFound:
        try:
            client.networks.create(NETWORK, options=APART, check_duplicate=True, labels={LABEL_STUDIO: _studio()})
        except APIError as error:
            if error.status_code != CONFLICT:  # somebody else was faster
                raise


def _limits(client: "docker.DockerClient", ref: Ref, instance: Instance, spec: Spec) -> dict[str, Any]:
    there = client.info()
    # An engine refuses more than its machine has.
    cpus = min(spec.resources.cpu, float(there.get("NCPU") or spec.resources.cpu)) or None
    memory = min(spec.resources.memory, int(there.get("MemTotal") or spec.resources.memory)) or None
    labels = {LABEL_STUDIO: _studio(), LABEL_INSTANCE: str(instance.pk), "atelier.folder": ref["folder"]}
    return hardening.limits(cpus=cpus, memory=memory, network=NETWORK, gpus=spec.resources.gpu, labels=labels)


def _environment(instance: Instance, spec: Spec) -> dict[str, str]:
    return {
        **spec.environment_variables,
        "SCORING_TIMEOUT_MS": str(spec.request_settings.request_timeout_ms),
        "ATELIER_DEPLOYMENT": str(instance.revision.deployment),
    }


def _address(container: Any, ref: Ref) -> str:
    """host:port as the gateway reaches it: the container's own on this machine, the published one elsewhere."""
    network = container.attrs.get("NetworkSettings") or {}
    place = opening.own_address()
    if opening.is_local(place):
        found = (network.get("Networks") or {}).get(NETWORK) or {}
        ip = found.get("IPAddress") or network.get("IPAddress") or ""
        return f"{ip}:{ref['port']}" if ip else ""
    published = (network.get("Ports") or {}).get(f"{ref['port']}/tcp") or []
    return f"{urlsplit(place).hostname}:{published[0]['HostPort']}" if published else ""


def _why(container: Any, state: Mapping[str, Any]) -> str:
    """Why a container ended: what the runtime said last, with the place, else how the engine saw it."""
    if state.get("OOMKilled"):
        return "The container used up its memory and was killed."
    for line in reversed(container.logs(tail=200).decode("utf-8", "replace").splitlines()):
        if '"load_failed"' not in line:
            continue
        with suppress(ValueError):
            return told(json.loads(line))
    if state.get("Error"):
        return f"The engine ended the container: {state['Error']}"
    return f"The container ended with exit code {state.get('ExitCode')}."


def _end(container: Any, grace: timedelta) -> None:
    """Politely within the grace, then by force; one that has ended already is fine."""
    try:
        if grace > timedelta(0):
            container.stop(timeout=math.ceil(grace.total_seconds()))
        else:
            container.kill()
    except APIError as error:
        if error.status_code not in {GONE, CONFLICT, NOT_MODIFIED}:
            raise


def _keep_log(container: Any, ref: Ref) -> None:
    """What it said last, for after the container is gone."""
    with suppress(APIError, OSError, KeyError):
        text = container.logs(tail=LOG_KEPT)
        if not ref["folder"]:
            return
        folder = Path(ref["folder"])
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / "log.txt").write_bytes(text)


def _find(client: "docker.DockerClient", ref: Ref) -> Any:
    try:
        return client.containers.get(str(ref["container"]))
    except NotFound:
        return None


@contextmanager
def _engine() -> "Iterator[docker.DockerClient]":
    """A client of the engine. Whatever keeps it from answering is DeployerUnavailable."""
    try:
        client = opening.client()
    except opening.EngineAway as error:
        presence.look()
        raise DeployerUnavailable(str(error)) from error
    try:
        yield client
    except ImageNotFound as error:
        raise DeployerUnavailable(f"The image is not on the engine: {error.explanation}") from error
    except APIError as error:
        raise DeployerUnavailable(f"The Docker engine refused: {error.explanation or error}") from error
    except opening.AWAY as error:
        presence.look()
        raise DeployerUnavailable(f"{opening.words_of(opening.own_address())} does not answer any more.") from error
    finally:
        client.close()


def _studio() -> str:
    """This installation, on an engine that several may share."""
    said = f"{settings.SECRET_KEY} {settings.DATA_DIR}"
    return hashlib.sha256(said.encode()).hexdigest()[:10]

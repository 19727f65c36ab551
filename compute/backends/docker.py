"""Jobs as containers of a Docker engine, this machine's or a remote one.

The same runner as everywhere runs inside. Its name says which attempt a container is, so that it is found again after a
restart of the worker, of the engine, or of both.
"""

import hashlib
import json
import logging
import math
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import docker
from django import forms
from django.conf import settings
from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from docker.types import Mount

from compute.backends import docker_files as files
from compute.backends import process_trees
from compute.backends.attempt_folders import folder_of, left_log, read_json, write_private
from compute.backends.base import BackendUnavailable, Handover, JobRef, JobReport
from compute.backends.docker_settings import DockerForm, DockerSettings
from compute.engines import base_image, hardening, opening, presence
from studio import door
from studio.errors import StudioError
from studio.lineage.things import Thing
from studio.secrets import vault
from studio.secrets.models import Secret

logger = logging.getLogger(__name__)

LABEL_STUDIO, LABEL_JOB = "atelier.studio", "atelier.job"
MARK = "container.json"
# A container that is being made belongs to a job that the tidying may not have seen yet.
YOUNG = timedelta(minutes=2)
COPY_SECONDS = 120.0
NO_PYTHON = 127
CONFLICT = 409
# The runner's own SDK stands in front for the runner alone; what the image had on its path is kept for the command.
START = (
    'export ATELIER_IMAGE_PYTHONPATH="$PYTHONPATH"; '
    "python=$(command -v python3 || command -v python) || { echo 'the image has no Python' >&2; exit 127; }; "
    f'PYTHONPATH="{files.RUNNER}" exec "$python" -m atelier.runner {files.JOB}'
)
VARIABLES = {"HOME": files.HOME, "TMPDIR": files.TEMPORARY, "ATELIER_BEHIND": files.BEHIND, "PYTHONUNBUFFERED": "1"}


class DockerBackend:
    """Starts `python -m atelier.runner` in a container that is named by job and attempt."""

    label: ClassVar[str] = "Docker"
    settings_form: ClassVar[type[forms.Form]] = DockerForm
    runs_images: ClassVar[bool] = True

    def words(self, settings: dict[str, Any]) -> str:
        return DockerSettings.of(settings).words

    def why_not_ready(self, settings: dict[str, Any]) -> str:
        wanted = DockerSettings.of(settings)
        seen = presence.state_of(wanted.address)
        if seen.is_up and wanted.gpus and not seen.gpus:
            return f"{opening.words_of(wanted.address)} offers no GPU."
        return seen.problem

    def seen(self, settings: dict[str, Any]) -> presence.Presence | None:
        return presence.state_of(DockerSettings.of(settings).address)

    def look(self, settings: dict[str, Any]) -> None:
        wanted = DockerSettings.of(settings)
        presence.look(wanted.address, _credentials(wanted.secret))

    def has_image(self, settings: dict[str, Any], reference: str) -> bool:
        """Whether this machine's engine has the image, which builds it for all others; True while nobody can tell."""
        try:
            with _engine({}) as client:
                return _has(client, reference)
        except BackendUnavailable:
            return True

    def submit(self, handover: Handover) -> JobRef:
        folder = folder_of(handover.job_id, handover.attempt)
        wanted = DockerSettings.of(handover.settings)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with process_trees.only_one(folder):
                return read_json(folder / MARK) or self._start(folder, handover, wanted)
        except OSError as error:
            raise BackendUnavailable(f"{folder} can't be written: {error.strerror}") from error

    def poll(self, ref: JobRef) -> JobReport:
        if not ref.get("container"):
            return JobReport(alive=False)
        with _engine(ref) as client:
            container = _find(client, ref)
            state = container.attrs["State"] if container is not None else {}
            if state.get("Running") or state.get("Restarting"):
                return JobReport(alive=True)
            if container is not None:
                _keep_notes(container, _folder(ref))
                _note_end(_folder(ref), state)
        return _report(_folder(ref))

    def nudge(self, ref: JobRef) -> None:
        self._signal(ref, "SIGUSR1")

    def stop(self, ref: JobRef, *, grace: timedelta) -> None:
        if not ref.get("container"):
            return
        with _engine(ref) as client:
            container = _find(client, ref)
            if container is None:
                _remove_volume(client, str(ref["container"]))
                return
            _end(container, grace)
            container.reload()
            _keep_notes(container, _folder(ref))
            _note_end(_folder(ref), container.attrs["State"])
            _remove(client, container)

    def tidy(self, settings: dict[str, Any], kept: frozenset[tuple[int, int]]) -> None:
        wanted = DockerSettings.of(settings)
        if presence.state_of(wanted.address).is_down:
            return
        names = {_name(job, attempt) for job, attempt in kept}
        ours = {"label": [f"{LABEL_STUDIO}={_studio()}", LABEL_JOB]}
        with _engine({"address": wanted.address, "secret": wanted.secret}) as client:
            for container in client.containers.list(all=True, filters=ours):
                if container.name not in names and _is_old(container.attrs.get("Created", "")):
                    logger.info("removing the container %s: nobody needs it any more", container.name)
                    _remove(client, container)
            for volume in client.volumes.list(filters=ours):
                if volume.name not in names and _is_old(volume.attrs.get("CreatedAt", "")):
                    _remove_volume(client, volume.name)

    def _signal(self, ref: JobRef, name: str) -> None:
        if not ref.get("container"):
            return
        with _engine(ref) as client:
            container = _find(client, ref)
            if container is not None:
                with suppress(APIError):  # it has just ended
                    container.kill(name)

    def _start(self, folder: Path, handover: Handover, wanted: DockerSettings) -> JobRef:
        name = _name(handover.job_id, handover.attempt)
        ref = {
            "container": name, "address": wanted.address, "secret": wanted.secret,
            "job": handover.job_id, "attempt": handover.attempt,
        }  # fmt: skip
        with _engine(ref) as client:
            found = _find(client, ref)
            if found is not None and found.status == "created":  # a worker died between making and starting it
                _remove(client, found)
                found = None
            if found is None:
                _run(client, name, handover, wanted)
        write_private(folder / MARK, ref)
        return ref


def _run(client: "docker.DockerClient", name: str, handover: Handover, wanted: DockerSettings) -> None:
    """Make and start the container; when it can't be, nothing of it is left."""
    labels = {LABEL_STUDIO: _studio(), LABEL_JOB: f"{handover.job_id}.{handover.attempt}"}
    has_door, url = _way_in(handover, wanted)
    image = handover.image or base_image.ensure(client)
    # First, so that a missing image leaves no volume.
    _bring(client, image, wanted)
    client.volumes.create(name, labels=labels)
    try:
        container = client.containers.create(
            image,
            ["-c", START],
            entrypoint=["/bin/sh"],
            name=name,
            environment=VARIABLES,
            working_dir=files.TOP,
            mounts=_mounts(name, has_door),
            **_limits(wanted, labels),
        )
        container.put_archive(files.TOP, files.archive(handover, url=url, door=has_door))
        container.start()
    except BaseException:  # also when the worker is told to end meanwhile: nothing half made stays on the engine
        _undo(client, name)
        raise


def _has(client: "docker.DockerClient", reference: str) -> bool:
    try:
        client.images.get(reference)
    except ImageNotFound:
        return False
    return True


def _bring(client: "docker.DockerClient", image: str, wanted: DockerSettings) -> None:
    """The image is on the engine: a remote one is given what this machine's engine has built. Raises ImageNotFound."""
    try:
        client.images.get(image)
    except ImageNotFound:
        if opening.is_local(wanted.address):
            raise
        with closing(opening.client(seconds=COPY_SECONDS)) as here:
            logger.info("copying the image %s to %s", image, wanted.address)
            client.images.load(here.images.get(image).save(named=True))


def _limits(wanted: DockerSettings, labels: Mapping[str, str]) -> dict[str, Any]:
    return hardening.limits(
        cpus=wanted.cpus,
        memory=wanted.memory,
        pids=wanted.pids,
        network=wanted.network,
        gpus=wanted.gpus,
        shared_memory=wanted.memory // 2,
        labels=labels,
    )


def _mounts(name: str, has_door: bool) -> list[Mount]:
    found = [Mount(target=files.TOP, source=name, type="volume")]
    if has_door:
        folder = door.prepare(Path(settings.DATA_DIR))
        found.append(Mount(target=files.DOOR, source=str(folder), type="bind", read_only=True))
    return found


def _way_in(handover: Handover, wanted: DockerSettings) -> tuple[bool, str]:
    """Whether the container goes by the studio's door, and the address it is told otherwise."""
    url = wanted.runner_url or handover.url
    if not opening.is_local(wanted.address):
        return False, url
    # A studio that is itself in a container shares no folder with the engine's machine: then its operator gives an address.
    is_given = bool(wanted.runner_url) or settings.RUNNER_URL != settings.BASE_URL
    return not (is_given and wanted.network != "none"), url


@contextmanager
def _engine(ref: Mapping[str, Any]) -> "Iterator[docker.DockerClient]":
    """A client of the engine that `ref` names. Whatever keeps it from answering is BackendUnavailable."""
    address = str(ref.get("address") or "")
    credentials = _credentials(ref.get("secret"))
    try:
        client = opening.client(address, credentials)
    except opening.EngineAway as error:
        presence.look(address, credentials)  # so that nothing else is sent there meanwhile
        raise BackendUnavailable(str(error)) from error
    try:
        yield client
    except ImageNotFound as error:
        raise BackendUnavailable(f"the image is not on the engine: {error.explanation}") from error
    except APIError as error:
        raise BackendUnavailable(f"the Docker engine refused: {error.explanation or error}") from error
    except StudioError as error:
        raise BackendUnavailable(f"{error.message} {error.hint}".strip()) from error
    except opening.AWAY as error:
        presence.look(address, credentials)
        raise BackendUnavailable(f"{opening.words_of(address)} does not answer any more.") from error
    finally:
        client.close()


def _credentials(secret: int | None) -> opening.Credentials | None:
    """What opens a remote engine, from the vault."""
    if secret is None:
        return None
    found = Secret.objects.filter(pk=secret).select_related("workspace").first()
    if found is None:
        return opening.Credentials()
    told = json.loads(vault.reveal(found, user=Thing("target", found.held_by.partition(":")[2] or "0")))
    return opening.Credentials(**{name: str(told.get(name) or "") for name in ("ca", "certificate", "key", "host_key")})


def _find(client: "docker.DockerClient", ref: JobRef) -> Any:
    try:
        return client.containers.get(str(ref["container"]))
    except NotFound:
        return None


def _end(container: Any, grace: timedelta) -> None:
    """Politely within the grace, then by force; one that has ended already is fine."""
    try:
        if grace > timedelta(0):
            container.stop(timeout=math.ceil(grace.total_seconds()))
        else:
            container.kill()
    except APIError as error:
        if error.status_code not in {404, CONFLICT, 304}:
            raise
    container.wait(timeout=30)


def _keep_notes(container: Any, folder: Path) -> None:
    """What the runner left in its folder, kept beside what this machine knows of the attempt."""
    for name in files.NOTES:
        try:
            stream, _ = container.get_archive(f"{files.JOB}/{name}")
            files.keep_note(stream, folder)
        except NotFound:
            continue


def _note_end(folder: Path, state: Mapping[str, Any]) -> None:
    """How the engine saw the container end, for after the container is gone."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    told = {
        "exit_code": state.get("ExitCode"),
        "oom": bool(state.get("OOMKilled")),
        "error": str(state.get("Error") or ""),
    }
    if not (folder / "ended.json").exists():
        write_private(folder / "ended.json", told)


def _report(folder: Path) -> JobReport:
    """The end of an attempt whose container no longer runs."""
    note, ended = read_json(folder / "finish.json"), read_json(folder / "ended.json")
    if note.get("reason"):
        code, signal, reason, message = (
            note.get("exit_code"),
            note.get("signal", ""),
            note["reason"],
            note.get("message", ""),
        )
    else:
        code, signal, reason, message = _engine_says(ended)
    return JobReport(
        alive=False, exit_code=code, signal=signal, reason=reason, message=message, left_log=left_log(folder)
    )


def _engine_says(ended: Mapping[str, Any]) -> tuple[int | None, str, str, str]:
    if ended.get("oom"):
        return 137, "SIGKILL", "oom", "The container used up its memory and was killed."
    if ended.get("exit_code") == NO_PYTHON:
        return NO_PYTHON, "", "environment", "The image has no Python to start the job's runner with."
    if ended.get("error"):
        return ended.get("exit_code"), "", "backend", f"The engine ended the container: {ended['error']}"
    return None, "", "", ""


def _remove(client: "docker.DockerClient", container: Any) -> None:
    with suppress(NotFound):
        container.remove(force=True, v=True)
    _remove_volume(client, container.name)


def _remove_volume(client: "docker.DockerClient", name: str) -> None:
    try:
        client.volumes.get(name).remove(force=True)
    except NotFound:
        return
    except APIError as error:
        if error.status_code != CONFLICT:  # still in use by a container that is on its way out: the tidying comes again
            raise


def _undo(client: "docker.DockerClient", name: str) -> None:
    with suppress(DockerException):
        container = _find(client, {"container": name})
        if container is not None:
            container.remove(force=True, v=True)
        _remove_volume(client, name)


def _folder(ref: JobRef) -> Path:
    return folder_of(int(ref["job"]), int(ref["attempt"]))


def _name(job_id: int, attempt: int) -> str:
    return f"atelier-{_studio()}-{job_id}-{attempt}"


def _studio() -> str:
    """This installation, on an engine that several may share."""
    told = f"{settings.SECRET_KEY} {settings.DATA_DIR}"
    return hashlib.sha256(told.encode()).hexdigest()[:10]


def _is_old(created: Any) -> bool:
    """Whether something was made long enough ago for its job to be known."""
    try:
        moment = float(created) if isinstance(created, int | float) else _seconds(str(created))
    except ValueError:
        return False
    return moment < time.time() - YOUNG.total_seconds()


def _seconds(text: str) -> float:
    # The engine writes nanoseconds, which Python does not read.
    plain = text[:19]
    return datetime.fromisoformat(plain).replace(tzinfo=UTC).timestamp()

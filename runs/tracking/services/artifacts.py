"""Files of a run."""

import mimetypes

from django.conf import settings
from django.db import transaction

from runs.tracking.models import Artifact, Run
from studio.accounts.models import User
from studio.errors import Conflict, NotFound
from studio.live import topics
from studio.live.pacing import publish_paced
from studio.live.publish import publish
from studio.storage import blobs

MAX_TYPE = 120
# Types the platform's table may not know; the rest comes from the file's name.
TYPES = {
    ".md": "text/markdown",
    ".log": "text/plain",
    ".yml": "application/yaml",
    ".yaml": "application/yaml",
    ".jsonl": "application/x-ndjson",
    ".parquet": "application/vnd.apache.parquet",
    ".ipynb": "application/x-ipynb+json",
    ".joblib": "application/octet-stream",
    ".pkl": "application/octet-stream",
}


def put_artifact(
    *, actor: User | None, run: Run, path: str, stream: blobs.Readable, sha256: str = "", content_type: str = ""
) -> Artifact:
    """Store a file under `path`, replacing what was there.

    Raises Invalid for a path that can't be one, Conflict when a file or folder of a look-alike name is there.
    """
    path = blobs.safe_relpath(path)
    _refuse_clash(run, path)
    blob = blobs.store(workspace=run.workspace, stream=stream, limit=settings.ARTIFACT_LIMIT_BYTES, sha256=sha256)
    with transaction.atomic():
        _refuse_clash(run, path)
        artifact, _ = Artifact.objects.update_or_create(
            run=run,
            path=path,
            defaults={"blob": blob, "size": blob.size, "content_type": type_of(path, content_type)},
        )
        publish_paced(topics.run(run.pk), "artifacts")
    return artifact


def delete_artifact(*, actor: User, run: Run, path: str) -> None:
    """Remove a file; its bytes go when nothing else needs them. Raises NotFound when there is none."""
    path = blobs.safe_relpath(path)
    with transaction.atomic():
        removed, _ = Artifact.objects.filter(run=run, path=path).delete()
        if not removed:
            raise NotFound("not_found", "There is no such file.")
        publish(topics.run(run.pk), "artifacts")


def type_of(path: str, given: str = "") -> str:
    """The type to record: what the client says, else what the name tells."""
    given = given.split(";")[0].strip().lower()
    plain = given.isascii() and given.isprintable() and given.count("/") == 1 and len(given) <= MAX_TYPE
    if plain and given not in ("application/octet-stream", "application/x-www-form-urlencoded"):
        return given
    ending = "." + path.rsplit(".", 1)[-1].lower() if "." in path else ""
    return TYPES.get(ending) or mimetypes.guess_type(path, strict=False)[0] or "application/octet-stream"


def _refuse_clash(run: Run, path: str) -> None:
    """A file can't be a folder as well, and two names may not differ in case alone: no disk could hold both."""
    twin = Artifact.objects.filter(run=run, path__iexact=path).exclude(path=path).values_list("path", flat=True).first()
    if twin is not None:
        raise Conflict("path_taken", f"A file of a look-alike name is there: {twin}.", hint="Use another name.")
    if Artifact.objects.filter(run=run, path__startswith=path + "/").exists():
        raise Conflict("path_taken", f"{path} is a folder of this run.", hint="Use another name.")
    parts = path.split("/")
    above = ["/".join(parts[:depth]) for depth in range(1, len(parts))]
    if above and Artifact.objects.filter(run=run, path__in=above).exists():
        raise Conflict("path_taken", f"A folder of {path} is a file of this run.", hint="Use another name.")

"""Files of a run."""

from django.conf import settings
from django.db import transaction

from runs.tracking.models import Artifact, Run
from runs.tracking.queries.artifacts import shelf_of
from studio.accounts.models import User
from studio.errors import NotFound
from studio.live import topics
from studio.live.pacing import publish_paced
from studio.live.publish import publish
from studio.storage import blobs
from studio.storage.media_types import type_of

__all__ = ["delete_artifact", "delete_artifacts", "put_artifact", "shelf_of", "type_of"]


def put_artifact(
    *, actor: User | None, run: Run, path: str, stream: blobs.Readable, sha256: str = "", content_type: str = ""
) -> Artifact:
    """Store a file under `path`, replacing what was there.

    Raises Invalid for a path that can't be one, Conflict when a file or folder of a look-alike name is there.
    """
    made = shelf_of(run).put(
        path, stream, limit=settings.ARTIFACT_LIMIT_BYTES, sha256=sha256, content_type=content_type
    )
    publish_paced(topics.run(run.pk), "artifacts")
    return made


def delete_artifact(*, actor: User, run: Run, path: str) -> None:
    """Remove a file; its bytes go when nothing else needs them. Raises NotFound when there is none."""
    path = blobs.safe_relpath(path)
    with transaction.atomic():
        removed, _ = Artifact.objects.filter(run=run, path=path).delete()
        if not removed:
            raise NotFound("not_found", "There is no such file.")
        publish(topics.run(run.pk), "artifacts")


def delete_artifacts(*, actor: User, run: Run, path: str) -> int:
    """Remove a file, or a folder with all that is in it. Raises NotFound when there is neither."""
    removed = shelf_of(run).delete(path)
    publish_paced(topics.run(run.pk), "artifacts")
    return removed

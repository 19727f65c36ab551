"""Code that a person hands over in the browser."""

from runs.tracking.models import Snapshot
from runs.tracking.services import snapshots
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.storage import folder_uploads, folders


def store_code(*, actor: User, workspace: Workspace, upload: folder_uploads.Upload) -> Snapshot:
    """The snapshot of an uploaded script or zip.

    Raises Invalid for a name or a member that can't be part of a snapshot, TooLarge above the limits.
    """
    with folder_uploads.plain_zip(upload) as plain:
        digest = snapshots.digest_of(folders.read_manifest(plain))
        plain.seek(0)
        return snapshots.store_snapshot(actor=actor, workspace=workspace, digest=digest, stream=plain)

"""What a client has sent along with a pipeline file: code folders and local data, by the paths that the file names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils import timezone

from runs.pipelines.models import PipelineRun
from runs.tracking.jobfile.needs import Need
from runs.tracking.models import RunState, Snapshot
from studio.access.models import Workspace
from studio.errors import Invalid
from studio.storage import blobs
from studio.storage.models import Blob

MAX_NAMED = 5
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Sent:
    """`snapshots` and `data` are digests by path (of a folder: its snapshot's; of a file: its SHA-256), `files` texts by path."""

    snapshots: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    git: Mapping[str, Any] = field(default_factory=dict)

    @property
    def digests(self) -> dict[str, str]:
        return {**self.data, **self.snapshots}


def require(workspace: Workspace, needs: Iterable[Need], sent: Sent) -> None:
    """Raise Invalid for a path that the document needs and that was not sent, or is not stored here."""
    wanted = {need.path: need for need in needs if need.role in ("code", "input")}
    missing = [path for path, need in wanted.items() if not _is_here(workspace, need, sent.digests.get(path, ""))]
    if missing:
        named = ", ".join(missing[:MAX_NAMED])
        raise Invalid(
            "not_sent", f"The pipeline names {named[:300]} beside its file, and that was not sent.",
            hint="Submit it from its folder (atelier run submit pipeline.yml), or name data and components of the workspace.",
            fields={path[:100]: "It was not sent." for path in missing[:MAX_NAMED]},
        )  # fmt: skip


def claim_for_waiting() -> int:
    """Keep what the documents of pipeline runs under way name and no run refers to yet, for another day. Answers how many files.

    A step that waits for days has no run that holds its code.
    """
    rows = PipelineRun.objects.filter(run__state=RunState.RUNNING).values_list("run__workspace", "document")
    count = 0
    for workspace, document in rows.order_by().iterator(chunk_size=20):
        pins = (document.get("pinned") or {}).values()
        digests = {*(document.get("sent") or {}).values(), *(pin["snapshot"] for pin in pins if pin.get("snapshot"))}
        count += _claim(workspace, sorted(digests))
    return count


def _claim(workspace: int, digests: Sequence[str]) -> int:
    count = 0
    for start in range(0, len(digests), AT_ONCE):
        some = digests[start : start + AT_ONCE]
        folders = Snapshot.objects.filter(workspace=workspace, digest__in=some).values("blob")
        blobs_of = Blob.objects.filter(Q(sha256__in=some) | Q(pk__in=folders), workspace=workspace)
        count += blobs_of.update(claimed_at=timezone.now())
    return count


def _is_here(workspace: Workspace, need: Need, digest: str) -> bool:
    if not digest:
        return False
    if need.kind == "file":
        return blobs.find(workspace=workspace, sha256=digest) is not None
    return Snapshot.objects.filter(workspace=workspace, digest=digest).exists()

"""Reads about compute targets."""

from compute.targets.models import ComputeTarget
from studio.access.models import Workspace

# Only the studio's own programs run there: nobody can send a job of theirs.
OWN_KINDS = frozenset({"builder"})


def targets_in(workspace: Workspace) -> list[ComputeTarget]:
    """The targets a workspace can use, by name; its own one hides a shared one of the same name."""
    rows = ComputeTarget.objects.in_workspace(workspace).exclude(kind__in=OWN_KINDS).order_by("name")
    by_name: dict[str, ComputeTarget] = {}
    for target in rows:
        if target.name not in by_name or by_name[target.name].is_shared:
            by_name[target.name] = target
    return list(by_name.values())

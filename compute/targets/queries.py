"""Reads about compute targets."""

from compute.targets.models import ComputeTarget
from studio.access.models import Workspace
from studio.lineage.labels import Label

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


def label_targets(workspace: Workspace, ids: list[str]) -> dict[str, Label]:
    """What targets are called, for things that say who uses them, and their pages."""
    wanted = [int(each) for each in ids if each.isdigit()]
    rows = ComputeTarget.objects.in_workspace(workspace).filter(pk__in=wanted)
    return {str(row.pk): Label("compute target", row.name, f"/w/{workspace.slug}/compute/{row.name}/") for row in rows}

"""What an import finds from an earlier one."""

from collections.abc import Sequence

from runs.tracking.models import Run
from studio.access.models import Workspace


def known(workspace: Workspace, external_ids: Sequence[str]) -> dict[str, str]:
    """External id → run id, of those that are here already."""
    rows = Run.objects.filter(workspace=workspace, external_id__in=[name for name in external_ids if name])
    return dict(rows.values_list("external_id", "pk"))

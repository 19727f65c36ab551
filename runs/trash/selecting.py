"""From what somebody names to the rows that are meant."""

from collections.abc import Sequence

from django.db.models import Q
from django.utils import timezone

from runs.tracking import search
from runs.tracking.models import Run
from runs.trash import families, scopes
from runs.trash.scopes import Scope, Selection
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.id_lists import listed


def select(
    workspace: Workspace,
    *,
    runs: Sequence[str] = (),
    experiments: Sequence[int] = (),
    text: str = "",
    in_trash: bool = False,
    person: User | None = None,
) -> Selection:
    """Runs by id, whole experiments, and what the filter `text` finds; of the trash with `in_trash`.

    Nothing named means nothing, but in the trash everything. Raises Invalid for a filter that can't be read.
    """
    if in_trash:
        below = families.below(runs, only=Q(deleted_at__isnull=False)) if runs else []
        everything = not (runs or experiments)
        now = timezone.now().isoformat()
        return scopes.in_trash(workspace, Scope(now, everything, [*runs, *below], list(experiments)))
    ids = list(runs)
    if text.strip():
        # Found first: a long filter inside of the long questions asked of the selection would be too much of one.
        found = search.queryset(workspace, search.Query(filter=text, person=person))
        ids += found.order_by().values_list("pk", flat=True)
    wanted = Run.objects.filter(workspace=workspace, pk__in=listed(ids))
    return scopes.on_the_way(workspace, runs=wanted, experiments=list(experiments))

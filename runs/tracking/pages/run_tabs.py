"""The tabs of a run's page. Runs of another source (a pipeline's) have others, which their feature names at start."""

from django.urls import reverse

from runs.tracking.models import Run
from studio.web.tabs import Tab

Named = tuple[str, str, str]  # the name of the tab's URL, its label, its icon

TABS: tuple[Named, ...] = (
    ("run-overview", "Overview", "list"),
    ("run-charts", "Charts", "chart-line"),
    ("run-logs", "Logs", "terminal"),
    ("run-artifacts", "Artifacts", "package"),
    ("run-traces", "Traces", "list-tree"),
    ("run-code", "Code", "code"),
    ("run-system", "System", "cpu"),
)
_OF_SOURCE: dict[str, tuple[Named, ...]] = {}


def register(source: str, tabs: tuple[Named, ...]) -> None:
    """Runs with this `source` have these tabs, and open with the first."""
    _OF_SOURCE[source] = tabs


def of(run: Run, current: str) -> list[Tab]:
    """The tabs of the run's page, `current` (a URL's name) among them."""
    kwargs = {"workspace": run.workspace.slug, "run_id": run.pk}
    return [Tab(label, icon, reverse(name, kwargs=kwargs), name == current) for name, label, icon in _named(run)]


def home(run: Run) -> str:
    """The name of the URL that a link to the run leads to."""
    return _named(run)[0][0]


def _named(run: Run) -> tuple[Named, ...]:
    return _OF_SOURCE.get(run.source, TABS)

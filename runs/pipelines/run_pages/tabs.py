"""The tabs of a pipeline's run: it has no process of its own, so no log, code or system."""

from runs.tracking.pages import run_tabs

SOURCE = "pipeline"
TABS = (
    ("run-graph", "Graph", "workflow"),
    ("run-steps", "Steps", "rows-3"),
    ("run-times", "Timeline", "timer"),
    ("run-overview", "Overview", "list"),
    ("run-charts", "Charts", "chart-line"),
    ("run-artifacts", "Artifacts", "package"),
)


def register() -> None:
    """Give runs of pipelines these tabs."""
    run_tabs.register(SOURCE, TABS)

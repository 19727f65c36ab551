"""What the run's page shows of logged models and datasets."""

from typing import Any

from django import template

from runs.logged_models import pages
from runs.tracking.models import Run

register = template.Library()


@register.inclusion_tag("runs/logged_models/inputs_outputs.html")
def inputs_outputs(run: Run) -> dict[str, Any]:
    """The card "Inputs and outputs" of a run; nothing for a run without any."""
    return {"run": run, "workspace": run.workspace, "found": pages.inputs_outputs(run)}


@register.inclusion_tag("runs/logged_models/of_run.html")
def models_made(run: Run) -> dict[str, Any]:
    """The models of a run beside its files; nothing for a run that made none."""
    return {"models": pages.models_made(run)}


@register.inclusion_tag("runs/logged_models/register_button.html")
def register_button(run: Run) -> dict[str, Any]:
    """The way from a finished run to a model version; nothing for a run without files."""
    return {"run": run, "source": pages.register_source(run), "name": run.experiment.path.rpartition("/")[2]}

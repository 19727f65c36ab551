"""The table of all runs, of one experiment's runs, and its export."""

import orjson
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from runs.grid import columns, export, pages, query
from runs.grid.api import tables
from runs.tracking.experiment_access import experiment_or_404
from runs.tracking.forms import ExperimentNoteForm
from runs.tracking.pages import crumbs
from studio import access
from studio.access import Permission
from studio.errors import Invalid


@login_required
@require_safe
def run_list(request: HttpRequest, workspace: str) -> HttpResponse:
    here = access.workspace_or_404(request, Permission.RUN_VIEW)
    context = {
        "workspace": here,
        "page": pages.grid_page(request, here),
        "base_url": request.build_absolute_uri("/"),
    }
    return render(request, "runs/table/list.html", context)


@login_required
@require_safe
def experiment_detail(request: HttpRequest, workspace: str, path: str) -> HttpResponse:
    experiment = experiment_or_404(request, path, Permission.EXPERIMENT_VIEW)
    here = experiment.workspace
    context = {
        "workspace": here,
        "experiment": experiment,
        "crumbs": crumbs.crumbs(experiment),
        "page": pages.grid_page(request, here, experiment),
        "can_edit": access.allows(request, Permission.EXPERIMENT_EDIT, here),
        "form": ExperimentNoteForm(initial={"description": experiment.description}),
        "base_url": request.build_absolute_uri("/"),
    }
    return render(request, "runs/experiments/detail.html", context)


@login_required
@require_POST
def grid_export(request: HttpRequest, workspace: str) -> StreamingHttpResponse:
    """The table as a file: a form, so that the browser saves what is sent while it is made."""
    here = access.workspace_or_404(request, Permission.RUN_VIEW)
    kind = request.POST.get("format", "csv")
    if kind not in export.KINDS:
        raise Invalid("bad_parameter", "An export is csv, json or parquet.", fields={"format": "unknown"})
    asked, specs = _json(request, "query"), _json(request, "columns")
    if not isinstance(specs, list):
        raise Invalid("bad_parameter", "columns must be a list.", fields={"columns": "no list"})
    made = export.prepare(here, query.read(asked), request.user, columns.parse_all(specs), kind)
    return tables.file_answer(made)


def _json(request: HttpRequest, name: str) -> object:
    try:
        return orjson.loads(request.POST.get(name, ""))
    except orjson.JSONDecodeError:
        raise Invalid("bad_parameter", f"{name} must be JSON.", fields={name: "no JSON"}) from None

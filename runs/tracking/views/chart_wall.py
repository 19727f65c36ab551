"""Charts of many runs: the page that stands alone, and the numbers behind every wall of charts."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from runs.tracking.charts import catalogue, fields, media, packing, wall
from runs.tracking.models import Run
from runs.tracking.pages import chart_wall
from studio import access
from studio.access import Permission
from studio.api import problems
from studio.errors import StudioError
from studio.web.page import page

View = Callable[..., HttpResponse]


def said_in_json(view: View) -> View:
    """A script reads the answer: what goes wrong comes as a problem document, not as a page."""

    @wraps(view)
    def answer(request: HttpRequest, workspace: str) -> HttpResponse:
        try:
            return view(request, workspace)
        except StudioError as error:
            return problems.problem_response(error, request_id=getattr(request, "request_id", ""))

    return answer


@login_required
@require_safe
def chart_page(request: HttpRequest, workspace: str) -> HttpResponse:
    """The charts of `?ids=a,b`, or of the runs of `?experiment=…&filter=…`."""
    here = access.workspace_or_404(request, Permission.RUN_VIEW)
    experiment, filter = request.GET.get("experiment", ""), request.GET.get("filter", "")
    ids = chart_wall.ids_in(request.GET)
    board = chart_wall.board(here, ids=ids, experiment=experiment, filter=filter)
    context = {"workspace": here, "charts": board, "experiment": experiment, "filter": filter, "count": len(ids)}
    return page(request, "runs/charts/page.html", context)


@login_required
@require_safe
@said_in_json
def chart_catalogue(request: HttpRequest, workspace: str) -> HttpResponse:
    """The runs with their colours, and the names of what can be drawn."""
    here = access.workspace_or_404(request, Permission.RUN_VIEW)
    runs = chart_wall.runs_of(here, access.visible(request, Run), request.GET, request.user)
    scope = request.GET.get("scope", "")
    return _json(catalogue.catalogue(runs, scope=scope, wanted=request.GET.getlist("with")))


@login_required
@require_safe
@said_in_json
def chart_lines(request: HttpRequest, workspace: str) -> HttpResponse:
    """Lines or bands, packed. Raises Invalid."""
    here = access.workspace_or_404(request, Permission.RUN_VIEW)
    question, grouping = chart_wall.question(request.GET), chart_wall.grouping(request.GET)
    runs = chart_wall.runs_of(here, access.visible(request, Run), request.GET, request.user)
    hidden = frozenset(request.GET.get("hide", "").split(","))
    return HttpResponse(wall.answer(runs, question, grouping, hidden), content_type=packing.CONTENT_TYPE)


@login_required
@require_safe
@said_in_json
def chart_values(request: HttpRequest, workspace: str) -> HttpResponse:
    """Values of runs by field, a list for each in the order of the runs. Raises Invalid."""
    here = access.workspace_or_404(request, Permission.RUN_VIEW)
    runs = chart_wall.runs_of(here, access.visible(request, Run), request.GET, request.user)
    wanted = [fields.parse(text) for text in request.GET.getlist("field")]
    columns = fields.values(runs, wanted)
    values = {text: fields.finite(fields.as_numbers(column)) for text, column in columns.items()}
    return _json({"runs": [run.pk for run in runs], "values": values})


@login_required
@require_safe
@said_in_json
def chart_media(request: HttpRequest, workspace: str) -> HttpResponse:
    """Which images, tables and figures the first 50 runs have logged, by kind and key."""
    here = access.workspace_or_404(request, Permission.RUN_VIEW)
    return _json(media.index(chart_wall.runs_of(here, access.visible(request, Run), request.GET, request.user)))


@login_required
@require_safe
@said_in_json
def chart_media_content(request: HttpRequest, workspace: str) -> HttpResponse:
    """What is in the files `?kind=…&file=RUN/PATH&file=…`, checked, in their order. Raises Invalid."""
    here = access.workspace_or_404(request, Permission.RUN_VIEW)
    files = request.GET.getlist("file")
    named = {name.partition("/")[0] for name in files[: media.MOST_READ]}
    runs = access.visible(request, Run).filter(workspace=here, pk__in=named)
    return _json({"files": media.contents(runs, request.GET.get("kind", ""), files)})


def _json(data: Any) -> HttpResponse:
    return HttpResponse(orjson.dumps(data), content_type="application/json")

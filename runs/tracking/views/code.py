"""The code a run was started from: its files, and how they differ from another run's."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from runs.tracking.models import Run
from runs.tracking.pages import diffs, downloads, run_page, trees
from runs.tracking.queries import code as code_queries
from runs.tracking.views.run_page import run_context
from studio import access
from studio.access import Permission
from studio.errors import NotFound
from studio.storage import blobs
from studio.web.page import page

CANDIDATES = 50


@login_required
@require_safe
def run_code(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    """The tree with the file of `?path=`, or with `?with=<run>` the difference to that run's code."""
    run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
    context = {
        **run_context(request, run, tab="run-code"),
        "git": run_page.facts(run),
        "others": _others(request, run),
        "path": "",
    }
    other_id = request.GET.get("with", "")
    if other_id and run.snapshot:
        other = access.get_or_404(request, Run, other_id, Permission.RUN_VIEW)
        context |= {"other": other, "diff": diffs.between(other, run, layout=request.GET.get("layout", ""))}
    elif run.snapshot:
        context |= _file(run, request.GET.get("path", ""))
    return page(request, "runs/run/code.html", context)


@login_required
@require_safe
def run_code_file(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    """One file of the code alone, with its line numbers."""
    run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
    context = {"run": run, "workspace": run.workspace, **_file(run, request.GET.get("path", ""))}
    return render(request, "runs/run/code_file.html", context)


@login_required
@require_safe
def run_code_zip(request: HttpRequest, workspace: str, run_id: str) -> StreamingHttpResponse:
    run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
    if run.snapshot is None:
        raise _without_code()
    blob = run.snapshot.blob
    response = StreamingHttpResponse(blobs.read_range(blob), content_type="application/zip")
    response.headers["Content-Length"] = str(blob.size)
    response.headers["Content-Disposition"] = downloads.attachment(f"{run.name}-code.zip")
    return response


def _file(run: Run, path: str) -> dict[str, object]:
    if run.snapshot is None:
        raise _without_code()
    entries = code_queries.code_tree(run.snapshot)
    base = reverse("run-code", kwargs={"workspace": run.workspace.slug, "run_id": run.pk})
    path = path or diffs.first_file(entries, run.command)
    return {
        "entries": entries,
        "nodes": trees.code_nodes(entries, path, base=base),
        "path": path,
        "file": code_queries.read_file(run.snapshot, path) if path else None,
    }


def _others(request: HttpRequest, run: Run) -> list[Run]:
    """Recent runs of the experiment whose code can be compared with this run's."""
    rows = access.visible(request, Run).filter(experiment=run.experiment_id, snapshot__isnull=False, deleted_at=None)
    return list(rows.exclude(pk=run.pk).order_by("-created_at", "-id")[:CANDIDATES])


def _without_code() -> NotFound:
    return NotFound("no_code", "This run has no code snapshot.", hint="Runs that are submitted keep one.")

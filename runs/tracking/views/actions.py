"""What people do to a run from its page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from runs.tracking.models import Run
from runs.tracking.services import lifecycle, records
from runs.tracking.views.run_page import run_context
from studio import access
from studio.access import Permission
from studio.errors import Conflict, Invalid
from studio.web import markdown
from studio.web.addresses import own_path


@login_required
@require_POST
def run_stop(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    run = access.get_or_404(request, Run, run_id, Permission.RUN_STOP)
    try:
        lifecycle.stop_run(actor=request.user, run=run)
    except Conflict as error:
        # It ended between the look and the press: that is news, not a failure.
        messages.info(request, error.message)
    else:
        messages.success(request, f"{run.name} is being stopped." if run.is_live else f"{run.name} was canceled.")
    return _back(request, run)


@login_required
@require_POST
def run_start(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    run = access.get_or_404(request, Run, run_id, Permission.RUN_SUBMIT)
    try:
        lifecycle.queue_run(actor=request.user, run=run)
    except Conflict as error:
        messages.info(request, error.message)
    else:
        messages.success(request, f"{run.name} joined the queue.")
    return _back(request, run)


@login_required
@require_POST
def run_archive(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    """Archive, or with `action=restore` bring back."""
    run = access.get_or_404(request, Run, run_id, Permission.RUN_ARCHIVE)
    is_archived = request.POST.get("action") != "restore"
    try:
        records.archive_runs(actor=request.user, runs=[run], is_archived=is_archived)
    except Invalid as error:
        messages.error(request, f"{error.message} {error.hint}")
    else:
        messages.success(request, f"{run.name} was {'archived' if is_archived else 'restored'}.")
    return _back(request, run)


@login_required
@require_POST
def run_edit(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    """Change the name, the description or the tags: whichever the form names in `part`."""
    run = access.get_or_404(request, Run, run_id, Permission.RUN_EDIT)
    part = request.POST.get("part", "")
    if part not in EDITORS:
        raise Invalid("unknown_part", "The form is none of this page's.", hint="Reload the page.")
    error = None
    try:
        EDITORS[part](request, run)
    except Invalid as refused:
        error = refused
    if not getattr(request, "htmx", None):
        if error:
            messages.error(request, error.message)
        return _back(request, run)
    context = {
        **run_context(request, run, tab=""),
        "error": error,
        "typed": request.POST,
        "tags": run.tags.all(),
        "description": markdown.to_html(run.description),
    }
    return render(request, f"runs/run/editors.html#{part}", context, status=422 if error else 200)


def _rename(request: HttpRequest, run: Run) -> None:
    records.edit_run(actor=request.user, run=run, name=request.POST.get("name", ""))


def _describe(request: HttpRequest, run: Run) -> None:
    text = request.POST.get("description", "").replace("\r\n", "\n")
    records.edit_run(actor=request.user, run=run, description=text)


def _tag(request: HttpRequest, run: Run) -> None:
    """Set `key` to `value`, or take the tag `remove` away."""
    removed = request.POST.get("remove", "")
    if removed:
        records.edit_run(actor=request.user, run=run, tags={removed: None})
        return
    key = request.POST.get("key", "").strip()
    if not key:
        raise Invalid("invalid_tag", "The tag has no name.", hint="Write a name, such as team.")
    records.edit_run(actor=request.user, run=run, tags={key: request.POST.get("value", "").strip()})


EDITORS = {"name": _rename, "description": _describe, "tags": _tag}


def _back(request: HttpRequest, run: Run) -> HttpResponse:
    """To the tab the form was on."""
    overview = reverse("run-overview", kwargs={"workspace": run.workspace.slug, "run_id": run.pk})
    return redirect(own_path(request.POST.get("next", ""), otherwise=overview))

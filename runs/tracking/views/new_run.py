"""The new-run form: a job field by field, or as the text of a job file; new, from an experiment, or a clone."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from runs.tracking import job_types
from runs.tracking.forms import JobTextForm, NewRunForm
from runs.tracking.jobfile import parse
from runs.tracking.models import Run, RunState, Snapshot
from runs.tracking.pages import job_documents, new_run
from runs.tracking.services import submit, uploads
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.errors import Invalid, TooLarge
from studio.web.page import page

TEMPLATE = "runs/new/form.html"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def run_new(request: HttpRequest, workspace: str) -> HttpResponse:
    here = access.workspace_or_404(request, Permission.RUN_SUBMIT)
    source = _source(request)
    if request.method != "POST":
        return page(request, TEMPLATE, _context(request, here, source, new_run.first_document(request.GET, source)))
    try:
        run = _other_type(request, here) or _submit(request, here, source, _read(request, here, source))
    except (Invalid, TooLarge) as error:
        return page(request, TEMPLATE, _refused(request, here, source, error), part="form", status=422)
    said: dict[str, str] = {RunState.CREATED: "was prepared", RunState.RUNNING: "is under way"}
    messages.success(request, f"{run.name} {said.get(run.state, 'joined the queue')}.")
    return redirect("run-overview", workspace=here.slug, run_id=run.pk)


@login_required
@require_POST
def run_new_convert(request: HttpRequest, workspace: str) -> HttpResponse:
    """The other picture of the same job: from fields to text, or from text to fields."""
    here = access.workspace_or_404(request, Permission.RUN_SUBMIT)
    source = _source(request)
    try:
        draft = _read(request, here, source)
    except Invalid as error:
        return page(request, TEMPLATE, _refused(request, here, source, error), part="form", status=422)
    view = "text" if request.POST.get("view") != "text" else "fields"
    context = _context(request, here, source, draft.document, files=draft.files, view=view)
    return page(request, TEMPLATE, context, part="form")


def _other_type(request: HttpRequest, here: Workspace) -> Run | None:
    """The run of a text that is no command job's, such as a pipeline's; None for one that is."""
    job_file = job_types.JobFile(text=request.POST.get("text", ""))
    job_type = job_types.of(job_file) if request.POST.get("view") == "text" else None
    if job_type is None:
        return None
    return job_type.submit(actor=request.user, workspace=here, job_file=job_file)


def _read(request: HttpRequest, here: Workspace, source: Run | None) -> new_run.Draft:
    """The job that was sent, whichever picture it was sent as. Raises Invalid with each field's sentence."""
    if request.POST.get("view") == "text":
        form = JobTextForm(request.POST)
        if not form.is_valid():
            raise new_run.invalid_form(form)
        document = parse.parse_text(form.cleaned_data["text"], "job.yml").to_json()
        return new_run.Draft(document, new_run.kept_files(request.POST))
    fields = NewRunForm(request.POST, targets=new_run.target_names(here))
    if not fields.is_valid():
        raise new_run.invalid_form(fields)
    kept = new_run.kept_document(request.POST)
    document = job_documents.from_fields(fields.cleaned_data, kept)
    return new_run.Draft(document, {**new_run.kept_files(request.POST), **job_documents.files_of(fields.cleaned_data)})


def _submit(request: HttpRequest, here: Workspace, source: Run | None, draft: new_run.Draft) -> Run:
    job = parse.parse_object(draft.document)
    queue = request.POST.get("then") != "prepare"
    snapshot = _uploaded_code(request, here)
    if source is not None and source.definition is not None:
        return submit.repeat_run(
            actor=request.user, original=source, job=job, files=draft.files, queue=queue,
            snapshot=snapshot.digest if snapshot else "",
        )  # fmt: skip
    if snapshot is not None:
        job = replace(job, code=".")  # whatever folder the text names, the code is what was uploaded
    return submit.submit_run(
        actor=request.user, workspace=here, job=job, files=draft.files, queue=queue,
        snapshot=snapshot.digest if snapshot else "",
    )  # fmt: skip


def _uploaded_code(request: HttpRequest, here: Workspace) -> Snapshot | None:
    upload = request.FILES.get("code")
    if upload is None:
        return None
    return uploads.store_code(actor=request.user, workspace=here, upload=upload)


def _source(request: HttpRequest) -> Run | None:
    """The run to clone, when the address or the form names one."""
    run_id = request.GET.get("clone") or request.POST.get("clone")
    if not run_id:
        return None
    return access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)


def _context(
    request: HttpRequest,
    here: Workspace,
    source: Run | None,
    document: dict[str, Any],
    *,
    files: dict[str, str] | None = None,
    view: str = "fields",
) -> dict[str, Any]:
    initial = job_documents.to_fields(document, files)
    return {
        "workspace": here,
        "source": source,
        "view": view,
        "fields": NewRunForm(initial=initial, targets=new_run.target_names(here)),
        "text": JobTextForm(initial={"text": job_documents.to_text(document)}),
        "kept": new_run.to_hidden(document, files or {}),
        "paths": new_run.experiment_paths(here),
    }


def _refused(request: HttpRequest, here: Workspace, source: Run | None, error: Invalid | TooLarge) -> dict[str, Any]:
    """The form as it was sent, with the sentence at the field it is about."""
    fields = NewRunForm(request.POST, targets=new_run.target_names(here))
    text = JobTextForm(request.POST)
    view = "text" if request.POST.get("view") == "text" else "fields"
    shown = text if view == "text" else fields
    shown.is_valid()
    new_run.add_errors(shown, error)
    return {
        "workspace": here,
        "source": source,
        "view": view,
        "fields": fields,
        "text": text,
        "kept": {"document": request.POST.get("document", ""), "files": request.POST.get("files", "")},
        "paths": new_run.experiment_paths(here),
    }

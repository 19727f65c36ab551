"""The review of a version: card, checks, stages asked for and decided, versions compared; and the stages themselves."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from registry.mlmodels import comparing, forms, queries, stages
from registry.mlmodels.models import ModelVersion, RegisteredModel
from registry.mlmodels.services import approvals, checks, models, versions
from registry.mlmodels.services import stages as stage_services
from registry.mlmodels.views.versions import find_version
from studio import access
from studio.access import Permission
from studio.errors import StudioError
from studio.web.page import page


@login_required
@require_POST
def version_card(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    access.workspace_or_404(request, Permission.MODEL_EDIT)
    version = find_version(request, name, number)
    text = request.POST.get("card", "")
    return _done(
        request, version, lambda: versions.write_card(actor=request.user, version=version, card=text),
        "The card was saved.",
    )  # fmt: skip


@login_required
@require_POST
def version_archive(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    """Archive a version, or take it back (`restore`)."""
    access.workspace_or_404(request, Permission.MODEL_EDIT)
    version = find_version(request, name, number)
    wanted = "restore" not in request.POST
    return _done(
        request, version, lambda: versions.archive_version(actor=request.user, version=version, is_archived=wanted),
        f"Version {number} was {'archived' if wanted else 'restored'}.",
    )  # fmt: skip


@login_required
@require_POST
def model_archive(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    access.workspace_or_404(request, Permission.MODEL_EDIT)
    model = access.get_or_404(request, RegisteredModel, None, Permission.MODEL_VIEW, name=name)
    wanted = "restore" not in request.POST
    models.archive_model(actor=request.user, model=model, is_archived=wanted)
    messages.success(request, f"{name} was {'archived' if wanted else 'restored'}.")
    return redirect(model.get_absolute_url())


@login_required
@require_POST
def version_ask(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    """Ask that the version goes to a stage that needs somebody's word."""
    access.workspace_or_404(request, Permission.MODEL_EDIT)
    version = find_version(request, name, number)
    values = {key: request.POST.get(key, "") for key in ("stage", "comment")}
    archive = bool(request.POST.get("archive_existing"))
    return _done(
        request, version,
        lambda: approvals.request_stage(actor=request.user, version=version, archive_existing=archive, **values),
        "The request was sent to who may approve it.",
    )  # fmt: skip


@login_required
@require_POST
def version_decide(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    """Approve, reject or take back the open request."""
    found = access.workspace_or_404(request, Permission.MODEL_EDIT)
    version = find_version(request, name, number)
    asked, word = queries.open_request(version), request.POST.get("decision", "")
    if asked is None:
        messages.error(request, "Nobody asks for a stage of this version any more.")
        return redirect(version.get_absolute_url())
    if word == "withdraw":
        return _done(
            request, version, lambda: approvals.withdraw(actor=request.user, request=asked), "It was taken back."
        )
    access.require(request, Permission.MODEL_APPROVE, found)
    decide = approvals.approve if word == "approve" else approvals.reject
    said = f"Version {number} is in the stage {asked.stage} now." if word == "approve" else "The request was rejected."
    answer = request.POST.get("answer", "")
    return _done(request, version, lambda: decide(actor=request.user, request=asked, answer=answer), said)


@login_required
@require_POST
def version_check(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    """Report the result of a check by hand, or forget one (`remove`)."""
    access.workspace_or_404(request, Permission.MODEL_EDIT)
    version = find_version(request, name, number)
    if request.POST.get("remove"):
        wanted = request.POST["remove"]
        return _done(
            request, version, lambda: checks.remove_check(actor=request.user, version=version, name=wanted),
            "The result was removed.",
        )  # fmt: skip
    form = forms.CheckForm(request.POST)
    if not form.is_valid():
        messages.error(request, "A check has a name and a result.")
        return redirect(version.get_absolute_url())
    values = {**form.cleaned_data, "passed": form.cleaned_data["result"] == "passed"}
    del values["result"]
    return _done(
        request, version, lambda: checks.report_check(actor=request.user, version=version, **values),
        f"{values['name']} is noted.",
    )  # fmt: skip


@login_required
@require_GET
def version_compare(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    """Two versions of a model side by side; without `?with=`, the one before."""
    version = find_version(request, name, number)
    rows = list(queries.versions_with_parts(queries.versions_of(version.model))[:200])
    others = [row for row in rows if row.pk != version.pk]
    wanted = request.GET.get("with", "")
    other = next((row for row in others if str(row.number) == wanted), None)
    other = other or next((row for row in others if row.number < version.number), others[0] if others else None)
    found = comparing.compare(other, version) if other else None
    context = {
        "workspace": version.model.workspace,
        "model": version.model,
        "version": version,
        "others": others,
        "other": other,
        "found": found,
        "sections": found.sections if found else [],
    }
    return page(request, "registry/mlmodels/compare.html", context, part="compare")


@login_required
@require_GET
def stage_list(request: HttpRequest, workspace: str) -> HttpResponse:
    """The stages of the workspace and what each asks."""
    found = access.workspace_or_404(request, Permission.MODEL_VIEW)
    rows = stages.of(found)
    people = stage_services.who_may_approve(workspace=found)
    return page(
        request,
        "registry/mlmodels/stages.html",
        {
            "workspace": found,
            "rows": [(row, forms.StageRulesForm.of(row, people), stages.is_active(row)) for row in rows],
            "form": forms.StageRulesForm(people=people),
            "can_govern": access.allows(request, Permission.MODEL_GOVERN, found),
        },
        part="stages",
    )


@login_required
@require_POST
def stage_save(request: HttpRequest, workspace: str, stage: str) -> HttpResponse:
    """Make or change a stage; the form's `name` counts where the address says `new`."""
    found = access.workspace_or_404(request, Permission.MODEL_GOVERN)
    form = forms.StageRulesForm(request.POST, people=stage_services.who_may_approve(workspace=found))
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("model-stages", workspace=workspace)
    name = form.cleaned_data["name"] or stage
    try:
        stage_services.save_stage(actor=request.user, workspace=found, name=name, changes=form.changes())
        messages.success(request, f"The stage {name} was saved.")
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
    return redirect("model-stages", workspace=workspace)


@login_required
@require_POST
def stage_delete(request: HttpRequest, workspace: str, stage: str) -> HttpResponse:
    found = access.workspace_or_404(request, Permission.MODEL_GOVERN)
    try:
        stage_services.delete_stage(actor=request.user, workspace=found, name=stage)
        messages.success(request, f"The stage {stage} was removed.")
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
    return redirect("model-stages", workspace=workspace)


def _done(request: HttpRequest, version: ModelVersion, act: Callable[[], Any], said: str) -> HttpResponse:
    """Do it, say how it went, and show the version."""
    try:
        act()
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
    else:
        messages.success(request, said)
    return redirect(version.get_absolute_url())

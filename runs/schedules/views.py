"""Pages of schedules: the list, one with its firings, the form with a preview that follows what is typed."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from runs.pipelines.publishing.input_fields import PREFIX
from runs.schedules import azure, choosing, definitions, forms, pages, services
from runs.schedules.models import Firing, Schedule
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.errors import Invalid, StudioError
from studio.web.forms import blame
from studio.web.page import page

VIEW, EDIT = Permission.SCHEDULE_VIEW, Permission.SCHEDULE_EDIT


@login_required
@require_GET
def schedule_list(request: HttpRequest, workspace: str) -> HttpResponse:
    found = access.workspace_or_404(request, VIEW)
    context = {"workspace": found, "page": pages.list_page(request, found)}
    return page(request, "runs/schedules/list.html", context, part="rows")


@login_required
@require_http_methods(["GET", "POST"])
def schedule_new(request: HttpRequest, workspace: str) -> HttpResponse:
    """The form (`?runs=pipeline:3`)."""
    found = access.workspace_or_404(request, EDIT)
    runs = (request.POST or request.GET).get("runs", "")
    initial = {**forms.BEGUN, "runs": runs}
    choices = pages.choices(found)
    runs = runs or (choices[0][0] if choices else "")
    form = forms.ScheduleForm(
        request.POST or None, choices=choices, initial=initial, parameters=choosing.parameters_of(found, runs)
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            values = _values(request, found, form)
            made = services.create(actor=request.user, workspace=found, new=definitions.NewSchedule(**values))
            return redirect(made.get_absolute_url())
        except StudioError as error:
            _blame(form, error)
    return _form(request, found, form, None)


@login_required
@require_http_methods(["GET", "POST"])
def schedule_edit(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    schedule = _schedule(request, name, EDIT)
    found = schedule.workspace
    form = forms.ScheduleForm(
        request.POST or None, choices=pages.choices(found, schedule), initial=forms.initial_of(schedule, ""),
        parameters=choosing.parameters_of(found, request.POST.get("runs", ""), schedule),
        kept={} if request.POST.get("runs") else schedule.inputs,
    )  # fmt: skip
    form.fields["runs"].required = False
    if request.method == "POST" and form.is_valid():
        try:
            changed = services.edit(actor=request.user, schedule=schedule, changes=_values(request, found, form))
            return redirect(changed.get_absolute_url())
        except StudioError as error:
            _blame(form, error)
    return _form(request, found, form, schedule)


@login_required
@require_POST
def schedule_inputs(request: HttpRequest, workspace: str) -> HttpResponse:
    """The fields for the inputs of what was chosen; what was filled in before stays (`?schedule=nightly`: what that one runs)."""
    found = access.workspace_or_404(request, EDIT)
    name, runs = request.GET.get("schedule", ""), request.POST.get("runs", "")
    schedule = _schedule(request, name, EDIT) if name else None
    form = forms.ScheduleForm(
        choices=(), parameters=choosing.parameters_of(found, runs, schedule), initial=request.POST.dict(),
        kept=schedule.inputs if schedule and not runs else {},
    )  # fmt: skip
    return page(
        request, "runs/schedules/form.html#inputs", {"workspace": found, "form": form, "schedule": schedule}
    )  # fmt: skip


@login_required
@require_POST
def schedule_preview(request: HttpRequest, workspace: str) -> HttpResponse:
    """The trigger that is being typed, in words and with its next times."""
    found = access.workspace_or_404(request, VIEW)
    return page(
        request, "runs/schedules/form.html#preview", {"workspace": found, "preview": _preview(request.POST)}
    )  # fmt: skip


@login_required
@require_GET
def schedule_detail(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    schedule = _schedule(request, name, VIEW)
    context = {"workspace": schedule.workspace, "page": pages.schedule_page(request, schedule)}
    return page(request, "runs/schedules/detail.html", context, part="rows")


@login_required
@require_POST
def schedule_switch(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """Pause it, or let it go on."""
    schedule = _schedule(request, name, EDIT)
    change = services.resume if schedule.is_paused else services.pause
    change(actor=request.user, schedule=schedule)
    return redirect(schedule.get_absolute_url())


@login_required
@require_POST
def schedule_fire(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    schedule = _schedule(request, name, EDIT)
    fired = services.fire_now(actor=request.user, schedule=schedule)
    if fired.state == Firing.State.FAILED:
        messages.error(request, fired.problem)
    else:
        messages.success(request, f"{schedule.name} was started.")
    return redirect(schedule.get_absolute_url())


@login_required
@require_POST
def schedule_backfill(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """The times between two that were never fired."""
    schedule = _schedule(request, name, EDIT)
    try:
        made = services.backfill(
            actor=request.user, schedule=schedule, since=_moment(request, schedule, "since"),
            until=_moment(request, schedule, "until"),
        )  # fmt: skip
        messages.success(request, f"{len(made)} missed time{'' if len(made) == 1 else 's'} will be run.")
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
    return redirect(schedule.get_absolute_url())


@login_required
@require_POST
def schedule_address(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """The address of a webhook schedule, shown once more, or replaced (`replace`)."""
    schedule = _schedule(request, name, EDIT)
    show = services.replace_address if request.POST.get("replace") else services.address
    try:
        url = request.build_absolute_uri(show(actor=request.user, schedule=schedule))
    except StudioError as error:
        messages.error(request, error.message)
        return redirect(schedule.get_absolute_url())
    context = {"workspace": schedule.workspace, "page": pages.schedule_page(request, schedule), "address": url}
    response = page(request, "runs/schedules/detail.html", context)
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_POST
def schedule_delete(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    schedule = _schedule(request, name, EDIT)
    services.delete(actor=request.user, schedule=schedule)
    messages.success(request, f"The schedule {name} was deleted.")
    return redirect("schedule-list", workspace)


def _values(request: HttpRequest, workspace: Workspace, form: forms.ScheduleForm) -> dict[str, Any]:
    """The fields of NewSchedule that the form gives; what it runs only where one was chosen."""
    values = {name: form.cleaned_data[name] for name in ("name", "description", "experiment")}
    values["inputs"] = form.inputs
    kind, _, which = form.cleaned_data["runs"].partition(":")
    runs = {kind: int(which) if kind == "pipeline" else which} if kind else {}
    return choosing.chosen(actor=request.user, workspace=workspace, values={**values, **form.when, **runs})


def _form(
    request: HttpRequest, workspace: Workspace, form: forms.ScheduleForm, schedule: Schedule | None
) -> HttpResponse:
    shown = pages.preview_of(schedule) if schedule and not form.is_bound else _preview(request.POST)
    context = {
        "workspace": workspace, "form": form, "schedule": schedule, "preview": shown, "zones": pages.zone_names()
    }  # fmt: skip
    return page(request, "runs/schedules/form.html", context, status=422 if form.is_bound else 200)


def _preview(given: Any) -> pages.Preview:
    form = forms.TriggerForm(given or forms.BEGUN)
    if not form.is_valid():
        return pages.Preview("", [], "", "Something is not filled in yet.")
    try:
        return pages.preview(form.when)
    except StudioError as error:
        return pages.Preview("", [], "", error.message)


def _blame(form: forms.ScheduleForm, error: StudioError) -> None:
    """A trigger's fields have other names in the form."""
    names = {"trigger.name": "watched", "trigger.schedule": "hours"}
    changed = {key: key.removeprefix("trigger.").replace("inputs.", PREFIX, 1) for key in error.fields}
    error.fields = {names.get(key, changed[key]): each for key, each in error.fields.items()}
    blame(form, error)


def _moment(request: HttpRequest, schedule: Schedule, field: str) -> datetime:
    text = request.POST.get(field, "")[:40]
    if not text:
        raise Invalid("bad_backfill", "Give the start and the end of the range.")
    found = azure.moment(text, schedule.time_zone, field)
    if not 1970 <= found.year <= 2200:
        raise Invalid("bad_backfill", "This range is too far away.")
    return found


def _schedule(request: HttpRequest, name: str, permission: Permission) -> Schedule:
    workspace = access.workspace_or_404(request, permission)
    found: Schedule = access.get_or_404(request, Schedule, None, permission, name=name)
    found.workspace = workspace
    return found

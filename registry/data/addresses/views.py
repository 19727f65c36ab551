"""The page of the address table: every rule, a form for a new one, and what can be done with each."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from registry.data.addresses import forms, queries, services
from studio import access
from studio.errors import Denied, StudioError
from studio.web.forms import blame
from studio.web.page import page

FIELDS = ("prefix", "datastore", "path", "note")


@login_required
@require_http_methods(["GET", "POST"])
def rule_list(request: HttpRequest) -> HttpResponse:
    """Every rule; POST adds one."""
    _require_administrator(request)
    form = forms.RuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            rule = services.add_rule(actor=request.user, **form.cleaned_data)
        except StudioError as error:
            blame(form, error)
        else:
            messages.success(request, f"{rule.prefix} is read from the datastore {rule.datastore} from now on.")
            return redirect("address-rule-list")
    context = {"rules": queries.rules(), "form": form}
    return page(request, "registry/data/addresses/list.html", context, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "POST"])
def rule_edit(request: HttpRequest, pk: int) -> HttpResponse:
    _require_administrator(request)
    rule = queries.rule(pk)
    form = forms.RuleForm(request.POST or None, initial={name: getattr(rule, name) for name in FIELDS})
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_rule(actor=request.user, rule=rule, **form.cleaned_data)
        except StudioError as error:
            blame(form, error)
        else:
            messages.success(request, "The rule was saved.")
            return redirect("address-rule-list")
    context = {"rule": queries.rule(pk), "form": form}
    return page(request, "registry/data/addresses/edit.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def rule_delete(request: HttpRequest, pk: int) -> HttpResponse:
    _require_administrator(request)
    rule = queries.rule(pk)
    services.remove_rule(actor=request.user, rule=rule)
    messages.success(request, f"The rule for {rule.prefix} was removed.")
    return redirect("address-rule-list")


def _require_administrator(request: HttpRequest) -> None:
    if not access.is_administrator(request):
        raise Denied("administrators_only", "Only an administrator of this installation may do that.")

"""Pages of batch scoring: the list, an endpoint with its deployments and jobs, a job, and what can be done about them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from compute.targets import queries as targets
from registry.batch import downloads, forms, pages, queries, services
from registry.batch.models import BatchEndpoint, BatchJob
from registry.environments import queries as environments
from registry.mlmodels import queries as models
from studio import access
from studio.access import Permission
from studio.errors import StudioError
from studio.storage import folder_uploads
from studio.web.forms import blame
from studio.web.page import page

VIEW, EDIT, INVOKE = Permission.ENDPOINT_VIEW, Permission.ENDPOINT_EDIT, Permission.ENDPOINT_INVOKE


@login_required
@require_GET
def endpoint_list(request: HttpRequest, workspace: str) -> HttpResponse:
    found = access.workspace_or_404(request, VIEW)
    context = {"workspace": found, "page": pages.endpoint_list(request, found)}
    return page(request, "registry/batch/list.html", context, part="rows")


@login_required
@require_http_methods(["GET", "POST"])
def endpoint_new(request: HttpRequest, workspace: str) -> HttpResponse:
    found = access.workspace_or_404(request, EDIT)
    form = forms.EndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_endpoint(actor=request.user, workspace=found, **form.cleaned_data)
            return redirect("batch-deploy", workspace=found.slug, name=made.name)
        except StudioError as error:
            blame(form, error)
    context = {"workspace": found, "form": form}
    return page(request, "registry/batch/new.html", context, status=422 if form.is_bound else 200)


@login_required
@require_GET
def endpoint_detail(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    endpoint = _endpoint(request, name)
    context = {"workspace": endpoint.workspace, "page": pages.endpoint_page(request, endpoint)}
    return page(request, "registry/batch/detail.html", context, part="rows")


@login_required
@require_http_methods(["GET", "POST"])
def deploy(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """The form that makes or replaces a deployment."""
    endpoint = _endpoint(request, name, EDIT)
    known = [target.name for target in targets.targets_in(endpoint.workspace)]
    initial = {"model": request.GET.get("model", ""), "compute": "local"}
    form = forms.DeployForm(request.POST or None, request.FILES or None, targets=known, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.deploy(
                actor=request.user, endpoint=endpoint, name=form.cleaned_data["name"], new=_new(endpoint, form)
            )
            messages.success(request, f"{made} is deployed.")
            return redirect(endpoint.get_absolute_url())
        except StudioError as error:
            blame(form, error)
    context = {
        "workspace": endpoint.workspace,
        "endpoint": endpoint,
        "form": form,
        "model_names": models.names_in(endpoint.workspace),
        "environment_names": environments.names(endpoint.workspace),
    }
    return page(request, "registry/batch/deploy.html", context, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "POST"])
def invoke(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """The form that begins a job (`?input=azureml:patients:2`)."""
    endpoint = _endpoint(request, name, INVOKE)
    known = [each.name for each in queries.deployments_of(endpoint)]
    initial = {
        "input": request.GET.get("input", ""),
        "deployment": request.GET.get("deployment", endpoint.default_deployment),
    }
    form = forms.InvokeForm(request.POST or None, deployments=known, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("input", "deployment", "output_path", "output_asset")}
        try:
            asked = services.Invocation(**given, settings=form.settings)
            return redirect(services.invoke(actor=request.user, endpoint=endpoint, asked=asked).get_absolute_url())
        except StudioError as error:
            blame(form, error)
    context = {
        "workspace": endpoint.workspace,
        "endpoint": endpoint,
        "form": form,
        "data_refs": pages.data_refs(endpoint.workspace),
    }
    return page(request, "registry/batch/invoke.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def endpoint_delete(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    endpoint = _endpoint(request, name, Permission.ENDPOINT_DELETE)
    try:
        services.delete_endpoint(actor=request.user, endpoint=endpoint)
    except StudioError as error:
        messages.error(request, str(error))
        return redirect(endpoint.get_absolute_url())
    messages.success(request, f"The batch endpoint {name} was deleted.")
    return redirect("batch-endpoint-list", workspace=workspace)


@login_required
@require_POST
def make_default(request: HttpRequest, workspace: str, name: str, deployment: str) -> HttpResponse:
    endpoint = _endpoint(request, name, EDIT)
    queries.deployment_at(endpoint, deployment)
    services.edit_endpoint(actor=request.user, endpoint=endpoint, default_deployment=deployment)
    return redirect(endpoint.get_absolute_url())


@login_required
@require_POST
def deployment_delete(request: HttpRequest, workspace: str, name: str, deployment: str) -> HttpResponse:
    endpoint = _endpoint(request, name, Permission.ENDPOINT_DELETE)
    found = queries.deployment_at(endpoint, deployment)
    try:
        services.delete_deployment(actor=request.user, deployment=found)
        messages.success(request, f"The deployment {deployment} was deleted.")
    except StudioError as error:
        messages.error(request, str(error))
    return redirect(endpoint.get_absolute_url())


@login_required
@require_GET
def job_detail(request: HttpRequest, workspace: str, pk: str) -> HttpResponse:
    job = _job(request, pk)
    context = {"workspace": job.workspace, "page": pages.job_page(request, job), "topic": f"batch-job:{job.pk}"}
    return page(request, "registry/batch/job.html", context, part="body")


@login_required
@require_POST
def job_cancel(request: HttpRequest, workspace: str, pk: str) -> HttpResponse:
    job = _job(request, pk, INVOKE)
    try:
        services.cancel(actor=request.user, batch=job)
    except StudioError as error:
        messages.error(request, str(error))
    return redirect(job.get_absolute_url())


@login_required
@require_GET
def job_output(request: HttpRequest, workspace: str, pk: str) -> HttpResponseBase:
    return downloads.output(request, _job(request, pk))


@login_required
@require_GET
def worker_log(request: HttpRequest, workspace: str, pk: str, number: int) -> HttpResponse:
    """The log of one of the jobs that score."""
    job = _job(request, pk)
    worker = queries.worker_at(job, number)
    context = {
        "workspace": job.workspace,
        "job": job,
        "worker": worker,
        "is_finished": worker.job.is_finished,
        "topic": f"batch-job:{job.pk}",
    }
    return page(request, "registry/batch/log.html", context)


def _new(endpoint: BatchEndpoint, form: forms.DeployForm) -> services.NewBatchDeployment:
    values = form.cleaned_data
    upload = values.get("code")
    script = values["scoring_script"]
    if upload and not script and str(upload.name).endswith(".py"):
        script = str(upload.name)
    return services.NewBatchDeployment(
        model=values["model"],
        code=folder_uploads.store(workspace=endpoint.workspace, upload=upload).sha256 if upload else "",
        scoring_script=script,
        environment=values["environment"],
        compute=values["compute"],
        settings=form.settings,
    )


def _endpoint(request: HttpRequest, name: str, permission: Permission = VIEW) -> BatchEndpoint:
    found: BatchEndpoint = access.get_or_404(request, BatchEndpoint, None, permission, name=name)
    return found


def _job(request: HttpRequest, pk: str, permission: Permission = VIEW) -> BatchJob:
    row = access.get_or_404(request, BatchJob, None, permission, id=pk)
    return queries.job_at(row.pk) or row

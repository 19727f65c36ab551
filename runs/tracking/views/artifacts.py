"""The files a run left: the tree, previews, downloads."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from runs.tracking.models import Run
from runs.tracking.pages import archives, downloads, trees
from runs.tracking.queries import artifacts as artifact_queries
from runs.tracking.views.run_page import run_context
from studio import access
from studio.access import Permission
from studio.storage import blobs
from studio.web import files
from studio.web.page import page


@login_required
@require_safe
def run_artifacts(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    """The tree with the file of `?path=` beside it."""
    run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
    path = request.GET.get("path", "") or trees.first_file(run)
    base = reverse("run-artifacts", kwargs={"workspace": workspace, "run_id": run.pk})
    count, size = trees.totals(run)
    context = {
        **run_context(request, run, tab="run-artifacts"),
        "nodes": trees.artifact_nodes(run, path, base=base),
        "count": count,
        "size": size,
        "path": path,
        "can_register": access.allows(request, Permission.MODEL_EDIT, run.workspace),
        "register_url": _register_url(run, path),
    }
    if path and not path.endswith("/"):
        context |= _preview(request, run, path)
    return page(request, "runs/run/artifacts.html", context, part="tree" if request.GET.get("part") == "tree" else "")


@login_required
@require_safe
def run_artifact_preview(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    """The preview of one file alone; `?bytes=` asks for more of it."""
    run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
    context = {"run": run, "workspace": run.workspace, **_preview(request, run, request.GET.get("path", ""))}
    return render(request, "ui/file_preview.html", context)


@login_required
@require_safe
def run_artifact_raw(request: HttpRequest, workspace: str, run_id: str) -> StreamingHttpResponse:
    """The bytes as a download; with `?inline=1` for an image or the sandboxed frame of a preview."""
    run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
    artifact = artifact_queries.artifact_at(run, request.GET.get("path", ""))
    inline = request.GET.get("inline") == "1"
    response = StreamingHttpResponse(blobs.read_range(artifact.blob), content_type=artifact.content_type)
    response.headers["Content-Length"] = str(artifact.size)
    for name, value in downloads.headers_for(artifact.path.rsplit("/", 1)[-1], inline=inline).items():
        response.headers[name] = value
    return response


@login_required
@require_safe
def run_artifacts_zip(request: HttpRequest, workspace: str, run_id: str) -> StreamingHttpResponse:
    """All files of the run, or those of the folder `?path=`, in one archive made on the way."""
    run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
    path = request.GET.get("path", "").rstrip("/")
    response = StreamingHttpResponse(
        archives.zip_of(artifact_queries.files_of(run, path)), content_type="application/zip"
    )
    response.headers["Content-Disposition"] = downloads.attachment(f"{run.name}-artifacts.zip")
    return response


def _register_url(run: Run, path: str) -> str:
    """The form that makes a model version of the folder that the current file lies in."""
    folder = path.rstrip("/") if path.endswith("/") else path.rpartition("/")[0]
    source = f"runs:/{run.pk}/{folder}".rstrip("/")
    return f"{reverse('model-register', kwargs={'workspace': run.workspace.slug})}?{urlencode({'source': source})}"


def _preview(request: HttpRequest, run: Run, path: str) -> dict[str, object]:
    artifact = artifact_queries.artifact_at(run, path)
    asked = request.GET.get("bytes", "")
    preview = files.preview_of(
        artifact, wanted=int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0
    )
    kwargs = {"workspace": run.workspace.slug, "run_id": run.pk}
    raw = f"{reverse('run-artifact-raw', kwargs=kwargs)}?{urlencode({'path': path})}"
    more = urlencode({"path": path, "bytes": preview.next_bytes})
    return {
        "artifact": artifact,
        "preview": preview,
        "raw_url": raw,
        "more_url": f"{reverse('run-artifact-preview', kwargs=kwargs)}?{more}" if preview.next_bytes else "",
    }

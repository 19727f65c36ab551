"""Whose files lie where below the proxy's root.

    <experiment>/<run>/artifacts/<path>              a run's
    <experiment>/models/<m-…>/artifacts/<path>       a logged model's
    <experiment>/traces/<trace>/artifacts/<path>     a trace's
    registered-models/<model>/<number>/<path>        a registered version's, to read only
    <anything else>                                  nobody's in particular: files a client put there by that address

The experiment in an address is not looked at: a run that was moved is still found where a client knows it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from registry.mlmodels.models import ModelVersion, ModelVersionFile
from runs.logged_models import files as model_files
from runs.logged_models.models import ID_SHAPE, LoggedModel
from runs.mlflow_api.artifacts.models import LooseFile
from runs.mlflow_api.registry.locations import ROOT as VERSIONS
from runs.traces import files as trace_files
from runs.traces.models import Trace
from runs.tracking.models import Run
from runs.tracking.services import artifacts
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.errors import Denied, NotFound
from studio.identifiers import is_run_id
from studio.live import topics
from studio.live.pacing import publish_paced
from studio.storage.names import safe_relpath
from studio.storage.shelves import Shelf

MODELS, TRACES, FILES = "models", "traces", "artifacts"
RESERVED = frozenset({MODELS, TRACES})


@dataclass(frozen=True, slots=True)
class Address:
    """Where a path leads: an owner, and the file or folder among the owner's files ("" for all of them)."""

    kind: str  # "run", "model", "trace", "version", "loose"
    owner: str
    path: str


def parse(path: str) -> Address:
    """What a path below the root names. Raises Invalid for a path that can't be one, NotFound for a place of nobody."""
    path = plain(path)
    parts = path.split("/") if path else []
    if len(parts) >= 3 and parts[0] == VERSIONS:
        return Address("version", "/".join(parts[1:3]), "/".join(parts[3:]))
    if not parts or not _is_number(parts[0]):
        return Address("loose", "", "/".join(parts))
    if len(parts) >= 4 and parts[1] == MODELS and parts[3] == FILES:
        return Address("model", parts[2], "/".join(parts[4:]))
    if len(parts) >= 4 and parts[1] == TRACES and parts[3] == FILES:
        return Address("trace", parts[2], "/".join(parts[4:]))
    if len(parts) >= 3 and parts[1] not in RESERVED and parts[2] == FILES:
        return Address("run", parts[1], "/".join(parts[3:]))
    raise _nothing(path)


def plain(path: str) -> str:
    """The canonical form of a file's or folder's path; "" for all files. Raises Invalid for a path that can't be one.

    A client that downloads "." asks for "<folder>/." and for what lies below "./": such parts name nothing.
    """
    kept = "/".join(part for part in path.split("/") if part != ".")
    return safe_relpath(kept.rstrip("/") or kept) if kept else ""


def shelf(request: Any, workspace: Workspace, address: Address, permission: Permission) -> "Shelf[Any]":
    """The owner's files, on which the caller holds `permission`. Raises NotFound, Denied."""
    if address.kind == "run":
        return _run_shelf(_row(request, Run, address, permission), workspace)
    if address.kind == "model":
        return _model_shelf(_row(request, LoggedModel, address, permission), workspace)
    if address.kind == "trace":
        return _judged_trace_shelf(request, workspace, address, permission)
    if permission not in (Permission.RUN_VIEW, Permission.MODEL_VIEW):
        _refuse_writing(request, workspace, address)
    if address.kind == "version":
        access.require(request, Permission.MODEL_VIEW, workspace)
    return shelf_in(workspace, address)


def shelf_in(workspace: Workspace, address: Address) -> "Shelf[Any]":
    """The owner's files, for a caller who was judged before. Raises NotFound."""
    return _FINDERS[address.kind](workspace, address)


def tell(shelf: "Shelf[Any]") -> None:
    """Let those who watch the owner know that its files changed."""
    run_id = getattr(shelf.owner.get("run"), "pk", None) or getattr(shelf.owner.get("model"), "source_run_id", None)
    if run_id:
        publish_paced(topics.run(run_id), "artifacts")


def _row(request: Any, model: type[Any], address: Address, permission: Permission) -> Any:
    if not (is_run_id(address.owner) if model is Run else ID_SHAPE.fullmatch(address.owner)):
        raise _nothing(address.owner)
    return access.get_or_404(request, model, address.owner, permission)


def _refuse_writing(request: Any, workspace: Workspace, address: Address) -> None:
    if address.kind == "version":
        raise Denied("read_only", "The files of a registered version are kept as they were registered.")
    # A job's token writes what its own runs own, and nothing else.
    access.require(request, Permission.RUN_EDIT, workspace)


def _run_shelf(run: Run, workspace: Workspace) -> "Shelf[Any]":
    run.workspace = workspace
    return artifacts.shelf_of(run)


def _model_shelf(model: LoggedModel, workspace: Workspace) -> "Shelf[Any]":
    if model.deleted_at is not None:
        raise _nothing(model.pk)
    model.workspace = workspace
    return model_files.shelf_of(model)


def _judged_trace_shelf(request: Any, workspace: Workspace, address: Address, permission: Permission) -> "Shelf[Any]":
    """A trace is written by whoever may log, and where it belongs to a run, by whoever may log to that run."""
    trace = access.get_or_404(request, Trace, None, Permission.RUN_VIEW, trace_id=address.owner)
    if permission != Permission.RUN_VIEW:
        access.require(request, permission, workspace)
        if trace.run_id is not None:
            access.get_or_404(request, Run, trace.run_id, permission)
    trace.workspace = workspace
    return trace_files.shelf_of(trace, request.user)


def _find_trace(workspace: Workspace, address: Address) -> "Shelf[Any]":
    trace = _first(Trace.objects.filter(workspace=workspace, trace_id=address.owner), address)
    trace.workspace = workspace
    return trace_files.shelf_of(trace)


def _find_run(workspace: Workspace, address: Address) -> "Shelf[Any]":
    return _run_shelf(_first(Run.objects.filter(workspace=workspace, pk=address.owner), address), workspace)


def _find_model(workspace: Workspace, address: Address) -> "Shelf[Any]":
    return _model_shelf(_first(LoggedModel.objects.filter(workspace=workspace, pk=address.owner), address), workspace)


def _find_version(workspace: Workspace, address: Address) -> "Shelf[Any]":
    model_id, _, number = address.owner.partition("/")
    if not (_is_number(model_id) and _is_number(number)):
        raise _nothing(address.owner)
    rows = ModelVersion.objects.filter(model__workspace=workspace, model=int(model_id), number=int(number))
    version = _first(rows, address)
    return Shelf(ModelVersionFile, {"version": version}, workspace, what="this version")


def _loose(workspace: Workspace, address: Address) -> "Shelf[Any]":
    return Shelf(LooseFile, {"workspace": workspace}, workspace, what="the studio's store")


def _first(rows: Any, address: Address) -> Any:
    for found in rows.order_by()[:1]:
        return found
    raise _nothing(address.owner)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


def _nothing(path: str) -> NotFound:
    return NotFound("not_found", f"There is nothing at {path[:200]!r}.")


_FINDERS = cast(
    "dict[str, Callable[[Workspace, Address], Shelf[Any]]]",
    {"run": _find_run, "model": _find_model, "trace": _find_trace, "version": _find_version, "loose": _loose},
)

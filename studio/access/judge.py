"""The only judge: what views, API classes, sockets and downloads ask.

Not visible is `NotFound`, with the same words whether the thing exists or not; visible but not allowed is `Denied`,
naming the permission. The principal is the signed-in person, narrowed by the token the request came with.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol, TypeVar, cast

from django.db import connection, models
from django.http import HttpRequest

from studio import prepared
from studio.access.models import Membership, Workspace, WorkspaceQuerySet
from studio.access.permissions import ROLES, Permission, roles_with
from studio.errors import Denied, NotFound
from studio.rows import one_row, part

M = TypeVar("M", bound=models.Model)
_WORKSPACE = part(Workspace, "w")
# In SQL of our own: every request asks this, and building the query would cost three times the answer.
_PLACE = (
    f'SELECT {_WORKSPACE.columns}, m.role FROM "{Workspace._meta.db_table}" w'
    f' JOIN "{Membership._meta.db_table}" m ON m.workspace_id = w.id WHERE m.user_id = %s AND w.slug = %s'
)

# What became of a row that is no more: raises Gone where the workspace keeps a record of it.
Memory = Callable[[Workspace, Any], None]
_memories: dict[type[models.Model], Memory] = {}


class Narrowing(Protocol):
    """A credential that may do less than its person: an API token's scope, a job's token."""

    @property
    def workspace_id(self) -> int | None:
        """The one workspace it reaches, None for all of its person's."""

    @property
    def is_over(self) -> bool:
        """Whether it may only repeat a last report."""

    @property
    def places(self) -> "Mapping[str, Place | None]":
        """The person's places in workspaces, by slug, that finding the credential has told already."""

    def permits(self, permission: Permission) -> bool: ...

    def narrow(self, rows: "models.QuerySet[Any]", permission: Permission) -> "models.QuerySet[Any]": ...


@dataclass(frozen=True, slots=True)
class Place:
    """A workspace and the principal's role in it: found once a request."""

    workspace: Workspace
    role: str


def workspace_or_404(request: HttpRequest, permission: Permission = Permission.WORKSPACE_VIEW) -> Workspace:
    """The workspace named by the URL.

    Raises NotFound when the person is not a member, Denied when the role lacks `permission`.
    """
    place = _place(request)
    if place is None:
        raise _not_found()
    require(request, permission, place.workspace)
    return place.workspace


def require(request: HttpRequest, permission: Permission, workspace: Workspace) -> None:
    """Raise Denied, naming the permission, when this principal lacks it in `workspace`."""
    if not allows(request, permission, workspace):
        raise _denied(permission)


def visible_workspaces(request: HttpRequest) -> "models.QuerySet[Workspace]":
    """The workspaces of this principal."""
    rows = Workspace.objects.for_user(request.user, Permission.WORKSPACE_VIEW)
    narrowing = _narrowing(request)
    return narrowing.narrow(rows, Permission.WORKSPACE_VIEW) if narrowing else rows


def visible(request: HttpRequest, model: type[M], permission: Permission | None = None) -> "models.QuerySet[M]":
    """The rows of the URL's workspace on which this principal holds `permission` (viewing, when not named)."""
    permission = permission or cast(Any, model).view_permission
    workspace = workspace_or_404(request)
    rows = _held_in(request, model, permission, workspace)
    narrowing = _narrowing(request)
    if narrowing is None:
        return rows
    return narrowing.narrow(rows, permission) if narrowing.permits(permission) else rows.none()


def get_or_404(request: HttpRequest, model: type[M], pk: Any, permission: Permission, **lookup: Any) -> M:
    """The one row of the URL's workspace; `lookup` replaces `pk` where rows are named otherwise (`path="a/b"`).

    Raises NotFound when the principal can't see it, Denied when it may not do `permission`, Gone when it was removed
    for good and the workspace remembers it (`remember`).
    """
    wanted = lookup or {"pk": pk}
    if any(isinstance(value, str) and "\0" in value for value in wanted.values()):
        raise _not_found()  # PostgreSQL takes no such text
    found = None if lookup else _plain_row(request, model, pk, permission)
    if found is not None:
        return found
    # Unordered: the row is named, and sorting one row by joined columns is half the price of the query.
    for found in visible(request, model, permission).filter(**wanted).order_by()[:1]:
        return found
    if permission != cast(Any, model).view_permission and visible(request, model).filter(**wanted).exists():
        raise _denied(permission)
    if not lookup:
        _recall(request, model, pk)
    raise _not_found()


def remember(model: type[models.Model], memory: Memory) -> None:
    """Let `memory` say what became of rows of `model`, to whoever may see the workspace's rows of that kind."""
    _memories[model] = memory


def _recall(request: HttpRequest, model: type[models.Model], pk: Any) -> None:
    """Raise Gone for a row that was removed for good, when this principal could have seen it."""
    memory = _memories.get(model)
    place = _place(request)
    # A job's token sees the rows of its own job alone.
    if memory is None or place is None or not may_look_personally(request):
        return
    if allows(request, cast(Any, model).view_permission, place.workspace):
        memory(place.workspace, pk)


def _plain_row(request: HttpRequest, model: type[M], pk: Any, permission: Permission) -> M | None:
    """The commonest question in SQL of our own: a row of the URL's workspace, for whom no token narrows further.

    None says nothing: the full question is asked then.
    """
    meta = cast(Any, model)._meta
    narrowing = _narrowing(request)
    may_narrow = narrowing is not None and (narrowing.workspace_id is not None or not narrowing.permits(permission))
    place = _place(request)
    if place is None or may_narrow or not _is_plain(model) or permission not in ROLES[place.role]:
        return None
    values = [meta.pk.get_db_prep_value(pk, connection), place.workspace.pk]
    return one_row(model, f'"{meta.pk.column}" = %s AND workspace_id = %s', values)


@cache
def _is_plain(model: type[models.Model]) -> bool:
    """Whether a model's rows belong to a workspace by their own column, with no rule of the model's own."""
    rows = cast(Any, model).objects.all()
    return type(rows) is WorkspaceQuerySet and getattr(model, "workspace_path", "workspace") == "workspace"


def _held_in(
    request: HttpRequest, model: type[M], permission: Permission, workspace: Workspace
) -> "models.QuerySet[M]":
    """What `for_user` answers for one workspace. The role there is known by now, so the usual question needs no join."""
    rows = cast(WorkspaceQuerySet, cast(Any, model).objects.all())
    place = _places(request).get(workspace.slug)
    if place is None or type(rows).for_user is not WorkspaceQuerySet.for_user:
        return rows.in_workspace(workspace) & rows.for_user(request.user, permission)
    return rows.in_workspace(workspace) if permission in ROLES[place.role] else rows.none()


def allows(request: HttpRequest, permission: Permission, workspace: Workspace) -> bool:
    """Whether this principal holds `permission` in `workspace`: for `can` flags and checks on creation."""
    narrowing = _narrowing(request)
    if narrowing is not None and not narrowing.permits(permission):
        return False
    place = _places(request).get(workspace.slug)
    if place is None:
        return holds(request.user, permission, workspace)
    return permission in ROLES[place.role]


def may_look_personally(request: HttpRequest) -> bool:
    """Whether this credential may read the person's own things: all but a job's token."""
    narrowing = _narrowing(request)
    return narrowing is None or narrowing.permits(Permission.MEMBER_VIEW)


def is_administrator(request: HttpRequest) -> bool:
    """Whether this person may change what concerns the whole installation, with this credential."""
    user = request.user
    return user.is_authenticated and user.is_active and user.is_superuser and may_act_personally(request)


def may_create_workspaces(request: HttpRequest) -> bool:
    """Whether this person may open a workspace: the administrator, and whoever runs one already."""
    user = request.user
    if not user.is_authenticated or not user.is_active or not may_act_personally(request):
        return False
    runs_one = Membership.objects.filter(user=user, role__in=roles_with(Permission.WORKSPACE_EDIT))
    return user.is_superuser or runs_one.exists()


def is_over(request: HttpRequest) -> bool:
    """Whether this credential is the token of a job that has ended."""
    narrowing = _narrowing(request)
    return narrowing is not None and narrowing.is_over


def may_act_personally(request: HttpRequest) -> bool:
    """Whether this credential may change the person's own things: a session, or a personal token that may write."""
    narrowing = _narrowing(request)
    return narrowing is None or narrowing.permits(Permission.WORKSPACE_EDIT)


def holds(user: Any, permission: Permission, workspace: Workspace) -> bool:
    """Whether a person's role in `workspace` has `permission`, whatever token they came with."""
    role = role_in(user, workspace)
    return role is not None and permission in ROLES[role]


def role_in(user: Any, workspace: Workspace) -> str | None:
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return None
    return Membership.objects.filter(user=user, workspace=workspace).values_list("role", flat=True).first()


def _place(request: HttpRequest) -> Place | None:
    """The URL's workspace and the role in it, by one query a request."""
    slug = _slug(request)
    known = _places(request)
    if slug not in known:
        known[slug] = _find_place(request, slug)
    return known[slug]


def _find_place(request: HttpRequest, slug: str) -> Place | None:
    user = request.user
    if not user.is_authenticated or not user.is_active:
        return None
    narrowing = _narrowing(request)
    found = narrowing.places if narrowing is not None else {}
    place = found[slug] if slug in found else _asked_place(user.pk, slug)
    if place is not None and narrowing is not None and narrowing.workspace_id not in (None, place.workspace.pk):
        return None
    return place


def _asked_place(user_id: int, slug: str) -> Place | None:
    row = prepared.first_row(_PLACE, [user_id, slug])
    workspace = None if row is None else _WORKSPACE.read(row)
    return None if row is None or workspace is None else Place(workspace, row[-1])


def _places(request: HttpRequest) -> "dict[str, Place | None]":
    """What this request has asked already; kept on Django's own request, below DRF's wrapper."""
    plain = getattr(request, "_request", request)
    key = (request.user.pk, id(_narrowing(request)) if _narrowing(request) else None)
    kept = plain.__dict__.setdefault("_studio_places", {})
    return cast("dict[str, Place | None]", kept.setdefault(key, {}))


def _narrowing(request: HttpRequest) -> Narrowing | None:
    return cast("Narrowing | None", getattr(request, "auth", None))


def _slug(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is None or "workspace" not in match.kwargs:
        raise RuntimeError("The URL of a workspace's view must have the keyword `workspace`.")
    return str(match.kwargs["workspace"])


def _not_found() -> NotFound:
    return NotFound("not_found", "There is nothing here, or it is not yours to see.")


def _denied(permission: Permission) -> Denied:
    return Denied(
        "permission_denied",
        f"Your role does not allow this: it needs {permission.value}.",
        hint="An owner of the workspace can give you a role that does.",
    )

"""The workspaces' own keys: random, kept wrapped by a master key, opened when something is sealed or opened with them."""

import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import IntegrityError, transaction

from studio.access.models import Workspace
from studio.errors import Unavailable
from studio.secrets import ciphers, master
from studio.secrets.models import WorkspaceKey


@dataclass(frozen=True, slots=True)
class Rotated:
    """What became of the wrappings: how many were made anew, and the workspaces whose keys no known master key opens."""

    moved: int
    current: int
    lost: tuple[str, ...]


def current(workspace: Workspace) -> WorkspaceKey:
    """The key that new values of a workspace are sealed with, made at its first secret."""
    rows = WorkspaceKey.objects.filter(workspace=workspace, is_current=True)
    found = rows.first()
    if found is not None:
        return found
    wrapped, master_id = _wrap(secrets.token_bytes(ciphers.KEY_BYTES), workspace.pk)
    try:
        with transaction.atomic():
            return WorkspaceKey.objects.create(workspace=workspace, wrapped=wrapped, master_id=master_id)
    except IntegrityError:
        # Another request made the first secret at the same moment.
        return rows.get()


def cipher_of(key: WorkspaceKey) -> AESGCM:
    """A workspace's key, ready for use. Raises Unavailable when no known master key opens it."""
    return AESGCM(_unwrap(key))


def rewrap() -> Rotated:
    """Every workspace's key under the present master key. Values are not touched; who reads meanwhile reads on."""
    present = master.present()
    moved, lost = 0, []
    for key in WorkspaceKey.objects.exclude(master_id=present.id).select_related("workspace").order_by("pk"):
        try:
            wrapped, master_id = _wrap(_unwrap(key), key.workspace_id)
        except Unavailable:
            lost.append(key.workspace.slug)
            continue
        rows = WorkspaceKey.objects.filter(pk=key.pk, wrapped=key.wrapped)
        moved += rows.update(wrapped=wrapped, master_id=master_id)
    current = WorkspaceKey.objects.filter(master_id=present.id).count() - moved
    return Rotated(moved, current, tuple(dict.fromkeys(lost)))


def master_ids() -> set[str]:
    """The master keys that are still needed."""
    return set(WorkspaceKey.objects.values_list("master_id", flat=True).distinct())


def give_up_lost() -> int:
    """Let workspaces whose key nobody can open any more begin a new one: their values must be entered again."""
    lost = [key.pk for key in WorkspaceKey.objects.filter(is_current=True) if master.by_id(key.master_id) is None]
    return WorkspaceKey.objects.filter(pk__in=lost).update(is_current=False)


def _wrap(data_key: bytes, workspace_id: int) -> tuple[str, str]:
    by = master.present()
    return ciphers.seal(by.cipher, data_key, bound_to=_bound_to(workspace_id)), by.id


def _unwrap(key: WorkspaceKey) -> bytes:
    by = master.by_id(key.master_id)
    if by is None:
        raise unreadable()
    try:
        return ciphers.unseal(by.cipher, key.wrapped, bound_to=_bound_to(key.workspace_id))
    except ciphers.Unopened:
        raise unreadable() from None


def _bound_to(workspace_id: int) -> str:
    return f"key of workspace {workspace_id}"


def unreadable() -> Unavailable:
    return Unavailable(
        "secret_unreadable",
        "A stored secret can't be opened with the studio's present master key.",
        hint="An operator puts master.key back, or gives the earlier key in ATELIER_OLD_MASTER_KEYS.",
    )

"""A text that a feature keeps in a column of its own, sealed with its workspace's key."""

from studio.access.models import Workspace
from studio.secrets import box, ciphers, keys
from studio.secrets.models import WorkspaceKey

VERSION = "w1"


def seal(text: str, *, workspace: Workspace, purpose: str) -> str:
    """The sealed form of `text`. `purpose` (which row and field) must be given again to open it."""
    key = keys.current(workspace)
    return f"{VERSION}:{key.pk}:{ciphers.seal(keys.cipher_of(key), text.encode(), bound_to=purpose)}"


def unseal(sealed: str, *, workspace: Workspace, purpose: str) -> str:
    """The text again. Raises Unavailable when the studio's keys don't open it."""
    if not is_current(sealed):  # from before there was a vault
        return box.unseal(sealed, purpose=purpose)
    _, key_id, encoded = sealed.split(":")
    key = WorkspaceKey.objects.filter(workspace=workspace, pk=int(key_id)).first()
    if key is None:
        raise keys.unreadable()
    try:
        return ciphers.unseal(keys.cipher_of(key), encoded, bound_to=purpose).decode()
    except ciphers.Unopened:
        raise keys.unreadable() from None


def is_current(sealed: str) -> bool:
    """Whether a workspace's key sealed it, not the installation's secret key."""
    return sealed.startswith(f"{VERSION}:")


def reseal(sealed: str, *, workspace: Workspace, purpose: str) -> str:
    """The same text under the workspace's key."""
    return seal(unseal(sealed, workspace=workspace, purpose=purpose), workspace=workspace, purpose=purpose)

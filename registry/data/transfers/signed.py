"""Links to files of datastores: signed by this installation, for a while, alive as long as their maker's access."""

import time
from datetime import UTC, datetime
from typing import Any

from django.urls import reverse

from registry.data.datastores.models import Datastore
from studio import access
from studio.access import Permission
from studio.accounts import queries as accounts
from studio.errors import NotFound
from studio.storage import links
from studio.workspaces import queries as workspaces

PURPOSE = "datastore-file"
SECONDS = 3600
LONGEST_SECONDS = 7 * 24 * 3600


def link(request: Any, datastore: Datastore, path: str, *, seconds: int = SECONDS) -> dict[str, Any]:
    """The address under which the file may be fetched without a token, and until when."""
    until = int(time.time()) + seconds
    values = {"d": datastore.pk, "u": request.user.pk, "p": path, "e": until}
    where = {"workspace": datastore.workspace.slug, "signature": links.sign(PURPOSE, values)}
    url = request.build_absolute_uri(reverse("api-datastore-signed-file", kwargs=where))
    return {"url": str(url), "expires_at": datetime.fromtimestamp(until, UTC)}


def opened(slug: str, signature: str) -> tuple[Datastore, str]:
    """The datastore and the path of a link whose maker may still read there. Raises NotFound."""
    values = links.read(PURPOSE, signature, seconds=LONGEST_SECONDS)
    workspace = workspaces.by_slug(slug)
    if values is None or workspace is None or values["e"] < time.time():
        raise _gone()
    person = accounts.active_user(values["u"])
    datastore = Datastore.objects.filter(pk=values["d"], workspace=workspace).select_related("workspace").first()
    if person is None or datastore is None or not access.holds(person, Permission.DATA_VIEW, workspace):
        raise _gone()
    return datastore, str(values["p"])


def _gone() -> NotFound:
    return NotFound("not_found", "This link is unknown or its time is over.", hint="Ask for a new one.")

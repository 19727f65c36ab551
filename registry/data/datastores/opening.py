"""From a datastore's row to its files or tables: the one place where a credential is taken out of the vault."""

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from django.conf import settings

from registry.data.datastores.kinds.base import INCOMING, FileStore
from registry.data.datastores.kinds.declared import Place
from registry.data.datastores.kinds.read_only import ReadOnly
from registry.data.datastores.kinds.registry import kind_of
from registry.data.datastores.kinds.sql_base import SqlStore
from registry.data.datastores.models import Datastore
from studio.errors import Conflict, Invalid
from studio.lineage.things import Thing
from studio.secrets import vault

OWN = "datastores"  # below the data folder: workspace, datastore


def file_store(datastore: Datastore) -> FileStore:
    """The files of a datastore. Raises Invalid for a database, DatastoreProblem when the credential can't be opened."""
    if datastore.is_sql:
        raise Invalid("datastore_is_sql", f"The datastore {datastore.name} is a database: it has tables, no files.")
    store = cast(FileStore, kind_of(datastore.kind).open(place_of(datastore)))
    return ReadOnly(store, datastore.name) if datastore.is_read_only else store


def sql_store(datastore: Datastore) -> SqlStore:
    """The tables of a datastore. Raises Invalid for one that holds files."""
    if not datastore.is_sql:
        raise Invalid("datastore_is_files", f"The datastore {datastore.name} holds files: it has no tables.")
    return cast(SqlStore, kind_of(datastore.kind).open(place_of(datastore)))


def place_of(datastore: Datastore) -> Place:
    """All that opening it needs, the credential in the clear; that it was opened is noted."""
    return Place(datastore.name, datastore.options, own_folder(datastore), _credential(datastore))


def sealed_form(kind: str, options: Mapping[str, object], credential: Mapping[str, str]) -> str:
    """What the vault keeps: the credential, and where alone it is sent."""
    anchors = {name: options[name] for name in kind_of(kind).anchors if name in options}
    return json.dumps({"for": anchors, "parts": dict(credential)})


def _credential(datastore: Datastore) -> dict[str, str]:
    if datastore.secret is None:
        return {}
    kept = json.loads(vault.reveal(datastore.secret, user=Thing("datastore", str(datastore.pk))))
    if any(datastore.options.get(name) != value for name, value in kept["for"].items()):
        # Changed at this very moment, place and credential: the new one is not sent to the old place.
        raise Conflict(
            "datastore_changed", f"Somebody else changed {datastore.name} at this moment.", hint="Try again."
        )
    parts: dict[str, str] = kept["parts"]
    return parts


def is_own(datastore: Datastore) -> bool:
    """Whether the studio keeps the files itself."""
    return datastore.kind == Datastore.Kind.FOLDER and not datastore.options.get("path")


def own_folder(datastore: Datastore) -> Path:
    """Where a datastore's files lie when the studio keeps them. Numbers only: no name leads there."""
    return Path(settings.DATA_DIR) / OWN / str(datastore.workspace_id) / str(datastore.pk)


def forget_folder(folder: Path) -> None:
    """Remove a folder of the studio's own that nothing lies in any more; one that was written to meanwhile stays."""
    for each in (folder / INCOMING, folder):
        with contextlib.suppress(OSError):
            each.rmdir()

"""From a datastore's row to its files or tables: the one place where a credential is taken out of the vault."""

from pathlib import Path
from typing import cast

from django.conf import settings

from registry.data.datastores.kinds.base import FileStore
from registry.data.datastores.kinds.declared import Place
from registry.data.datastores.kinds.read_only import ReadOnly
from registry.data.datastores.kinds.registry import kind_of
from registry.data.datastores.kinds.sql_base import SqlStore
from registry.data.datastores.models import Datastore
from studio.errors import Invalid

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
    return Place(datastore.name, datastore.options, own_folder(datastore))


def own_folder(datastore: Datastore) -> Path:
    """Where a datastore's files lie when the studio keeps them. Numbers only: no name leads there."""
    return Path(settings.DATA_DIR) / OWN / str(datastore.workspace_id) / str(datastore.pk)

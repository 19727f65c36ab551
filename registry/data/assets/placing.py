"""Where a version is going to lie, worked out from what its maker gave."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.data import uris
from registry.data.addresses import queries as addresses
from registry.data.assets import queries
from registry.data.assets.models import DataType, ManagedFolder
from registry.data.datastores import services as datastores
from registry.data.datastores.models import Datastore
from studio.access.models import Workspace
from studio.errors import Invalid, NotFound

if TYPE_CHECKING:
    from registry.data.assets.services import NewVersion, Query

DEFAULT_NAMES = (datastores.DEFAULT_NAME, "workspaceblobstore")


@dataclass(frozen=True, slots=True)
class Place:
    """The columns of a version that say where it lies; `folder` is claimed with the version's row."""

    columns: dict[str, Any]
    folder: ManagedFolder | None = None


def place(workspace: Workspace, new: "NewVersion") -> Place:
    """Where the files are, or will be once they were fetched. Raises NotFound, Invalid; writes nothing."""
    if new.folder:
        return _uploaded(workspace, new)
    if new.query is not None:
        return _asked(workspace, new, new.query)
    named = uris.parse(new.path)
    if isinstance(named, uris.Web):
        named = uris.parse(addresses.translate(named.url))
    if isinstance(named, uris.AssetRef):
        return _same_as(workspace, new, named)
    if isinstance(named, uris.Web):
        return _web(new, named)
    columns = _below(workspace, named)
    if new.type == DataType.TABLE and columns["path"].rsplit("/", 1)[-1] == "MLTable":
        columns["path"] = columns["path"].rpartition("/")[0]
    return Place({**columns, "uri": new.path})


def datastore_named(workspace: Workspace, name: str, *, field: str = "path") -> Datastore:
    """A datastore by its name, whatever its capitals; Azure's name of the default one means ours. Raises NotFound."""
    found = Datastore.objects.filter(workspace=workspace, name__iexact=name).select_related("workspace").first()
    if found is None and name.lower() in DEFAULT_NAMES:
        return datastores.ensure_default(workspace)
    if found is None:
        message = f"There is no datastore {name[:80]!r} in this workspace."
        raise NotFound("not_found", message, hint="Look at Data, Datastores.", fields={field: message})
    return found


def _below(workspace: Workspace, named: uris.DatastorePath) -> dict[str, Any]:
    datastore = datastore_named(workspace, named.datastore)
    if datastore.is_sql:
        message = f"{datastore.name} is a database and holds no files: give a query."
        raise Invalid("bad_data_source", message, fields={"path": message})
    return {"datastore": datastore, "path": named.path}


def _uploaded(workspace: Workspace, new: "NewVersion") -> Place:
    rows = ManagedFolder.objects.filter(datastore__workspace=workspace, version=None, released_at=None)
    folder = rows.select_related("datastore").filter(path=new.folder.strip("/")).first()
    if folder is None:
        message = f"Nothing was prepared for an upload at {new.folder[:120]!r}, or another version holds it already."
        raise Invalid("bad_data_source", message, hint="Upload the files again.", fields={"folder": message})
    path = folder.path
    if new.type == DataType.FILE and new.files:  # known already: nobody will look for the one file
        path = f"{path}/{new.files[0].path}"
    columns = {"datastore": folder.datastore, "path": path, "is_managed": True, "source": {"kind": "upload"}}
    return Place(columns, folder)


def _same_as(workspace: Workspace, new: "NewVersion", named: uris.AssetRef) -> Place:
    other = queries.require_ready(queries.resolve(workspace, str(named)))
    columns: dict[str, Any] = {"datastore": other.datastore, "path": other.path, "uri": new.path}
    if new.type == DataType.TABLE == other.asset.type and not new.mltable:
        columns["mltable"] = other.mltable  # the same table, whether or not its file lies there
    return Place(columns)


def _web(new: "NewVersion", web: uris.Web) -> Place:
    if web.scheme not in uris.WEB_SCHEMES:
        message = f"No rule says where {web.scheme}://… is kept here."
        hint = "Register the storage as a datastore, or ask an administrator for an address rule."
        raise Invalid("bad_data_source", message, hint=hint, fields={"path": message})
    return Place({"uri": web.url, "source": {"kind": "web", "url": web.url}, "is_managed": True})


def _asked(workspace: Workspace, new: "NewVersion", query: "Query") -> Place:
    datastore = datastore_named(workspace, query.datastore, field="datastore")
    if not datastore.is_sql:
        message = f"{datastore.name} holds files and answers no queries."
        raise Invalid("bad_data_source", message, fields={"datastore": message})
    if not query.text.strip() or len(query.text) > 20_000 or "\0" in query.text:
        message = "Give a query of 1 to 20,000 characters."
        raise Invalid("bad_data_source", message, fields={"query": message})
    source = {"kind": "query", "datastore": datastore.name, "query": query.text}
    return Place({"uri": f"azureml://datastores/{datastore.name}", "source": source, "is_managed": True})

"""Data assets with real files in the workspace's default datastore."""

import io
from collections.abc import Mapping
from typing import Any

from registry.data.assets import services
from registry.data.assets.models import DataVersion
from registry.data.datastores import opening
from registry.data.datastores import services as datastores
from studio.access.models import Workspace
from studio.accounts.models import User
from tests.factories import sequence


def put_file(workspace: Workspace, path: str, content: bytes) -> str:
    """Keep bytes in the default datastore; answers the reference to them."""
    datastore = datastores.ensure_default(workspace)
    opening.file_store(datastore).write(path, io.BytesIO(content), overwrite=True)
    return f"azureml://datastores/{datastore.name}/paths/{path}"


def make_data(
    workspace: Workspace,
    name: str = "cars",
    files: Mapping[str, bytes] | None = None,
    *,
    actor: User | None = None,
    type: str = "",
    **values: Any,
) -> DataVersion:
    """A version of the asset `name` with these files, read and ready. One file makes a `uri_file`, more a folder."""
    files = files if files is not None else {"cars.csv": b"make,price\nvolvo,100\nsaab,200\n"}
    folder = f"shared/{name}-{sequence.number()}"
    for path, content in files.items():
        reference = put_file(workspace, f"{folder}/{path}", content)
    type = type or ("uri_file" if len(files) == 1 else "uri_folder")
    where = reference if type == "uri_file" else reference.partition("/paths/")[0] + f"/paths/{folder}"
    new = services.NewVersion(name=name, type=type, path=where, **values)
    version = services.register(actor=actor, workspace=workspace, new=new)
    return services.settle(version_id=version.pk)

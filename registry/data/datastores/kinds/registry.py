"""The kinds by name."""

from registry.data.datastores.kinds.declared import Kind
from studio.plugins import Registry

KINDS = Registry(
    "atelier.datastores",
    {
        "local_folder": "registry.data.datastores.kinds.local_folder.LocalFolderKind",
    },
)


def kind_of(name: str) -> Kind:
    """The kind of this name. Raises Unavailable when it is missing or broken."""
    kind: Kind = KINDS.get(name)()
    return kind

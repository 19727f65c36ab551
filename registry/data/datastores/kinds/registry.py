"""The kinds by name."""

from registry.data.datastores.kinds.declared import Kind
from studio.plugins import Registry

KINDS = Registry(
    "atelier.datastores",
    {
        "local_folder": "registry.data.datastores.kinds.local_folder.LocalFolderKind",
        "s3": "registry.data.datastores.kinds.s3.S3Kind",
        "azure_blob": "registry.data.datastores.kinds.azure_blob.AzureBlobKind",
        "gcs": "registry.data.datastores.kinds.gcs.GcsKind",
        "sftp": "registry.data.datastores.kinds.sftp.SftpKind",
        "sql": "registry.data.datastores.kinds.sql.SqlKind",
    },
)


def kind_of(name: str) -> Kind:
    """The kind of this name. Raises Unavailable when it is missing or broken."""
    kind: Kind = KINDS.get(name)()
    return kind

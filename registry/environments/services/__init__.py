"""Use cases of environments: their contents, their names and versions, their builds."""

from registry.environments.services.contents import find, resolve
from registry.environments.services.versions import (
    archive_asset,
    archive_version,
    delete_asset,
    delete_version,
    edit_asset,
    edit_version,
    register,
)

__all__ = [
    "archive_asset",
    "archive_version",
    "delete_asset",
    "delete_version",
    "edit_asset",
    "edit_version",
    "find",
    "register",
    "resolve",
]

"""Use cases of environments: their contents, their names and versions, their builds."""

from registry.environments.services.builds import build, cancel, image_for, image_is_gone, retry
from registry.environments.services.contents import find, require_no_docker, resolve
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
    "build",
    "cancel",
    "delete_asset",
    "delete_version",
    "edit_asset",
    "edit_version",
    "find",
    "image_for",
    "image_is_gone",
    "register",
    "require_no_docker",
    "resolve",
    "retry",
]

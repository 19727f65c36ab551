"""What a version's files hold: the schema of tables, how many rows they have, the plan of an MLTable."""

from collections.abc import Sequence
from typing import Any

from registry.data.assets.manifest import DataFile
from registry.data.assets.models import DataVersion


def facts(version: DataVersion, read: Sequence[DataFile]) -> dict[str, Any]:
    """The columns of the version's row that come from looking into the files. Raises Invalid for files that are damaged."""
    return {}


def files_elsewhere(version: DataVersion, found: Sequence[Any]) -> list[Any]:
    """The files of a table that lie outside of its folder."""
    return []

"""A version as a table that can be asked."""

from registry.data.assets import files, queries
from registry.data.assets.models import DataVersion
from registry.data.reading import cache, sources, tables
from registry.data.reading.sources import Placed
from registry.data.reading.tables import Table


def table_of(version: DataVersion, *, may_wait: bool = False) -> Table:
    """The version's files as a table: what the reading process needs to know.

    Raises Invalid `not_a_table`, Conflict while the version is pending or when its files have changed, and Unavailable
    `data_being_fetched` while a worker brings large files here; a task that may wait fetches them itself.
    """
    queries.require_ready(version)
    placed = [_placed(version, one) for one in _tables_of(version)]
    columns = version.schema or []
    try:
        most = None if may_wait else sources.NOW_BYTES
        return sources.table_of_files(placed, version.reading, columns, most=most)
    except sources.NotHere:
        _ask_for_files(version)
        raise cache.being_fetched() from None


def _tables_of(version: DataVersion) -> list[files.DataFile]:
    """The files that may be tables: a folder of many other things is not looked at one by one."""
    listed = files.listing(version)
    if len(listed) == 1 or version.reading.get("format"):
        return listed
    return [one for one in listed if tables.ending_format(one.path)]


def _placed(version: DataVersion, file: files.DataFile) -> Placed:
    store, place = files.checked(version, file)
    return Placed(file.path, store, place, file.size, file.sha256, is_hash=True)


def _ask_for_files(version: DataVersion) -> None:
    from registry.data.explore import tasks  # tasks load this module

    tasks.fetch.delay_on_commit(version.pk)

"""What every database that can be read as a datastore can do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: str  # as the database writes it


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view with its columns."""

    schema: str
    name: str
    is_view: bool
    columns: tuple[Column, ...] = ()


class SqlStore(Protocol):
    """A database that is only read: every question runs in a read-only transaction with a limit of time and rows."""

    def check(self, *, writing: bool = True) -> None:
        """Connect and ask something small. Raises DatastoreProblem with what is wrong."""
        ...

    def tables(self) -> list[Table]:
        """Tables and views that the credential may see, by schema and name."""
        ...

    def read(self, query: str, *, limit: int | None = None) -> "Iterator[pa.RecordBatch]":
        """The rows of one SELECT as Arrow batches of one schema, at least one batch. Raises Invalid for what it can't answer."""
        ...

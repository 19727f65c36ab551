"""Finding runs: the search language over their table, with pages that stay quick at a hundred thousand runs.

The doors are here; `docs/architecture.md` describes them, `docs/search.md` the language.
"""

from runs.tracking.search.fields import FIELDS
from runs.tracking.search.finding import Found, Query, condition, find, ordered_ids, queryset
from runs.tracking.search.records import Record, RunRow, records

__all__ = ["FIELDS", "Found", "Query", "Record", "RunRow", "condition", "find", "ordered_ids", "queryset", "records"]

"""The part of the guard's table about tables of runs, saved views, searches, charts and comparisons."""

from typing import Any

from tests.guard.levels import READER, Entry

GRIDS: dict[str, Entry] = {
    "grid-export": {"POST": READER},
    "compare": {"GET": READER},
    "charts": {"GET": READER},
    "chart-catalogue": {"GET": READER},
    "chart-lines": {"GET": READER},
    "chart-values": {"GET": READER},
    "chart-media": {"GET": READER},
    "chart-media-content": {"GET": READER},
    "metrics-csv": {"GET": READER},
    "api-grid-window": {"POST": READER},
    "api-grid-rows": {"POST": READER},
    "api-grid-outline": {"POST": READER},
    "api-grid-keys": {"GET": READER},
    "api-grid-look": {"POST": READER},
    "api-grid-export": {"POST": READER},
    "api-views": {"GET": READER, "POST": READER},
    "api-view": {"GET": READER, "PATCH": READER, "DELETE": READER},
    "api-search-fields": {"GET": READER},
    "api-search-parse": {"POST": READER},
    "api-runs-compare": {"GET": READER},
}
BODIES: dict[tuple[str, str], Any] = {
    ("api-search-parse", "POST"): {"text": "metrics.loss < 1"},
}
READING: set[tuple[str, str]] = {
    ("api-search-parse", "POST"),
}

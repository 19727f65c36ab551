"""The part of the guard's table about what is deleted, brought back and purged."""

from tests.guard.levels import CONTRIBUTOR, OWNER, READER, Entry

TRASH: dict[str, Entry] = {
    "api-experiment-undelete": {"POST": CONTRIBUTOR},
    "api-run-undelete": {"POST": CONTRIBUTOR},
    "api-trash": {"GET": READER},
    "storage": {"GET": READER},
    "storage-trash": {"GET": READER},
    "storage-preview": {"GET": READER},
    "storage-purge": {"POST": OWNER},
    "storage-receipts": {"GET": READER},
    "storage-receipt": {"GET": READER},
    "run-delete": {"POST": CONTRIBUTOR},
    "run-undelete": {"POST": CONTRIBUTOR},
    "experiment-delete": {"POST": CONTRIBUTOR},
    "experiment-undelete": {"POST": CONTRIBUTOR},
    "api-trash-preview": {"POST": READER},
    "api-trash-purge": {"POST": OWNER},
    "api-trash-receipts": {"GET": READER},
    "api-trash-receipt": {"GET": READER},
    "api-storage": {"GET": READER},
}
READING: set[tuple[str, str]] = {
    ("api-trash-preview", "POST"),
}
MEANS: dict[str, dict[str, str]] = {
    "api-experiment-undelete": {"pk": "experiment_id"},
    "api-trash-receipt": {"pk": "receipt_id"},
    "storage-receipt": {"pk": "receipt_id"},
    "experiment-delete": {"pk": "experiment_id"},
    "experiment-undelete": {"pk": "experiment_id"},
}

"""The part of the guard's table about datastores, their files and the addresses data may come from."""

from tests.guard.levels import ADMINISTRATOR, ANYONE, CONTRIBUTOR, READER, Entry

ADDRESSES: dict[str, Entry] = {
    "address-rule-list": {"GET": ADMINISTRATOR, "POST": ADMINISTRATOR},
    "address-rule-edit": {"GET": ADMINISTRATOR, "POST": ADMINISTRATOR},
    "address-rule-delete": {"POST": ADMINISTRATOR},
    "api-address-rules": {"GET": ADMINISTRATOR, "POST": ADMINISTRATOR},
    "api-address-rule": {"GET": ADMINISTRATOR, "PATCH": ADMINISTRATOR, "DELETE": ADMINISTRATOR},
    "api-data-address": {"GET": READER},
}
DATASTORES: dict[str, Entry] = {
    "datastore-list": {"GET": READER},
    "datastore-new": {"GET": CONTRIBUTOR, "POST": CONTRIBUTOR},
    "datastore-from-file": {"POST": CONTRIBUTOR},
    "datastore-test-new": {"POST": CONTRIBUTOR},
    "datastore-detail": {"GET": READER},
    "datastore-edit": {"GET": CONTRIBUTOR, "POST": CONTRIBUTOR},
    "datastore-test": {"POST": CONTRIBUTOR},
    "datastore-test-changes": {"POST": CONTRIBUTOR},
    "datastore-tables": {"GET": READER},
    "datastore-make-default": {"POST": CONTRIBUTOR},
    "datastore-remove": {"POST": CONTRIBUTOR},
    "api-datastores": {"GET": READER, "POST": CONTRIBUTOR},
    "api-datastore": {"GET": READER, "PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-datastore-check": {"POST": CONTRIBUTOR},
    "api-datastore-check-new": {"POST": CONTRIBUTOR},
    "api-datastore-tables": {"GET": READER},
    "api-datastore-kinds": {"GET": READER},
    "datastore-browse": {"GET": READER},
    "datastore-folders": {"GET": READER},
    "datastore-raw": {"GET": READER},
    "datastore-delete-file": {"POST": CONTRIBUTOR},
    "api-datastore-entries": {"GET": READER},
    "api-datastore-uploads": {"GET": CONTRIBUTOR, "POST": CONTRIBUTOR},
    "api-datastore-file": {"GET": READER, "DELETE": CONTRIBUTOR},
    "api-datastore-link": {"GET": READER},
    "api-datastore-signed-file": {"GET": ANYONE},
    "api-upload": {"GET": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-upload-part": {"PUT": CONTRIBUTOR},
    "api-upload-complete": {"POST": CONTRIBUTOR},
}
MEANS: dict[str, dict[str, str]] = {
    **{
        name: {"name": "datastore_name", "path": "stored_path", "signature": "unknown_secret", "number": "part_number"}
        for name in DATASTORES
    },
    "address-rule-edit": {"pk": "rule_id"},
    "address-rule-delete": {"pk": "rule_id"},
    "api-address-rule": {"pk": "rule_id"},
}

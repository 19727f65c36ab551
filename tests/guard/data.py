"""The part of the guard's table about data assets: their versions, what is seen in them, and dataflows."""

from typing import Any

from tests.guard.levels import CONTRIBUTOR, READER, Entry

ASSETS: dict[str, Entry] = {
    "data-list": {"GET": READER},
    "data-new": {"GET": CONTRIBUTOR},
    "data-asset": {"GET": READER},
    "data-asset-edit": {"POST": CONTRIBUTOR},
    "data-asset-archive": {"POST": CONTRIBUTOR},
    "data-asset-delete": {"POST": CONTRIBUTOR},
    "data-version": {"GET": READER},
    "data-lineage": {"GET": READER},
    "data-consume": {"GET": READER},
    "data-version-edit": {"POST": CONTRIBUTOR},
    "data-version-tag": {"POST": CONTRIBUTOR},
    "data-version-archive": {"POST": CONTRIBUTOR},
    "data-version-retry": {"POST": CONTRIBUTOR},
    "data-version-delete": {"POST": CONTRIBUTOR},
    "data-raw": {"GET": READER},
    "data-zip": {"GET": READER},
    "api-data": {"GET": READER, "POST": CONTRIBUTOR},
    "api-data-folders": {"POST": CONTRIBUTOR},
    "api-data-preview": {"POST": CONTRIBUTOR},
    "api-data-file-check": {"POST": READER},
    "api-data-asset": {"GET": READER, "PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-data-versions": {"GET": READER, "POST": CONTRIBUTOR},
    "api-data-version": {"GET": READER, "PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-data-retry": {"POST": CONTRIBUTOR},
    "api-data-uses": {"GET": READER},
    "api-data-files": {"GET": READER},
    "api-data-files-zip": {"GET": READER},
    "api-data-file": {"GET": READER},
}
EXPLORE: dict[str, Entry] = {
    "api-data-rows": {"GET": READER},
    "api-data-sql": {"POST": READER},
    "api-data-sql-file": {"POST": READER},
    "api-data-profile": {"GET": READER, "POST": CONTRIBUTOR},
    "api-data-sketch": {"GET": READER},
    "api-data-chart": {"POST": READER},
    "api-data-drift": {"GET": READER},
    "data-explore-part": {"GET": READER},
    "data-profile-part": {"GET": READER},
    "data-profile-start": {"POST": CONTRIBUTOR},
    "data-drift-part": {"GET": READER},
    "data-export": {"POST": READER},
}
DATAFLOWS: dict[str, Entry] = {
    "dataflow-list": {"GET": READER, "POST": CONTRIBUTOR},
    "dataflow-detail": {"GET": READER},
    "dataflow-edit": {"POST": CONTRIBUTOR},
    "dataflow-archive": {"POST": CONTRIBUTOR},
    "dataflow-delete": {"POST": CONTRIBUTOR},
    "api-dataflows": {"GET": READER, "POST": CONTRIBUTOR},
    "api-dataflow": {"GET": READER, "PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-dataflow-draft": {"GET": READER, "PUT": CONTRIBUTOR},
    "api-dataflow-versions": {"GET": READER, "POST": CONTRIBUTOR},
    "api-dataflow-version": {"GET": READER},
    "api-dataflow-restore": {"POST": CONTRIBUTOR},
    "api-dataflow-preview": {"POST": READER},
    "api-dataflow-derive": {"POST": READER},
    "api-dataflow-code": {"GET": READER},
    "api-dataflow-run": {"POST": CONTRIBUTOR},
}
BODIES: dict[tuple[str, str], Any] = {
    ("api-data-sql", "POST"): {"sql": "SELECT 1"},
    ("api-data-file-check", "POST"): {"text": "name: cars\npath: ./cars"},
    ("api-data-chart", "POST"): {"kind": "bar", "x": "make"},
}
READING: set[tuple[str, str]] = {
    ("api-data-sql", "POST"),
    ("api-data-file-check", "POST"),
    ("api-data-sql-file", "POST"),
    ("data-export", "POST"),
    ("api-data-chart", "POST"),
    ("api-dataflow-preview", "POST"),
    ("api-dataflow-derive", "POST"),
}
MEANS: dict[str, dict[str, str]] = {
    **{name: {"name": "data_name", "ref": "data_ref"} for name in EXPLORE},
    **{name: {"name": "data_name", "ref": "data_ref", "path": "data_path"} for name in ASSETS},
    **{name: {"name": "flow_name", "number": "flow_version"} for name in DATAFLOWS},
}

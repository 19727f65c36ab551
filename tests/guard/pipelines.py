"""The part of the guard's table about pipelines: drafts, versions, published ones."""

from typing import Any

from tests.guard.levels import CONTRIBUTOR, READER, Entry

DRAFTS: dict[str, Entry] = {
    "api-pipelines": {"GET": READER, "POST": CONTRIBUTOR},
    "api-pipeline": {"GET": READER, "PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-pipeline-draft": {"GET": READER, "PUT": CONTRIBUTOR},
    "api-pipeline-versions": {"GET": READER, "POST": CONTRIBUTOR},
    "api-pipeline-version": {"GET": READER},
    "api-pipeline-restore": {"POST": CONTRIBUTOR},
    "api-pipeline-compare": {"GET": READER},
    "api-pipeline-clone": {"POST": CONTRIBUTOR},
    "api-pipeline-run": {"POST": CONTRIBUTOR},
    "api-pipeline-model": {"POST": CONTRIBUTOR},
    "api-pipeline-presence": {"GET": READER, "POST": READER},
    "api-pipeline-samples": {"GET": READER},
}
PUBLISHING: dict[str, Entry] = {
    "api-pipeline-endpoints": {"GET": READER, "POST": CONTRIBUTOR},
    "api-pipeline-endpoint": {"GET": READER, "PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-pipeline-endpoint-versions": {"GET": READER, "POST": CONTRIBUTOR},
    "api-pipeline-endpoint-version": {"GET": READER, "PATCH": CONTRIBUTOR},
    "api-pipeline-endpoint-runs": {"GET": READER, "POST": CONTRIBUTOR},
    "pipeline-endpoint-list": {"GET": READER},
    "pipeline-endpoint-detail": {"GET": READER},
    "pipeline-endpoint-call": {"POST": CONTRIBUTOR},
    "pipeline-endpoint-switch": {"POST": CONTRIBUTOR},
    "pipeline-endpoint-delete": {"POST": CONTRIBUTOR},
    "pipeline-endpoint-default": {"POST": CONTRIBUTOR},
    "pipeline-endpoint-version-switch": {"POST": CONTRIBUTOR},
}
PAGES: dict[str, Entry] = {
    "pipeline-list": {"GET": READER, "POST": CONTRIBUTOR},
    "pipeline-edit": {"GET": READER},
    "pipeline-describe": {"POST": CONTRIBUTOR},
    "pipeline-archive": {"POST": CONTRIBUTOR},
    "pipeline-clone": {"POST": CONTRIBUTOR},
    "pipeline-delete": {"POST": CONTRIBUTOR},
    "pipeline-versions": {"GET": READER},
    "pipeline-keep": {"POST": CONTRIBUTOR},
    "pipeline-model": {"POST": CONTRIBUTOR},
    "pipeline-restore": {"POST": CONTRIBUTOR},
    "pipeline-publish": {"POST": CONTRIBUTOR},
}
BODIES: dict[tuple[str, str], Any] = {
    ("api-pipeline-presence", "POST"): {"page": "a1"},
}
READING: set[tuple[str, str]] = {("api-pipeline-presence", "POST")}
NO_ROW = {"api-pipelines", "api-pipeline-samples", "pipeline-list", "api-pipeline-endpoints", "pipeline-endpoint-list"}
MEANS: dict[str, dict[str, str]] = {
    name: {"pk": "pipeline_id", "name": "pipeline_endpoint", "number": "pipeline_version"}
    for name in (*DRAFTS, *PAGES, *PUBLISHING)
    if name not in NO_ROW
}

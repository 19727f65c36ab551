"""The part of the guard's table about reports."""

from tests.guard.levels import CONTRIBUTOR, READER, Entry

REPORTS: dict[str, Entry] = {
    "report-list": {"GET": READER},
    "report-new": {"GET": CONTRIBUTOR, "POST": CONTRIBUTOR},
    "report-preview": {"POST": CONTRIBUTOR},
    "report": {"GET": READER},
    "report-edit": {"GET": CONTRIBUTOR, "POST": CONTRIBUTOR},
    "report-publish": {"POST": CONTRIBUTOR},
    "report-delete": {"POST": CONTRIBUTOR},
    "report-pdf": {"GET": READER},
    "report-chart": {"GET": READER},
    "report-version": {"GET": CONTRIBUTOR},
    "api-reports": {"GET": READER, "POST": CONTRIBUTOR},
    "api-report": {"GET": READER, "PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-report-versions": {"GET": CONTRIBUTOR},
    "api-report-version": {"GET": CONTRIBUTOR},
    "api-report-pdf": {"GET": READER},
}
MEANS: dict[str, dict[str, str]] = {
    "report-version": {"version": "no_version"},
    "api-report-version": {"version": "no_version"},
    "report-chart": {"number": "first_block"},
}

"""The part of the guard's table about traces, also as MLflow writes and asks for them."""

from typing import Any

from tests.guard.levels import CONTRIBUTOR, READER, Entry

TRACES: dict[str, Entry] = {
    "trace-list": {"GET": READER},
    "trace": {"GET": READER},
    "trace-span": {"GET": READER},
    "trace-assess": {"POST": CONTRIBUTOR},
    "trace-delete": {"POST": CONTRIBUTOR},
    "run-traces": {"GET": READER},
    "api-traces": {"GET": READER},
    "api-traces-delete": {"POST": CONTRIBUTOR},
    "api-trace": {"GET": READER, "PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-trace-assessments": {"GET": READER, "POST": CONTRIBUTOR},
    "mlflow-older-traces": {"GET": READER, "POST": CONTRIBUTOR},
    "mlflow-older-traces-delete": {"POST": CONTRIBUTOR},
    "mlflow-traces-link-to-run": {"POST": CONTRIBUTOR},
    "mlflow-traces-link-prompts": {"POST": CONTRIBUTOR},
    "mlflow-older-trace": {"PATCH": CONTRIBUTOR},
    "mlflow-older-trace-info": {"GET": READER},
    "mlflow-older-trace-tags": {"PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "mlflow-traces": {"POST": CONTRIBUTOR},
    "mlflow-traces-search": {"POST": READER},
    "mlflow-traces-delete": {"POST": CONTRIBUTOR},
    "mlflow-traces-get": {"GET": READER},
    "mlflow-traces-batch": {"GET": READER},
    "mlflow-traces-batch-infos": {"POST": READER},
    "mlflow-traces-metrics": {"POST": READER},
    "mlflow-traces-correlation": {"POST": READER},
    "mlflow-trace-artifact": {"GET": READER},
    "mlflow-older-trace-artifact": {"GET": READER},
    "mlflow-trace": {"GET": READER},
    "mlflow-trace-tags": {"PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "mlflow-assessments": {"POST": CONTRIBUTOR},
    "mlflow-assessment": {"GET": READER, "PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "mlflow-otlp-traces": {"POST": CONTRIBUTOR},
}
SEARCH: dict[str, Entry] = {
    "api-search-traces-fields": {"GET": READER},
    "api-search-traces-parse": {"POST": READER},
}
BODIES: dict[tuple[str, str], Any] = {
    ("api-search-traces-parse", "POST"): {"text": "status = 'ERROR'"},
}
READING: set[tuple[str, str]] = {
    ("api-search-traces-parse", "POST"),
    ("mlflow-traces-search", "POST"),
    ("mlflow-traces-batch-infos", "POST"),
    ("mlflow-traces-metrics", "POST"),
    ("mlflow-traces-correlation", "POST"),
}

"""The part of the guard's table about registered models, also as MLflow asks for them."""

from typing import Any

from tests.guard.levels import CONTRIBUTOR, OWNER, READER, Entry

MODELS: dict[str, Entry] = {
    "model-list": {"GET": READER, "POST": CONTRIBUTOR},
    "model-register": {"GET": CONTRIBUTOR, "POST": CONTRIBUTOR},
    "model-detail": {"GET": READER},
    "model-edit": {"POST": CONTRIBUTOR},
    "model-tag": {"POST": CONTRIBUTOR},
    "model-alias": {"POST": CONTRIBUTOR},
    "model-delete": {"POST": CONTRIBUTOR},
    "model-version": {"GET": READER},
    "model-version-edit": {"POST": CONTRIBUTOR},
    "model-version-stage": {"POST": CONTRIBUTOR},
    "model-version-tag": {"POST": CONTRIBUTOR},
    "model-version-delete": {"POST": CONTRIBUTOR},
    "model-version-card": {"POST": CONTRIBUTOR},
    "model-version-archive": {"POST": CONTRIBUTOR},
    "model-version-ask": {"POST": CONTRIBUTOR},
    "model-version-decide": {"POST": CONTRIBUTOR},
    "model-version-check": {"POST": CONTRIBUTOR},
    "model-version-compare": {"GET": READER},
    "model-archive": {"POST": CONTRIBUTOR},
    "model-stages": {"GET": READER},
    "model-stage-save": {"POST": OWNER},
    "model-stage-delete": {"POST": OWNER},
    "model-version-raw": {"GET": READER},
    "model-version-zip": {"GET": READER},
    "api-model-file-read": {"POST": CONTRIBUTOR},
    "api-models": {"GET": READER, "POST": CONTRIBUTOR},
    "api-model": {"GET": READER, "PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-model-alias": {"GET": READER, "PUT": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-model-versions": {"GET": READER, "POST": CONTRIBUTOR},
    "api-model-version": {"GET": READER, "PATCH": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-model-stages": {"GET": READER},
    "api-model-stage": {"GET": READER, "PUT": OWNER, "DELETE": OWNER},
    "api-model-stage-requests": {"GET": READER, "POST": CONTRIBUTOR},
    "api-model-stage-request": {"GET": READER, "PATCH": CONTRIBUTOR},
    "api-model-checks": {"GET": READER},
    "api-model-check": {"PUT": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "api-model-uses": {"GET": READER},
    "api-model-compare": {"GET": READER},
    "api-model-files": {"GET": READER},
    "api-model-files-zip": {"GET": READER},
    "api-model-file": {"GET": READER},
}
SEARCH: dict[str, Entry] = {
    "api-search-models-fields": {"GET": READER},
    "api-search-models-parse": {"POST": READER},
}
MLFLOW: dict[str, Entry] = {
    "mlflow-models-create": {"POST": CONTRIBUTOR},
    "mlflow-models-get": {"GET": READER},
    "mlflow-models-update": {"PATCH": CONTRIBUTOR, "POST": CONTRIBUTOR},
    "mlflow-models-rename": {"POST": CONTRIBUTOR},
    "mlflow-models-delete": {"DELETE": CONTRIBUTOR},
    "mlflow-models-search": {"GET": READER, "POST": READER},
    "mlflow-models-latest-versions": {"GET": READER, "POST": READER},
    "mlflow-models-set-tag": {"POST": CONTRIBUTOR},
    "mlflow-models-delete-tag": {"DELETE": CONTRIBUTOR},
    "mlflow-models-alias": {"GET": READER, "POST": CONTRIBUTOR, "DELETE": CONTRIBUTOR},
    "mlflow-versions-create": {"POST": CONTRIBUTOR},
    "mlflow-versions-get": {"GET": READER},
    "mlflow-versions-update": {"PATCH": CONTRIBUTOR, "POST": CONTRIBUTOR},
    "mlflow-versions-stage": {"POST": CONTRIBUTOR},
    "mlflow-versions-delete": {"DELETE": CONTRIBUTOR},
    "mlflow-versions-search": {"GET": READER, "POST": READER},
    "mlflow-versions-uri": {"GET": READER},
    "mlflow-versions-set-tag": {"POST": CONTRIBUTOR},
    "mlflow-versions-delete-tag": {"DELETE": CONTRIBUTOR},
    "mlflow-webhooks": {"GET": OWNER, "POST": OWNER},
    "mlflow-webhook": {"GET": OWNER, "PATCH": OWNER, "DELETE": OWNER},
    "mlflow-webhook-test": {"POST": OWNER},
}
BODIES: dict[tuple[str, str], Any] = {
    ("api-search-models-parse", "POST"): {"text": "name = 'digits'"},
}
READING: set[tuple[str, str]] = {
    ("api-search-models-parse", "POST"),
    ("mlflow-models-search", "POST"),
    ("mlflow-models-latest-versions", "POST"),
    ("mlflow-versions-search", "POST"),
}
CHOSEN_BY_CALLER: set[str] = {
    "api-model-stage",
    "model-stage-save",
    "model-stage-delete",
}
MEANS: dict[str, dict[str, str]] = {
    **{
        name: {
            "name": "model_name",
            "path": "artifact_path",
            "stage": "stage_name",
            "check": "check_name",
            "pk": "stage_request_id",
        }
        for name in MODELS
    },
}

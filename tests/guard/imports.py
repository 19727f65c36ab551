"""The part of the guard's table about what is brought over from another tracking server."""

from tests.guard.levels import CONTRIBUTOR, READER, Entry

IMPORTS: dict[str, Entry] = {
    "api-imports-runs": {"POST": CONTRIBUTOR},
    "api-imports-known": {"POST": READER},
    "api-imports-done": {"POST": CONTRIBUTOR},
    "api-imports-experiments": {"POST": CONTRIBUTOR},
    "api-imports-logged-models": {"POST": CONTRIBUTOR},
    "api-imports-logged-model-file": {"PUT": CONTRIBUTOR},
    "api-imports-models": {"POST": CONTRIBUTOR},
    "api-imports-versions": {"POST": CONTRIBUTOR},
    "api-imports-version-file": {"PUT": CONTRIBUTOR},
}
MEANS: dict[str, dict[str, str]] = {
    "api-imports-logged-model-file": {"path": "artifact_path"},
    "api-imports-versions": {"name": "model_name"},
    "api-imports-version-file": {"name": "model_name", "path": "artifact_path"},
}

"""The events a webhook can choose, named as MLflow names them, with an example of each for a test."""

from typing import Any

_TAG = {"key": "example_key", "value": "example_value"}
_KEY = {"key": "example_key"}
_TAGS = {"example_key": "example_value"}
_MODEL, _PROMPT = {"name": "example_model"}, {"name": "example_prompt"}
_FIRST = {"version": "1"}
_ALIAS = {"alias": "example_alias"}

EXAMPLES: dict[str, dict[str, Any]] = {
    "registered_model.created": {**_MODEL, "tags": _TAGS, "description": "An example registered model"},
    "model_version.created": {
        **_MODEL, **_FIRST, "source": "models:/123", "run_id": "abcd1234abcd5678", "tags": _TAGS,
        "description": "An example model version",
    },
    "model_version_tag.set": {**_MODEL, **_FIRST, **_TAG},
    "model_version_tag.deleted": {**_MODEL, **_FIRST, **_KEY},
    "model_version_alias.created": {**_MODEL, **_ALIAS, **_FIRST},
    "model_version_alias.deleted": {**_MODEL, **_ALIAS},
    "prompt.created": {**_PROMPT, "tags": _TAGS, "description": "An example prompt"},
    "prompt_version.created": {
        **_PROMPT, **_FIRST, "template": "Hello {{name}}!", "tags": _TAGS, "description": "An example prompt version",
    },
    "prompt_tag.set": {**_PROMPT, **_TAG},
    "prompt_tag.deleted": {**_PROMPT, **_KEY},
    "prompt_version_tag.set": {**_PROMPT, **_FIRST, **_TAG},
    "prompt_version_tag.deleted": {**_PROMPT, **_FIRST, **_KEY},
    "prompt_alias.created": {**_PROMPT, **_ALIAS, **_FIRST},
    "prompt_alias.deleted": {**_PROMPT, **_ALIAS},
    "deployment.drifted": {
        "endpoint": "example_endpoint", "deployment": "blue", "report": 1, "reference": "azureml:cars:1", "rows": 1000,
        "columns": ["age"], "summary": "1 of 4 columns drifted: age.",
    },
}  # fmt: skip
EVENTS = tuple(EXAMPLES)
OWN = frozenset({"deployment.drifted"})  # events that MLflow's client can't read

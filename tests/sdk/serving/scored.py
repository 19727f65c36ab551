"""Asks a scorer without a process around it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from atelier.serving import loading
from atelier.serving import settings as serving_settings
from atelier.serving.messages import Answer, Request
from atelier.serving.scoring import Call, Prepared, Scorer


def load(folder: Path, **variables: str) -> Scorer:
    settings = serving_settings.from_environment(
        {"AZUREML_MODEL_DIR": str(folder), "AML_APP_ROOT": "/nowhere", **variables}
    )
    return loading.load(settings)


def request(body: Any, *, media_type: str = "application/json", path: str = "/invocations") -> Request:
    content = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Request("POST", path, "", {b"content-type": media_type.encode()}, content)


def prepare(scorer: Scorer, body: Any, *, kind: str = "invocations", media_type: str = "application/json") -> Prepared:
    return scorer.prepare(Call(kind, request(body, media_type=media_type)))


def answer(scorer: Scorer, body: Any, *, kind: str = "invocations", media_type: str = "application/json") -> Answer:
    prepared = prepare(scorer, body, kind=kind, media_type=media_type)
    return prepared.finish(scorer.predict(prepared.data, prepared.params))


def ask(scorer: Scorer, body: Any, **how: str) -> Any:
    return json.loads(answer(scorer, body, **how).body)

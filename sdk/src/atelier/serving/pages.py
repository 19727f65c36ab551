"""The paths that need no run of the model: health, versions, metadata, counters, OpenAPI."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Callable

from atelier.serving import exposition
from atelier.serving.messages import Answer, Request, json_answer
from atelier.serving.problems import Problem
from atelier.serving.scoring import INFER, INVOCATIONS, SCORE, Scorer
from atelier.serving.settings import Settings

if TYPE_CHECKING:
    from atelier.serving.service import Service

V2_EXTENSIONS: list[str] = []
MODEL_PATH = re.compile(r"/v2/models/(?P<name>[^/]+)(?:/versions/(?P<version>[^/]+))?(?P<ready>/ready)?")
POSTED = {"/invocations": ("POST",), "/score": ("GET", "POST"), "/": ("GET", "POST")}


def answer(service: Service, request: Request) -> Answer:
    """The answer of a path that needs no model. Raises Problem: 404, 405, 503."""
    path = request.route_path
    methods = _methods_of(path)
    if methods is None:
        raise Problem(404, "not_found", f"There is no {path}. Paths that score: {_scoring_paths(service.scorer)}.")
    if request.method == "OPTIONS":
        return Answer(b"", headers=(("allow", ", ".join((*methods, "OPTIONS"))),))
    if request.method not in methods and not (request.method == "HEAD" and "GET" in methods):
        allowed = ", ".join(methods)
        raise Problem(
            405, "method_not_allowed", f"{path} takes {allowed}, not {request.method}.", headers=(("allow", allowed),)
        )
    page = PAGES.get(path)
    return page(service) if page else _model_page(service, path)


def check_model(scorer: Scorer, name: str, version: str | None) -> None:
    """Raises Problem when the model is called otherwise."""
    if name != scorer.name or version not in (None, scorer.version):
        asked = name if version is None else f"{name}, version {version}"
        raise Problem(404, "not_found", f"There is no model {asked}. This is {scorer.name}, version {scorer.version}.")


def not_served(scorer: Scorer, kind: str) -> Problem:
    """This kind of model does not answer this kind of request."""
    if scorer.kinds == {SCORE}:
        return Problem(404, "not_served", "A scoring script answers here: post its input to /score.")
    return Problem(404, "not_served", f"This model does not answer {kind}. It answers: {_scoring_paths(scorer)}.")


def add_cors_headers(settings: Settings, request: Request, answer: Answer) -> None:
    """Lets pages of the allowed origins read the answer."""
    origin = request.header("origin")
    if not origin or not ({"*", origin} & set(settings.cors_origins)):
        return
    headers = [("access-control-allow-origin", origin), ("vary", "origin")]
    if request.method == "OPTIONS":
        asked = re.sub(r"[^\w\-, ]", "", request.header("access-control-request-headers"))
        headers += [
            ("access-control-allow-methods", "GET, POST, OPTIONS"),
            ("access-control-allow-headers", asked or "content-type, authorization"),
        ]
    answer.headers = (*answer.headers, *headers)


def _methods_of(path: str) -> tuple[str, ...] | None:
    if path in POSTED:
        return POSTED[path]
    if path in PAGES or MODEL_PATH.fullmatch(path):
        return ("GET",)
    return ("POST",) if path.startswith("/v2/models/") and path.endswith("/infer") else None


def _scoring_paths(scorer: Scorer | None) -> str:
    kinds = scorer.kinds if scorer else {SCORE, INVOCATIONS, INFER}
    name = scorer.name if scorer else "NAME"
    paths = {SCORE: "/score", INVOCATIONS: "/invocations", INFER: f"/v2/models/{name}/infer"}
    return ", ".join(path for kind, path in paths.items() if kind in kinds)


def _not_ready(service: Service) -> Problem:
    why = "The worker is stopping." if service.is_draining else "The model is not loaded yet."
    return Problem(503, "not_ready", why, headers=(("retry-after", "1"),))


def _needs_scorer(service: Service) -> Scorer:
    if service.scorer is None:
        raise _not_ready(service)
    return service.scorer


def _root(service: Service) -> Answer:
    return Answer(b"Healthy", media_type="text/plain; charset=utf-8")


def _live(service: Service) -> Answer:
    return json_answer({"live": True})


def _ready(service: Service) -> Answer:
    if not service.is_ready:
        raise _not_ready(service)
    return json_answer({"ready": True, "model": service.scorer.name if service.scorer else ""})


def _ping(service: Service) -> Answer:
    _ready(service)
    return Answer(b"\n")


def _version(service: Service) -> Answer:
    """The version of MLflow that the model was made with, as MLflow's own server answers; a script has none."""
    scorer = _needs_scorer(service)
    version = str(scorer.description.get("mlflow_version") or "")
    return Answer(version.encode(), media_type="text/plain; charset=utf-8")


def _metrics(service: Service) -> Answer:
    body = exposition.text(service.board, deployment=service.settings.deployment)
    return Answer(body.encode(), media_type=exposition.MEDIA_TYPE)


def _openapi(service: Service) -> Answer:
    from atelier.serving import openapi

    return json_answer(openapi.document(_needs_scorer(service)))


def _v2_server(service: Service) -> Answer:
    return json_answer({"name": "atelier", "version": "0.1.0", "extensions": V2_EXTENSIONS})


def _model_page(service: Service, path: str) -> Answer:
    found = MODEL_PATH.fullmatch(path)
    scorer = _needs_scorer(service)
    assert found is not None
    check_model(scorer, found["name"], found["version"])
    if found["ready"]:
        _ready(service)
        return json_answer({"name": scorer.name, "ready": True})
    if INFER not in scorer.kinds:
        raise not_served(scorer, INFER)
    described = scorer.description
    return json_answer(
        {
            "name": scorer.name,
            "versions": [scorer.version],
            "platform": described.get("platform", ""),
            "inputs": described.get("v2_inputs", []),
            "outputs": described.get("v2_outputs", []),
        }
    )


PAGES: dict[str, Callable[[Any], Answer]] = {
    "/": _root,
    "/ping": _ping,
    "/health": _ping,
    "/version": _version,
    "/healthz/live": _live,
    "/healthz/ready": _ready,
    "/metrics": _metrics,
    "/openapi.json": _openapi,
    "/swagger.json": _openapi,
    "/v2": _v2_server,
    "/v2/health/live": _live,
    "/v2/health/ready": _ready,
}

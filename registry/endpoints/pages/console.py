"""What the test page needs: for each deployment the fields of its signature and an example of a request."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from registry.endpoints import addresses
from registry.endpoints.invoking import Answer
from registry.endpoints.models import Deployment, DeploymentRevision, Endpoint
from registry.mlmodels.models import ModelVersion

MOST_FIELDS = 100
MOST_SHOWN = 200_000  # characters of an answer
TABLES = ("input_data", "dataframe_split")
LISTS = ("instances", "inputs", "data")
PLAIN = {"data": [[1, 2, 3, 4]]}


@dataclass(frozen=True, slots=True)
class Snippet:
    tool: str
    text: str


@dataclass(frozen=True, slots=True)
class ConsolePage:
    config: dict[str, Any]
    names: list[str]
    chosen: str
    snippets: list[Snippet]


def console_page(endpoint: Endpoint, deployments: Sequence[Deployment], asked: str) -> ConsolePage:
    names = [one.name for one in deployments]
    kinds = {one.name: _kind(one.current or one.wanted) for one in deployments}
    main = max(deployments, key=lambda one: endpoint.traffic.get(one.name, 0), default=None)
    first = kinds.get(main.name if main else "", {"fields": [], "example": PLAIN})
    where = {"workspace": endpoint.workspace.slug, "name": endpoint.name}
    url = addresses.scoring_uri(endpoint)
    config = {
        "endpoint": f"{endpoint.workspace.slug}/{endpoint.name}",
        "send": reverse("endpoint-send", kwargs=where),
        "kinds": kinds,
        "main": main.name if main else "",
    }
    return ConsolePage(config, names, asked if asked in names else "", snippets(endpoint, url, first["example"]))


def snippets(endpoint: Endpoint, url: str, example: Any) -> list[Snippet]:
    """The same request from a shell, Python, JavaScript and our package; the key is a placeholder."""
    body = json.dumps(example, ensure_ascii=False)
    quoted = body.replace("'", "'\\''")
    word = "KEY" if endpoint.auth_mode == endpoint.AuthMode.KEY else "TOKEN"
    curl = (
        f"curl {url} \\\n  -H 'Authorization: Bearer {word}' \\\n  -H 'Content-Type: application/json' \\\n"
        f"  -d '{quoted}'"
    )
    python = (
        "import requests\n\n"
        f'answer = requests.post(\n    "{url}",\n    headers={{"Authorization": "Bearer {word}"}},\n'
        f"    json={_python(example)},\n    timeout=60,\n)\nanswer.raise_for_status()\nprint(answer.json())"
    )
    javascript = (
        f'const answer = await fetch("{url}", {{\n  method: "POST",\n'
        f'  headers: {{ Authorization: "Bearer {word}", "Content-Type": "application/json" }},\n'
        f"  body: JSON.stringify({body}),\n}});\nconsole.log(await answer.json());"
    )
    package = (
        "import atelier\n\n"
        f'endpoint = atelier.Workspace("{endpoint.workspace.slug}", url="{settings.BASE_URL}").endpoints\n'
        f'print(endpoint.invoke("{endpoint.name}", {_python(example)}))'
    )
    return [
        Snippet("curl", curl),
        Snippet("Python", python),
        Snippet("JavaScript", javascript),
        Snippet("SDK", package),
    ]


def _python(value: Any) -> str:
    return repr(value)


def _kind(revision: DeploymentRevision | None) -> dict[str, Any]:
    """What a deployment is asked with: the fields of its model's signature, and an example."""
    version = _version(revision)
    if version is None:
        return {"model": "", "fields": [], "example": PLAIN, "has_example": False}
    fields = _fields(version)
    example = version.input_example if version.input_example is not None else _made(fields)
    return {
        "model": f"{version.model.name}:{version.number}",
        "fields": fields,
        "example": PLAIN if example is None else example,
        "has_example": version.input_example is not None,
    }


def _version(revision: DeploymentRevision | None) -> ModelVersion | None:
    """The model that answers: the deployment's own, or the first of its image."""
    if revision is None:
        return None
    if revision.model_version:
        return revision.model_version
    if revision.image_version:
        return revision.image_version.model_versions.select_related("model").order_by("in_images__position").first()
    return None


def _fields(version: ModelVersion) -> list[dict[str, Any]]:
    """`{"name", "type", "required", "value"}` for each named column of the signature."""
    columns = (version.signature or {}).get("inputs") or []
    values = first_row(version.input_example)
    found = []
    for item in columns[:MOST_FIELDS]:
        if not isinstance(item, Mapping) or not item.get("name") or item.get("type") == "tensor":
            return []
        name = str(item["name"])
        is_required = item.get("required", "default" not in item) is not False
        value = values.get(name, item.get("default"))
        found.append({"name": name, "type": str(item.get("type", "")), "required": is_required, "value": value})
    return found


def first_row(example: Any) -> dict[str, Any]:
    """The first row of an example request, by column; empty where it has no named columns."""
    if not isinstance(example, Mapping):
        return {}
    for key in TABLES:
        table = example.get(key)
        if isinstance(table, Mapping) and isinstance(table.get("columns"), list) and table.get("data"):
            row = table["data"][0]
            return dict(zip(map(str, table["columns"]), row, strict=False)) if isinstance(row, list) else {}
    for key in ("dataframe_records", *LISTS):
        rows = example.get(key)
        if isinstance(rows, list) and rows and isinstance(rows[0], Mapping):
            return {str(name): value for name, value in rows[0].items()}
    return {}


def _made(fields: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """A request made of the signature alone, for who has no example."""
    if not fields:
        return None
    row = [_plain(field["type"]) if field["value"] is None else field["value"] for field in fields]
    return {"input_data": {"columns": [field["name"] for field in fields], "index": [0], "data": [row]}}


def _plain(kind: str) -> Any:
    if kind in ("string", "str"):
        return "text"
    if kind == "boolean":
        return True
    return 0 if kind in ("integer", "long") else 0.0


def answer_of(answer: Answer) -> dict[str, Any]:
    """The endpoint's answer as the page shows it; bytes that are no text are told, not shown."""
    headers = answer.headers
    try:
        text, note = answer.body.decode(), ""
    except UnicodeDecodeError:
        text, note = (
            "",
            f"{len(answer.body):,} bytes of {headers.get('content-type', 'an unknown kind')}, which are no text.",
        )
    if len(text) > MOST_SHOWN:
        text, note = text[:MOST_SHOWN], f"The first {MOST_SHOWN:,} of {len(text):,} characters."
    return {
        "status": answer.status,
        "ms": round(answer.ms, 2),
        "deployment": headers.get("azureml-model-deployment", ""),
        "request_id": headers.get("x-request-id", ""),
        "content_type": headers.get("content-type", ""),
        "text": text,
        "note": note,
    }

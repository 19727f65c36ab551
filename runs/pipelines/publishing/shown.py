"""Published pipelines as JSON, and how to call them."""

import json
from typing import Any

from runs.pipelines.drafts.shown import last_run
from runs.pipelines.models import PipelineEndpoint, PipelineEndpointVersion, PipelineRun
from runs.pipelines.publishing import parameters, queries


def endpoint(row: PipelineEndpoint) -> dict[str, Any]:
    return {
        "name": row.name,
        "description": row.description,
        "is_enabled": row.is_enabled,
        "default_version": row.default_version,
        "versions": row.version_count,
        "parameters": _parameters(queries.answering_version(row)),
        "created_by": str(row.created_by or ""),
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "url": row.get_absolute_url(),
    }


def version(row: PipelineEndpointVersion) -> dict[str, Any]:
    return {
        "number": row.number,
        "is_default": row.number == row.endpoint.default_version,
        "is_enabled": row.is_enabled,
        "pipeline": row.source.pipeline_id if row.source else None,
        "pipeline_version": row.source.number if row.source else None,
        "parameters": _parameters(row),
        "created_by": str(row.created_by or ""),
        "created_at": row.created_at,
    }


def call(row: PipelineRun) -> dict[str, Any]:
    return {**last_run(row.run), "inputs": given(row), "origin": row.origin}


def given(row: PipelineRun) -> dict[str, Any]:
    """The inputs of a run as somebody would write them: values, and the places of data."""
    return {
        name: facts.get("value", facts.get("path", facts)) if isinstance(facts, dict) else facts
        for name, facts in row.inputs.items()
    }


def snippets(row: PipelineEndpoint, address: str, base: str, given: dict[str, Any]) -> dict[str, str]:
    """The same call three ways. `address` is the REST address, `base` the studio's."""
    body = json.dumps({"inputs": given}, ensure_ascii=False)
    flags = "".join(f" \\\n  --set inputs.{name}={_word(value)}" for name, value in given.items())
    curl_body = body.replace("'", "'\\''")
    return {
        "curl": (
            f'curl -X POST {address} \\\n  -H "Authorization: Bearer $ATELIER_TOKEN" \\\n'
            f"  -H 'Content-Type: application/json' \\\n  -d '{curl_body}'"
        ),
        "python": (
            "import os\n\nimport requests\n\nanswer = requests.post(\n"
            f'    "{address}",\n    headers={{"Authorization": f"Bearer {{os.environ[\'ATELIER_TOKEN\']}}"}},\n'
            f'    json={{"inputs": {given!r}}},\n    timeout=30,\n)\nanswer.raise_for_status()\nprint(answer.json()["url"])'
        ),
        "cli": f"export ATELIER_URL={base}\natelier pipeline-endpoint invoke {row.name}{flags}",
    }


def samples(row: PipelineEndpointVersion | None) -> dict[str, Any]:
    """Something that could be sent for each input."""
    return {each.name: each.sample for each in parameters.of(row.document)} if row else {}


def _parameters(row: PipelineEndpointVersion | None) -> list[dict[str, Any]]:
    return [
        {
            "name": each.name,
            "type": each.type,
            "default": each.default,
            "is_needed": each.is_needed,
            "description": each.description,
            "rule": each.rule,
        }
        for each in (parameters.of(row.document) if row else [])
    ]


def _word(value: Any) -> str:
    text = json.dumps(value) if not isinstance(value, str) else value
    return text if text.replace("_", "").replace(".", "").replace(":", "").replace("@", "").isalnum() else f"'{text}'"

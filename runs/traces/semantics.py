"""What spans of other tools mean: their attributes under the names that MLflow's own spans use.

OpenTelemetry's conventions for generative AI, OpenInference, Traceloop and Vercel's AI SDK name the same things differently.
What a span says in MLflow's own words stays as it is.
"""

from collections.abc import Iterable
from typing import Any

from runs.traces import json_texts
from runs.traces.spans import COST, INPUTS, MODEL, OUTPUTS, PROVIDER, TYPE, UNKNOWN, USAGE, Span

_INPUTS = (
    "input.value", "gen_ai.input.messages", "gen_ai.tool.call.arguments", "gen_ai.prompt", "traceloop.entity.input",
    "ai.prompt.messages", "ai.prompt", "ai.toolCall.args", "ai.value", "ai.values",
)  # fmt: skip
_OUTPUTS = (
    "output.value", "gen_ai.output.messages", "gen_ai.tool.call.result", "gen_ai.completion", "traceloop.entity.output",
    "ai.response.text", "ai.response.object", "ai.response.toolCalls", "ai.toolCall.result",
)  # fmt: skip
_MODELS = (
    "gen_ai.response.model", "gen_ai.request.model", "llm.model_name", "embedding.model_name", "ai.model.id",
)  # fmt: skip
_PROVIDERS = ("gen_ai.provider.name", "gen_ai.system", "llm.provider", "ai.model.provider")
_TOKENS = {
    "input_tokens": ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt"),
    "output_tokens": ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion"),
    "total_tokens": ("llm.usage.total_tokens", "gen_ai.usage.total_tokens", "llm.token_count.total"),
    "cache_read_input_tokens": (
        "gen_ai.usage.cache_read.input_tokens", "llm.token_count.prompt_details.cache_read",
    ),
    "cache_creation_input_tokens": (
        "gen_ai.usage.cache_write.input_tokens", "gen_ai.usage.cache_creation.input_tokens",
        "llm.token_count.prompt_details.cache_write",
    ),
}  # fmt: skip
_KINDS = ("openinference.span.kind", "traceloop.span.kind", "gen_ai.operation.name", "ai.operationId")
_TYPES = {
    "llm": "LLM", "chain": "CHAIN", "agent": "AGENT", "tool": "TOOL", "retriever": "RETRIEVER",
    "embedding": "EMBEDDING", "embeddings": "EMBEDDING", "reranker": "RERANKER", "guardrail": "GUARDRAIL",
    "evaluator": "EVALUATOR", "workflow": "WORKFLOW", "task": "TASK", "chat": "CHAT_MODEL",
    "text_completion": "LLM", "generate_content": "LLM", "execute_tool": "TOOL", "invoke_agent": "AGENT",
    "create_agent": "AGENT", "ai.generatetext": "LLM", "ai.streamtext": "LLM", "ai.generatetext.dogenerate": "LLM",
    "ai.streamtext.dostream": "LLM", "ai.toolcall": "TOOL", "ai.embed": "EMBEDDING",
}  # fmt: skip


def understood(span: Span) -> Span:
    """The same span with what its tool said, said in MLflow's words too."""
    attributes = dict(span.attributes)
    _set(attributes, INPUTS, _first(attributes, _INPUTS))
    _set(attributes, OUTPUTS, _first(attributes, _OUTPUTS))
    _set(attributes, MODEL, _first(attributes, _MODELS))
    _set(attributes, PROVIDER, _first(attributes, _PROVIDERS))
    _set(attributes, USAGE, _usage(attributes))
    if attributes.get(TYPE) in (None, "", UNKNOWN):
        kind = _first(attributes, _KINDS)
        found = _TYPES.get(kind.lower()) if isinstance(kind, str) else None
        if found:
            attributes[TYPE] = found
    return span.with_attributes(attributes)


def session_of(span: Span) -> str:
    """The conversation a span belongs to, "" when it says none."""
    return _text(span.attributes, ("session.id", "gen_ai.conversation.id"))


def user_of(span: Span) -> str:
    return _text(span.attributes, ("user.id",))


def total(spans: Iterable[Span], name: str) -> dict[str, float]:
    """The sums of a per-span account (`USAGE` or `COST`) over a tree.

    Some tools write a parent's account as the sum of its children's: what stands below a span with an account is not counted
    again.
    """
    by_id = {span.span_id: span for span in spans}
    sums: dict[str, float] = {}
    for span in by_id.values():
        account = span.usage if name == USAGE else span.cost
        if account is None or _is_below_account(span, by_id, name):
            continue
        for key, value in account.items():
            if isinstance(value, int | float) and not isinstance(value, bool):
                sums[key] = sums.get(key, 0) + value
    return sums


def _is_below_account(span: Span, by_id: dict[str, Span], name: str) -> bool:
    seen = {span.span_id}
    parent = by_id.get(span.parent_id)
    while parent is not None and parent.span_id not in seen:
        if (parent.usage if name == USAGE else parent.cost) is not None:
            return True
        seen.add(parent.span_id)
        parent = by_id.get(parent.parent_id)
    return False


def _usage(attributes: dict[str, Any]) -> dict[str, int] | None:
    counts = {name: _whole(_first(attributes, keys)) for name, keys in _TOKENS.items()}
    found = {name: count for name, count in counts.items() if count is not None}
    if not found:
        return None
    if "total_tokens" not in found and {"input_tokens", "output_tokens"} <= set(found):
        found["total_tokens"] = found["input_tokens"] + found["output_tokens"]
    return found


def _set(attributes: dict[str, Any], name: str, value: Any) -> None:
    if value is not None and attributes.get(name) is None:
        attributes[name] = _read(value)


def _read(value: Any) -> Any:
    """A text that is JSON of an object or a list, as what it holds."""
    if isinstance(value, str) and value[:1] in "{[":
        return json_texts.value_of(value)
    return value


def _first(attributes: dict[str, Any], names: Iterable[str]) -> Any:
    for name in names:
        if (value := attributes.get(name)) is not None:
            return value
    return None


def _text(attributes: dict[str, Any], names: Iterable[str]) -> str:
    value = _first(attributes, names)
    return "" if value is None else str(value)


def _whole(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return int(value)
    except (ValueError, OverflowError):
        return None


__all__ = ["COST", "USAGE", "session_of", "total", "understood", "user_of"]

"""The short words of a request and an answer that lists show."""

import json
from typing import Any

MAX_PREVIEW = 10_000  # what a client may send
CUT = 1_000  # what is made here


def preview(value: Any, *, role: str) -> str | None:
    """What a person would call the request or the answer: the last message of `role`, or the JSON. None for nothing.

    A text is in quotes, as MLflow's clients send it themselves.
    """
    if value is None:
        return None
    messages = messages_of(value)
    text = _text_of(_last(messages, role)) if messages else ""
    return shorten(text or json.dumps(value, ensure_ascii=False, default=str))


def as_text(value: Any) -> str:
    """A text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def shorten(text: str, limit: int = CUT) -> str:
    clean = text.replace("\x00", "")
    return clean if len(clean) <= limit else clean[: limit - 3] + "..."


def messages_of(value: Any) -> list[dict[str, Any]]:
    """The chat messages of a request or an answer in one of the common shapes; empty when it is no chat."""
    if isinstance(value, list):
        return value if value and all(_is_message(item) for item in value) else []
    if not isinstance(value, dict):
        return []
    for name in ("messages", "input", "output"):
        if isinstance(value.get(name), list):
            return [item for item in value[name] if _is_message(item)]
    choices = value.get("choices")
    if isinstance(choices, list) and choices:
        found = [choice.get("message") for choice in choices if isinstance(choice, dict)]
        return [message for message in found if isinstance(message, dict) and _is_message(message)]
    if _is_message(value):
        return [value]
    return messages_of(value["request"]) if isinstance(value.get("request"), dict) else []


def text_parts(content: Any) -> list[str]:
    """The texts in a message's content, which is a text or a list of parts."""
    if isinstance(content, str):
        return [content]
    if not isinstance(content, list):
        return [] if content is None else [as_text(content)]
    found = []
    for part in content:
        if isinstance(part, str):
            found.append(part)
        elif isinstance(part, dict) and isinstance(part.get("text"), str):
            found.append(part["text"])
        else:
            found.append(as_text(part))
    return found


def _is_message(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("role"), str) and ("content" in item or "parts" in item)


def _last(messages: list[dict[str, Any]], role: str) -> dict[str, Any]:
    for message in reversed(messages):
        if message.get("role") == role:
            return message
    return messages[-1]


def _text_of(message: dict[str, Any]) -> str:
    parts = text_parts(message.get("content", message.get("parts")))
    return parts[0] if parts else ""

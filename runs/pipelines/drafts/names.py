"""What a pipeline, a version of one or a published one may be called."""

import unicodedata

from studio.api.fields import has_control_characters
from studio.errors import Invalid

MAX_NAME = 255
MAX_NOTE = 1_000
MAX_DESCRIPTION = 20_000


def pipeline_name(text: str) -> str:
    """The name, trimmed. Raises Invalid `bad_pipeline_name`."""
    found = unicodedata.normalize("NFC", text).strip()
    if not found or len(found) > MAX_NAME or has_control_characters(found):
        message = f"A pipeline's name has 1 to {MAX_NAME} characters on one line."
        raise Invalid("bad_pipeline_name", message, fields={"name": message})
    return found


def description(text: str) -> str:
    if len(text) > MAX_DESCRIPTION or "\0" in text:
        message = f"A description has at most {MAX_DESCRIPTION:,} characters."
        raise Invalid("bad_pipeline_name", message, fields={"description": message})
    return text

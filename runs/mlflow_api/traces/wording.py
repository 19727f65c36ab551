"""Mistakes in a filter, in the words that MLflow's users know."""

import re

from studio.search import SearchError

_PROMPT = re.compile(r"Invalid comparator '([^']+)' for attribute 'prompt'")
_NO_OPERATOR = re.compile(r"Expected an operator after (\S+)")


def of_search(error: SearchError) -> str:
    """The sentence for a filter that can't be read, with what may have been meant."""
    if found := _PROMPT.match(error.message):
        operator = {"~": "RLIKE"}.get(found[1], found[1])
        return f"Invalid comparator '{operator}' for prompts filter. Only '=' is supported with format: prompt = \"name/version\""
    told = f"{error.message} {error.hint}".strip()
    if found := _NO_OPERATOR.match(error.message):
        return f"Invalid clause(s) in filter string: '{found[1][:80]}'. {told}"
    return told

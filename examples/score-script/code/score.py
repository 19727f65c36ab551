"""A scoring script without a model: how alike two words are, between 0 and 1."""

import json
from difflib import SequenceMatcher


def init() -> None:
    global matcher
    matcher = SequenceMatcher(autojunk=False)


def run(data: str) -> dict[str, float]:
    """`{"left": "colour", "right": "color"}`."""
    words = json.loads(data)
    matcher.set_seqs(words["left"], words["right"])
    return {"alike": matcher.ratio()}

"""English contractions, written out."""

from __future__ import annotations

import re

# What is not made of a word and an ending alone.
WHOLE = {
    "won't": "will not",
    "can't": "can not",
    "shan't": "shall not",
    "ain't": "is not",
    "let's": "let us",
    "y'all": "you all",
    "'tis": "it is",
    "'twas": "it was",
}
# After these an 's is a verb; elsewhere it is a possessive and stays.
IS_AFTER = frozenset(
    [
        "he",
        "she",
        "it",
        "that",
        "this",
        "there",
        "here",
        "what",
        "who",
        "where",
        "when",
        "why",
        "how",
        "everything",
        "something",
        "nothing",
        "everybody",
        "somebody",
        "nobody",
    ]
)
ENDINGS = {"n't": " not", "'re": " are", "'ve": " have", "'ll": " will", "'m": " am", "'d": " would", "'s": " is"}
CONTRACTED = re.compile(r"['’]?[A-Za-z]+['’][A-Za-z]+")


def expand(text: str) -> str:
    """ "wouldn't" as "would not"; capitals at the beginning stay."""
    return CONTRACTED.sub(lambda match: _expanded(match.group()), text)


def _expanded(word: str) -> str:
    plain = word.replace("’", "'")
    low = plain.lower()
    if low in WHOLE:
        return _as_written(plain, WHOLE[low])
    for ending, meaning in ENDINGS.items():
        stem = plain[: -len(ending)]
        if low.endswith(ending) and stem and (ending != "'s" or stem.lower() in IS_AFTER):
            return stem + meaning
    return word


def _as_written(word: str, meaning: str) -> str:
    first = word.lstrip("'")[:1]
    return meaning[:1].upper() + meaning[1:] if first.isupper() else meaning

"""Which words are nouns, adjectives or verbs, by the Hanover Tagger, whose package brings its models along."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import Any

from atelier.components.errors import ComponentError

NOUNS, ADJECTIVES, VERBS = "nouns", "adjectives", "verbs"
MODELS = {"English": "morphmodel_en.pgz", "German": "morphmodel_ger.pgz", "Dutch": "morphmodel_dutch.pgz"}
# How the tags of each kind begin: of the British National Corpus, the STTS, the Corpus Gesproken Nederlands.
TAGS: dict[str, dict[str, tuple[str, ...]]] = {
    "English": {NOUNS: ("N",), ADJECTIVES: ("AJ",), VERBS: ("V",)},
    "German": {NOUNS: ("NN", "NE"), ADJECTIVES: ("ADJ",), VERBS: ("VV", "VA", "VM")},
    "Dutch": {NOUNS: ("N(",), ADJECTIVES: ("ADJ",), VERBS: ("WW",)},
}
Words = Sequence[str]


def filter_of(language: str, removed: Collection[str]) -> Callable[[Words], Words]:
    """What leaves these kinds of words out of a sentence's words. Raises ComponentError where the tagger is not installed."""
    begin = tuple(start for kind in removed for start in TAGS[language][kind])
    if not begin:
        return lambda words: words
    tagger = _tagger(language)

    def kept(words: Words) -> Words:
        if not words:
            return words
        return [word for word, _, tag in tagger.tag_sent(list(words)) if not str(tag).startswith(begin)]

    return kept


@lru_cache(maxsize=1)
def _tagger(language: str) -> Any:
    try:
        from HanTa import HanoverTagger
    except ImportError as error:
        said = "HanTa is missing in this environment: add it there, or leave Remove by part of speech off."
        raise ComponentError(said, parameter="remove_by_part_of_speech") from error
    return HanoverTagger.HanoverTagger(MODELS[language])

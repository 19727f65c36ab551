"""Preprocess Text: clean a column of text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import Table
from atelier.components.text import contractions, parts_of_speech, stop_words, words

SENTENCE_END = " ||| "
URL = re.compile(r"(?:https?|ftp)\S*|\bwww\.\S*", re.IGNORECASE)
EMAIL = re.compile(r"[^\s@<>()]+@[^\s@<>()]+")
NUMBER = re.compile(r"[+-]?\d+(?:[.,:/]\d+)*%?")
REPEATED = re.compile(r"(.)\1{2,}", re.DOTALL)
SPECIAL_RUN = re.compile(r"([^\w\s])\1*|_+")
SPECIAL = re.compile(r"[^\w\s]|_")
# A piece between spaces: signs before it, the word itself, signs after it.
EDGES = re.compile(r"([^\w\s]*)(.*?)([^\w\s]*)", re.DOTALL)
LONGEST_PATTERN = 1000


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Any) -> dict[str, Any]:
    table: Table = inputs["dataset"]
    column = parameters["text_column"]
    texts = words.texts_of(table, column, parameter="text_column")
    clean = _cleaner(parameters, _stops(parameters, inputs.get("stop_words")))
    frame = table.frame.copy()
    frame[f"Preprocessed {column}"] = [clean(text) for text in texts]
    return {"results_dataset": table.with_frame(frame)}


@dataclass(frozen=True)
class Wanted:
    """What is done to each word."""

    stops: frozenset[str]
    lemma: Callable[[str], str] | None
    lower: bool
    numbers: bool
    special: bool
    duplicates: bool
    split: bool
    parts: Callable[[parts_of_speech.Words], parts_of_speech.Words]


def _cleaner(parameters: Mapping[str, Any], stops: frozenset[str]) -> Callable[[str], str]:
    """What cleans one text."""
    wanted = Wanted(
        stops=stops,
        lemma=_lemmatiser(parameters["language"]) if parameters["lemmatization"] else None,
        lower=parameters["normalize_case_to_lowercase"],
        numbers=parameters["remove_numbers"],
        special=parameters["remove_special_characters"],
        duplicates=parameters["remove_duplicate_characters"],
        split=parameters["split_tokens_on_special_characters"],
        parts=_parts(parameters),
    )
    before = _before(parameters)
    sentences = _sentences(parameters["language"]) if parameters["detect_sentences"] else lambda text: [text]

    def clean(text: str) -> str:
        for step in before:
            text = step(text)
        found = (_sentence(sentence, wanted) for sentence in sentences(text))
        return SENTENCE_END.join(sentence for sentence in found if sentence)

    return clean


def _parts(parameters: Mapping[str, Any]) -> Callable[[parts_of_speech.Words], parts_of_speech.Words]:
    """What leaves out words of the chosen kinds; where none is chosen, nothing."""
    kinds = (parts_of_speech.NOUNS, parts_of_speech.ADJECTIVES, parts_of_speech.VERBS)
    chosen = [kind for kind in kinds if parameters.get(f"remove_{kind}")]
    return parts_of_speech.filter_of(parameters["language"], chosen)


def _before(parameters: Mapping[str, Any]) -> list[Callable[[str], str]]:
    """What is done to the text as a whole, in this order; the custom expression first of all."""
    steps: list[Callable[[str], str]] = []
    if parameters.get("custom_regular_expression"):
        steps.append(
            _custom(parameters["custom_regular_expression"], parameters.get("custom_replacement_string") or "")
        )
    if parameters["normalize_backslashes_to_slashes"]:
        steps.append(lambda text: text.replace("\\", "/"))
    if parameters["remove_urls"]:
        steps.append(partial(URL.sub, " "))
    if parameters["remove_email_addresses"]:
        steps.append(partial(EMAIL.sub, " "))
    if parameters["language"] == "English" and parameters["expand_verb_contractions"]:
        steps.append(contractions.expand)
    return steps


def _custom(pattern: str, replacement: str) -> Callable[[str], str]:
    """The person's own expression, by an engine whose time grows with the text's length alone."""
    import re2

    if len(pattern) > LONGEST_PATTERN:
        raise ComponentError(
            f"The expression is longer than {LONGEST_PATTERN} characters.", parameter="custom_regular_expression"
        )
    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(pattern, options)
        compiled.sub(replacement, "")
    except re2.error as error:
        why = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
        raise ComponentError(
            f"The expression {pattern!r} can't be used: {why}. Look-arounds and back references are not known.",
            parameter="custom_regular_expression",
        ) from error
    return lambda text: str(compiled.sub(replacement, text))


def _sentence(sentence: str, wanted: Wanted) -> str:
    if wanted.split:
        sentence = SPECIAL_RUN.sub(lambda match: f" {match.group()[0]} ", sentence)
    pieces = [word for piece in sentence.split() for word in _pieces(piece)]
    kept = (_word(word, wanted) for word in wanted.parts(pieces))
    return " ".join(word for word in kept if word)


def _pieces(piece: str) -> list[str]:
    """A piece between spaces as words and signs: `(well,` is `(`, `well`, `,`."""
    if NUMBER.fullmatch(piece):
        return [piece]
    match = EDGES.fullmatch(piece)
    assert match is not None
    return [*match.group(1), *filter(None, [match.group(2)]), *match.group(3)]


def _word(word: str, wanted: Wanted) -> str:
    if wanted.numbers and NUMBER.fullmatch(word):
        return ""
    if wanted.duplicates:
        word = REPEATED.sub(r"\1\1", word)
    if word.lower() in wanted.stops:
        return ""
    if wanted.lemma is not None:
        word = wanted.lemma(word)
    if wanted.special:
        word = " ".join(SPECIAL.sub(" ", word).split())
    return word.lower() if wanted.lower else word


def _stops(parameters: Mapping[str, Any], own: Table | None) -> frozenset[str]:
    """The words to remove: the person's own list where one is connected, else the language's."""
    if not parameters["remove_stop_words"]:
        return frozenset()
    if own is None:
        return stop_words.of(parameters["language"])
    if not len(own.frame.columns):
        raise ComponentError("The list of stop words has no column.", port="stop_words")
    return frozenset(str(word).strip().lower() for word in own.frame.iloc[:, 0].dropna())


@lru_cache(maxsize=4)
def _lemmatiser(language: str) -> Callable[[str], str]:
    import simplemma

    code = stop_words.LANGUAGES[language]
    lemmatiser = simplemma.Lemmatizer()

    @lru_cache(maxsize=200_000)
    def lemma(word: str) -> str:
        return lemmatiser.lemmatize(word, lang=code) if any(map(str.isalpha, word)) else word

    return lemma


def _sentences(language: str) -> Callable[[str], list[str]]:
    import simplemma

    return lambda text: list(simplemma.split_sentences(text, lang=stop_words.LANGUAGES[language]))


def _switch(name: str, label: str, description: str = "", **more: Any) -> Parameter:
    return Parameter(name, Kind.BOOLEAN, label=label, default=True, description=description, **more)


COMPONENT = Component(
    name="preprocess_text",
    label="Preprocess Text",
    category="Text analytics",
    description="Cleans a column of text: stop words, lemmas, case, numbers, special characters, addresses. "
    "The cleaned text stands in a new column, Preprocessed and the column's name.",
    run=run,
    inputs=(
        Port("dataset", PortType.DATASET),
        Port(
            "stop_words",
            PortType.DATASET,
            optional=True,
            description="Words to remove in place of the language's own, one a row in the first column",
        ),
    ),
    outputs=(Port("results_dataset", PortType.DATASET),),
    parameters=(
        Parameter("language", Kind.CHOICE, default="English", choices=tuple(stop_words.LANGUAGES)),
        Parameter("text_column", Kind.COLUMN, label="Text column to clean", port="dataset"),
        _switch("remove_stop_words", "Remove stop words"),
        _switch("lemmatization", "Lemmatization", "Each word in the form a dictionary has it: mice as mouse"),
        _switch("detect_sentences", "Detect sentences", "Puts ||| where a sentence ends"),
        _switch("normalize_case_to_lowercase", "Normalize case to lowercase"),
        _switch("remove_numbers", "Remove numbers", "Words that are numbers; 3rd stays"),
        _switch("remove_special_characters", "Remove special characters", "What is neither letter nor digit"),
        _switch("remove_duplicate_characters", "Remove duplicate characters", "aaaaa becomes aa"),
        _switch("remove_email_addresses", "Remove email addresses"),
        _switch("remove_urls", "Remove URLs", "What begins with http, https, ftp or www"),
        _switch(
            "expand_verb_contractions",
            "Expand verb contractions",
            "wouldn't becomes would not",
            when={"language": ("English",)},
        ),
        _switch("normalize_backslashes_to_slashes", "Normalize backslashes to slashes"),
        _switch(
            "split_tokens_on_special_characters",
            "Split tokens on special characters",
            "MS---WORD becomes MS - WORD",
        ),
        Parameter(
            "remove_by_part_of_speech",
            Kind.BOOLEAN,
            label="Remove by part of speech",
            default=False,
            description="Each word is judged in its sentence, which takes some minutes for 100,000 words",
            when={"language": tuple(parts_of_speech.MODELS)},
        ),
        *(
            Parameter(
                f"remove_{kind}",
                Kind.BOOLEAN,
                label=f"Remove {kind}",
                default=False,
                when={"remove_by_part_of_speech": (True,)},
            )
            for kind in (parts_of_speech.NOUNS, parts_of_speech.ADJECTIVES, parts_of_speech.VERBS)
        ),
        Parameter(
            "custom_regular_expression",
            Kind.TEXT,
            optional=True,
            default="",
            description="Replaced before everything else. RE2's syntax: no look-around, no back reference",
        ),
        Parameter(
            "custom_replacement_string", Kind.TEXT, optional=True, default="", description=r"\1 is the first group"
        ),
    ),
    packages=("scikit-learn", "simplemma", "stop-words", "google-re2"),
    keywords=("clean", "stop words", "lemma", "tokenize", "normalise", "nlp"),
)

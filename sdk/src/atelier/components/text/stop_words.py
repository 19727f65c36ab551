"""The languages text is cleaned in, and the words of each that carry no meaning of their own."""

from __future__ import annotations

# The name people choose, and what simplemma and stop-words call it.
LANGUAGES = {
    "English": "en",
    "Dutch": "nl",
    "French": "fr",
    "German": "de",
    "Italian": "it",
    "Spanish": "es",
    "Czech": "cs",
    "Danish": "da",
    "Finnish": "fi",
    "Greek": "el",
    "Hungarian": "hu",
    "Norwegian": "nb",
    "Polish": "pl",
    "Portuguese": "pt",
    "Romanian": "ro",
    "Russian": "ru",
    "Swedish": "sv",
    "Turkish": "tr",
    "Ukrainian": "uk",
}


def of(language: str) -> frozenset[str]:
    """The stop words of a language, in lower case."""
    if language == "English":
        from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

        return frozenset(ENGLISH_STOP_WORDS)
    from stop_words import get_stop_words

    return frozenset(word.lower() for word in get_stop_words(language.lower()))

"""Text is cleaned as each switch says, by itself and all together."""

from typing import Any

import pytest
from atelier.components import catalogue, checking
from atelier.components.errors import ComponentError

from tests.sdk.components.tables_at_hand import carried, table
from tests.sdk.components.text import news

pytestmark = pytest.mark.pure
SWITCHES = [one.name for one in catalogue.named("preprocess_text").parameters if one.default is True]
OFF = dict.fromkeys(SWITCHES, False)


def cleaned(text: str, **parameters: Any) -> str:
    made = carried("preprocess_text", {"dataset": table(t=[text])}, text_column="t", **parameters)
    return str(made["results_dataset"].frame["Preprocessed t"][0])


@pytest.mark.parametrize(
    ("switch", "text", "clean"),
    [
        ("remove_stop_words", "The end of the story", "end story"),
        ("lemmatization", "mice were running", "mouse be run"),
        ("detect_sentences", "Mr. Smith went. He came back.", "Mr . Smith went . ||| He came back ."),
        ("normalize_case_to_lowercase", "ÄHM Yes", "ähm yes"),
        ("remove_numbers", "3rd of 1,200.50 or 7% at 10:30", "3rd of or at"),
        ("remove_special_characters", "(well, yes) it's a_b #1", "well yes it s a b 1"),
        ("remove_duplicate_characters", "sooooo good!!!!", "soo good ! ! ! !"),
        ("remove_email_addresses", "write to a.b+c@example.org now", "write to now"),
        ("remove_urls", "see https://a.b/c?d=1, www.e.f or g.h", "see or g.h"),
        (
            "expand_verb_contractions",
            "I wouldn't, he's Ann's, Won’t you?",
            "I would not , he is Ann's , Will not you ?",
        ),
        ("normalize_backslashes_to_slashes", r"a\b c", "a/b c"),
        ("split_tokens_on_special_characters", "MS---WORD R&D", "MS - WORD R & D"),
    ],
)
def test_each_switch_does_its_own_thing(switch: str, text: str, clean: str) -> None:
    assert cleaned(text, **OFF) != clean
    assert cleaned(text, **{**OFF, switch: True}) == clean


def test_all_of_them_together_leave_plain_words() -> None:
    text = "WC-3 3test 4test. I wouldn't stay there! Mail me@x.org: the mice were running; MS---WORD 1,200.5"
    assert cleaned(text) == "wc 3test 4test ||| stay ||| mail mouse run ms word"


def test_an_expression_of_ones_own_comes_first_and_is_refused_when_it_could_take_for_ever() -> None:
    said = {"custom_regular_expression": r"(\w+)-(\d+)", "custom_replacement_string": r"\2 \1"}
    assert cleaned("part-12 of x-y", **OFF, **said) == "12 part of x-y"
    with pytest.raises(ComponentError, match="back references are not known") as raised:
        cleaned("aaa", custom_regular_expression=r"(a)\1")
    assert raised.value.parameter == "custom_regular_expression"
    assert cleaned("a" * 50_000, **OFF, custom_regular_expression="(a*)*b") == "a" * 50_000


def test_a_list_of_ones_own_takes_the_place_of_the_languages() -> None:
    inputs = {"dataset": table(t=["The fox and the hound"]), "stop_words": table(w=["FOX", None])}
    made = carried("preprocess_text", inputs, text_column="t", **{**OFF, "remove_stop_words": True})
    assert made["results_dataset"].frame["Preprocessed t"][0] == "The and the hound"


@pytest.mark.parametrize(
    ("language", "text", "clean"),
    [
        ("German", "Die Häuser standen in den Straßen", "haus stehen straße"),
        ("French", "Les chevaux mangeaient dans les champs", "cheval manger champ"),
    ],
)
def test_other_languages_have_lemmas_and_stop_words_of_their_own(language: str, text: str, clean: str) -> None:
    assert cleaned(text, language=language) == clean


def test_real_articles_lose_what_carries_no_meaning_and_a_column_of_numbers_is_refused() -> None:
    made = carried("preprocess_text", {"dataset": news.table()}, text_column="text", detect_sentences=False)
    words = [word for text in made["results_dataset"].frame["Preprocessed text"] for word in text.split()]
    assert len(words) > 20_000 and not {"the", "and", "1", ","} & set(words)
    assert all(word == word.lower() for word in words)
    with pytest.raises(ComponentError, match="holds no text"):
        carried("preprocess_text", {"dataset": news.table()}, text_column="number")


@pytest.mark.parametrize(
    ("language", "text", "kind", "clean"),
    [
        ("English", "The quick fox jumped over lazy dogs.", "nouns", "the quick jumped over lazy"),
        ("English", "The quick fox jumped over lazy dogs.", "adjectives", "the fox jumped over dogs"),
        ("English", "The quick fox jumped over lazy dogs.", "verbs", "the quick fox over lazy dogs"),
        ("German", "Der schnelle Fuchs springt über den Hund.", "adjectives", "der fuchs springt über den hund"),
    ],
)
def test_words_are_removed_by_their_part_in_the_sentence(language: str, text: str, kind: str, clean: str) -> None:
    asked = {"language": language, "remove_by_part_of_speech": True, f"remove_{kind}": True}
    plain = {"remove_stop_words": False, "lemmatization": False}
    assert cleaned(text, **asked, **plain) == clean
    assert cleaned("", **asked) == ""
    assert cleaned(text, **{**asked, "remove_by_part_of_speech": False}, **plain) != clean


def test_a_kind_counts_only_where_parts_of_speech_are_asked_for() -> None:
    component = catalogue.named("preprocess_text")
    assert "remove_nouns" not in checking.fill(component, {"text_column": "text"})
    french = checking.fill(component, {"text_column": "text", "language": "French", "remove_by_part_of_speech": True})
    assert "remove_by_part_of_speech" not in french

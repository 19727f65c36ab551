"""A query that notes what it is asked for, so that a test tries the words a page reads and need not guess them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.handlers import wsgi
from django.http import QueryDict


class Heard:
    """The words that views asked their queries for; `everything` once one looked through all there are."""

    def __init__(self) -> None:
        self.words: set[str] = set()
        self.everything = False


def listen(monkeypatch: pytest.MonkeyPatch) -> Heard:
    """From here to the end of the test every request's query is heard."""
    heard = Heard()

    class Listening(QueryDict):
        is_built = False  # what is looked up while the words are put in is nobody's question

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self.is_built = True

        def note(self, word: object) -> None:
            if self.is_built:
                heard.words.add(str(word))

        def __getitem__(self, key: str) -> Any:  # `get` comes here too
            self.note(key)
            return super().__getitem__(key)

        def getlist(self, key: str, default: Any = None) -> list[Any]:
            self.note(key)
            return super().getlist(key, default)

        def __contains__(self, key: object) -> bool:
            self.note(key)
            return super().__contains__(key)

        # Copies and addresses are made of `lists()`, which hands every word on alike: nothing to hear there.
        def __iter__(self) -> Iterator[str]:
            heard.everything = True
            return super().__iter__()

        def keys(self) -> Any:
            heard.everything = True
            return super().keys()

    monkeypatch.setattr(wsgi, "QueryDict", Listening)
    return heard

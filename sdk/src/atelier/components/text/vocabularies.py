"""The n-grams of a column of text, each with how many texts have it, and what a text weighs by them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from atelier.components.errors import ComponentError
from atelier.components.tables import Table
from atelier.components.text import words

if TYPE_CHECKING:
    import pandas as pd
    from scipy import sparse

BINARY, TF, IDF, TF_IDF = "Binary Weight", "TF Weight", "IDF Weight", "TF-IDF Weight"
WEIGHTS = (BINARY, TF, IDF, TF_IDF)
COLUMNS = ("Id", "NGram", "DF", "IDF")
JOINT = "_"


@dataclass(frozen=True)
class Cutting:
    """How a text is cut into n-grams: up to `most` words, each with so many letters."""

    most: int
    shortest: int
    longest: int

    def of(self, text: str) -> list[str]:
        """The n-grams of a text; none that has a word of another length."""
        found = words.words(text)
        fits = [self.shortest <= len(word) <= self.longest for word in found]
        return [
            JOINT.join(found[start : start + size])
            for size in range(1, self.most + 1)
            for start in range(len(found) - size + 1)
            if all(fits[start : start + size])
        ]


@dataclass(frozen=True)
class Vocabulary:
    """N-grams in order, with the number of texts that had each and the logarithm of its rarity."""

    grams: Sequence[str]
    frequencies: Sequence[int]
    rarities: Sequence[float]

    def table(self) -> Table:
        """As the table that people see and edit."""
        import pandas as pd

        ids = range(len(self.grams))
        columns = zip(COLUMNS, (ids, self.grams, self.frequencies, self.rarities))
        frame = pd.DataFrame({name: list(values) for name, values in columns})
        return Table(frame.astype({"Id": "int64", "NGram": "str", "DF": "int64", "IDF": "float64"}))


def learn(cut: Sequence[list[str]], *, least: int, most_ratio: float) -> Vocabulary:
    """The n-grams that at least `least` of the texts have, and no larger share of them than `most_ratio`."""
    import numpy as np

    counts = Counter(gram for grams in cut for gram in set(grams))
    ceiling = most_ratio * len(cut)
    kept = sorted(gram for gram, count in counts.items() if least <= count <= ceiling)
    if not kept:
        raise ComponentError(
            f"No n-gram is in at least {least} of the {len(cut)} texts and in no more than {most_ratio:g} of them. "
            "Lower the minimum frequency.",
            parameter="minimum_n_gram_document_absolute_frequency",
        )
    frequencies = [counts[gram] for gram in kept]
    return Vocabulary(kept, frequencies, np.log(len(cut) / np.asarray(frequencies)).tolist())


def read(table: Table) -> Vocabulary:
    """The vocabulary that a table holds. Raises ComponentError for what is none."""
    frame = table.frame
    port = "input_vocabulary"
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise ComponentError(
            f"The vocabulary lacks {', '.join(missing)}: its columns are {', '.join(COLUMNS)}.", port=port
        )
    _check_kinds(frame, port)
    doubled = frame["NGram"][frame["NGram"].duplicated()]
    if len(doubled):
        raise ComponentError(f"The vocabulary has {doubled.iloc[0]!r} twice; each n-gram may be there once.", port=port)
    return Vocabulary(frame["NGram"].tolist(), frame["DF"].tolist(), frame["IDF"].tolist())


def _check_kinds(frame: pd.DataFrame, port: str) -> None:
    from pandas.api import types

    if frame[list(COLUMNS)].isna().any(axis=None):
        raise ComponentError("The vocabulary has rows with missing values.", port=port)
    for name, is_kind, wanted in (
        ("Id", types.is_integer_dtype, "whole numbers"),
        ("DF", types.is_integer_dtype, "whole numbers"),
        ("IDF", types.is_numeric_dtype, "numbers"),
    ):
        if not is_kind(frame[name]):
            raise ComponentError(f"The vocabulary's column {name} must hold {wanted}.", port=port)


def weigh(cut: Sequence[list[str]], vocabulary: Vocabulary, weight: str, *, is_normal: bool) -> Any:
    """What each text weighs by each n-gram of the vocabulary, as an array."""
    counts = words.dense(_counts(cut, vocabulary), parameter="minimum_n_gram_document_absolute_frequency")
    return _normal(_weighed(counts, vocabulary, weight), is_normal)


def _weighed(counts: Any, vocabulary: Vocabulary, weight: str) -> Any:
    import numpy as np

    if weight == TF:
        return counts
    if weight == TF_IDF:
        return counts * np.asarray(vocabulary.rarities)
    present = (counts > 0).astype("float64")
    return present if weight == BINARY else present * np.asarray(vocabulary.rarities)


def _normal(weights: Any, is_normal: bool) -> Any:
    import numpy as np

    if not is_normal:
        return weights
    lengths = np.linalg.norm(weights, axis=1, keepdims=True)
    return weights / np.where(lengths == 0, 1, lengths)


def _counts(cut: Sequence[list[str]], vocabulary: Vocabulary) -> sparse.csr_matrix:
    from scipy import sparse

    places = {gram: place for place, gram in enumerate(vocabulary.grams)}
    columns: list[int] = []
    ends = [0]
    for grams in cut:
        columns.extend(places[gram] for gram in grams if gram in places)
        ends.append(len(columns))
    shape = (len(cut), len(places))
    return sparse.csr_matrix(([1.0] * len(columns), columns, ends), shape=shape)

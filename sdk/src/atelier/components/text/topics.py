"""Topics learned from texts: the transform that Latent Dirichlet Allocation gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from atelier.components import views
from atelier.components.tables import Table
from atelier.components.text import words
from atelier.components.transforms import Transform

SHOWN = 10


@dataclass(frozen=True)
class Counting:
    """How texts become counts: of the n-grams of a dictionary, or of hashes where there is none."""

    most: int
    grams: tuple[str, ...] = ()
    bits: int = 0

    def of(self, texts: Sequence[str]) -> Any:
        """A sparse matrix, a row for each text."""
        from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer

        if self.grams:
            return CountVectorizer(analyzer=self.cut, vocabulary=list(self.grams)).transform(texts)
        hashing = HashingVectorizer(n_features=2**self.bits, analyzer=self.cut, alternate_sign=False, norm=None)
        return hashing.transform(texts)

    def cut(self, text: str) -> list[str]:
        """The n-grams of a text, in lower case."""
        return list(words.n_grams(words.words(text.lower()), self.most))

    def names(self) -> list[str]:
        """What each count is of."""
        return list(self.grams) or [f"Hash {place}" for place in range(2**self.bits)]


class TopicTransform(Transform):
    """Puts the share of each topic beside the texts of a table."""

    title = "LDA transformation"

    def __init__(self, columns: Sequence[str], counting: Counting, model: Any, matrix: Any) -> None:
        self.columns = tuple(columns)
        self.counting = counting
        self.model = model
        self.matrix = matrix  # a row for each n-gram, a column for each topic

    def apply(self, table: Table) -> Table:
        import pandas as pd

        shares = self.model.transform(self.counting.of(joined(table, self.columns)))
        names = [f"Topic {number}" for number in range(1, shares.shape[1] + 1)]
        frame = pd.DataFrame(shares, columns=names, index=table.frame.index)
        return table.with_frame(pd.concat([table.frame.drop(columns=names, errors="ignore"), frame], axis=1))

    def facts(self) -> list[tuple[str, Any]]:
        rows, topics = self.matrix.shape
        return [("Columns", ", ".join(self.columns)), ("Topics", topics), ("N-grams", rows)]

    def tables(self) -> list[dict[str, Any]]:
        names = self.counting.names()
        rows = []
        for number, topic in enumerate(self.matrix.T, start=1):
            best = topic.argsort()[::-1][:SHOWN]
            rows.append([f"Topic {number}", ", ".join(names[place] for place in best)])
        return [views.table("What the topics are about", ["Topic", "Heaviest n-grams"], rows)]


def joined(table: Table, columns: Sequence[str]) -> list[str]:
    """Each row's texts of these columns as one text."""
    parts = [words.texts_of(table, column, parameter="target_columns") for column in columns]
    return ["\n".join(texts) for texts in zip(*parts)]

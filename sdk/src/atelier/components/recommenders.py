"""A trained recommender: what users and items have in common, as vectors. The value of a Recommender port."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from atelier.components import views

if TYPE_CHECKING:
    import pandas as pd

# So many users are compared with all items at once.
BLOCK = 512


@dataclass(frozen=True)
class Side:
    """Users or items: who they are, how far above the mean they lie, and their vectors."""

    names: Any  # a pandas Index
    biases: Any
    vectors: Any

    def places(self, values: pd.Series) -> Any:
        """Where each value stands; -1 for one that was not there in training.

        Numbers and texts that look alike are the same: 17 is found where training had "17".
        """
        import pandas as pd

        from atelier.components import column_kinds

        given = pd.Index(values)
        if column_kinds.of_series(pd.Series(self.names)) == column_kinds.of_series(values):
            return self.names.get_indexer(given)
        return self.names.map(str).get_indexer(given.map(str))

    def with_stranger(self) -> tuple[Any, Any]:
        """Biases and vectors with one more at the end, for whom nothing is known: place -1."""
        import numpy as np

        return np.append(self.biases, 0.0), np.vstack([self.vectors, np.zeros(self.vectors.shape[1])])


@dataclass(frozen=True)
class Best:
    """The best items of one user, the best first, with what the user would say of each."""

    items: list[Any]
    ratings: list[float]


class TrainedRecommender:
    """A matrix of ratings as users' and items' vectors. Instances are kept with joblib: plain values only."""

    def __init__(
        self, *, users: Side, items: Side, mean: float, scale: tuple[float, float], facts: list[tuple[str, Any]]
    ) -> None:
        self.users = users
        self.items = items
        self.mean = mean
        self.scale = scale
        self.training = facts

    def ratings(self, users: pd.Series, items: pd.Series) -> Any:
        """What each user would say of the item beside. Strangers get what is known of the other side alone."""
        import numpy as np

        user_biases, user_vectors = self.users.with_stranger()
        item_biases, item_vectors = self.items.with_stranger()
        at, of = self.users.places(users), self.items.places(items)
        products = np.einsum("ij,ij->i", user_vectors[at], item_vectors[of])
        return np.clip(self.mean + user_biases[at] + item_biases[of] + products, *self.scale)

    def best(self, users: pd.Series, allowed: Any, most: int) -> Iterator[Best]:
        """The best items of each user. `allowed(start, stop)` says which: a row for each user, a column for each item."""
        user_biases, user_vectors = self.users.with_stranger()
        places = self.users.places(users)
        for start in range(0, len(places), BLOCK):
            at = places[start : start + BLOCK]
            scores = (
                user_vectors[at] @ self.items.vectors.T + self.items.biases + (user_biases[at] + self.mean)[:, None]
            )
            yield from self._best_of(scores, allowed(start, start + len(at)), most)

    def _best_of(self, scores: Any, allowed: Any, most: int) -> Iterator[Best]:
        import numpy as np

        ranked = np.where(allowed, scores, -np.inf)
        order = np.argsort(-ranked, axis=1, kind="stable")[:, :most]
        for row, best in zip(ranked, order):
            kept = best[np.isfinite(row[best])]
            yield Best(self.items.names[kept].tolist(), np.clip(row[kept], *self.scale).tolist())

    def facts(self) -> list[tuple[str, Any]]:
        """What there is to say of it: label and value."""
        return [
            ("Users", len(self.users.names)),
            ("Items", len(self.items.names)),
            ("Mean rating", round(self.mean, 4)),
            ("Ratings from", self.scale[0]),
            ("Ratings to", self.scale[1]),
            *self.training,
        ]

    def about(self) -> dict[str, Any]:
        """What `about.json` says of it."""
        return {"title": "SVD Recommender", "task": "recommendation", "facts": [list(fact) for fact in self.facts()]}

    def view(self) -> dict[str, Any]:
        """What a page shows of it."""
        return views.view(
            "recommender",
            "SVD Recommender",
            facts=self.facts(),
            tables=[self._extreme("Items rated above the mean", -1), self._extreme("Items rated below the mean", 1)],
        )

    def _extreme(self, title: str, sign: int) -> dict[str, Any]:
        best = (sign * self.items.biases).argsort(kind="stable")[:10]
        rows = [[self.items.names[place], round(float(self.items.biases[place]), 4)] for place in best]
        return views.table(title, ["Item", "Above the mean"], rows)

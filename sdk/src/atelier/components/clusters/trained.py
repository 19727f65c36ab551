"""Clusters that were found, and how rows are assigned to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from atelier.components import views
from atelier.components.clusters.untrained import UntrainedCluster
from atelier.components.errors import ComponentError
from atelier.components.evaluation.scored import ASSIGNMENTS, DISTANCE
from atelier.components.learners import features
from atelier.components.learners.features import FeatureSpace
from atelier.components.tables import SCORE, Column, Table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@dataclass(frozen=True)
class TrainedCluster:
    """Centres in the space of the scaled features: each is less its `low`, by its `span`. Cluster 0 is the first."""

    untrained: UntrainedCluster
    features: FeatureSpace
    centers: np.ndarray
    low: np.ndarray
    span: np.ndarray
    rows: int = 0

    @property
    def label(self) -> str:
        """What a page calls it."""
        return self.untrained.label

    def assign(self, table: Table, *, append: bool = True) -> Table:
        """The table with "Assignments" and a column of distances for each centre, or these alone. Raises ComponentError."""
        import pandas as pd

        scores = self.scores(table)
        kept = table.frame.drop(columns=[name for name in scores if name in table.frame.columns])
        frame = pd.concat([kept.reset_index(drop=True), scores], axis=1) if append else scores
        found = table.with_frame(frame)
        for name in scores:
            found = found.marked([name], Column(role=SCORE, kind=name))
        return found

    def scores(self, table: Table) -> pd.DataFrame:
        """The columns of assignments and distances alone."""
        import numpy as np
        import pandas as pd

        scaled = (self.features.matrix(table) - self.low) / self.span
        distances = np.stack([np.linalg.norm(scaled - center, axis=1) for center in self.centers], axis=1)
        found = {ASSIGNMENTS: distances.argmin(axis=1).astype("int64")}
        return pd.DataFrame(
            {**found, **{f"{DISTANCE}{place}": distances[:, place] for place in range(len(self.centers))}}
        )

    def about(self) -> dict[str, Any]:
        """What `about.json` says of it."""
        columns = [{"name": one.name, "is_categorical": one.levels is not None} for one in self.features.sources]
        return {**self.untrained.about(), "trained": True, "columns": columns, "rows": self.rows}

    def view(self) -> dict[str, Any]:
        """What a page shows of it: the settings, and the centres in the units of the features."""
        facts = [("Rows", self.rows), ("Feature columns", len(self.features.columns)), *self.untrained.settings()]
        centers = self.centers * self.span + self.low
        titles = ["Feature", *(f"Cluster {place}" for place in range(len(centers)))]
        rows = [[name, *centers[:, place]] for place, name in enumerate(self.features.names)]
        return views.view("cluster", self.label, facts=facts, tables=[views.table("Centers", titles, rows[:200])])


def train(untrained: UntrainedCluster, table: Table, names: list[str]) -> TrainedCluster:
    """Finds clusters by these columns of a table. Raises ComponentError when they do not fit."""
    from atelier.components.clusters import kmeans

    space = features.learn(table, names, user=untrained.label)
    matrix = space.matrix(table)
    wanted = untrained.parameters["number_of_centroids"]
    if wanted > len(matrix):
        said = f"{wanted} centroids need at least {wanted} rows; the table has {len(matrix)}."
        raise ComponentError(said, port="dataset")
    centers, low, span = kmeans.found(matrix, untrained.parameters)
    return TrainedCluster(untrained, space, centers, low, span, len(matrix))

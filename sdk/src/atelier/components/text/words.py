"""What every text component does to a column of text: read it, cut it into words and n-grams, refuse what would not fit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from atelier.components.errors import ComponentError
from atelier.components.tables import Table

if TYPE_CHECKING:
    from scipy import sparse

# A word: letters, digits and underscores, with apostrophes between them.
WORD = re.compile(r"\w+(?:['’]\w+)*")
# So many bytes of features may one table have: more would not fit beside the learner's own copy.
MOST_BYTES = 2 * 1024**3


def texts_of(table: Table, column: str, *, parameter: str, port: str = "dataset") -> list[str]:
    """The column's texts, an empty one where a value is missing. Raises ComponentError for a column of anything else."""
    import pandas as pd

    table.require(column, parameter=parameter, port=port)
    values = table.frame[column]
    is_text = values.map(lambda value: isinstance(value, str)) | values.isna()
    if not bool(is_text.all()):
        kind = values.dtype
        raise ComponentError(
            f"The column {column!r} holds no text (it is {kind}). Choose a column of text, or make it one by Edit Metadata.",
            parameter=parameter,
            port=port,
        )
    return ["" if pd.isna(value) else str(value) for value in values]


def words(text: str) -> list[str]:
    """The words of a text, in order, as they are written."""
    return WORD.findall(text)


def n_grams(parts: list[str], most: int, joint: str = " ") -> Iterator[str]:
    """Every run of 1 to `most` neighbouring words."""
    for size in range(1, most + 1):
        for start in range(len(parts) - size + 1):
            yield joint.join(parts[start : start + size])


def dense(features: sparse.csr_matrix, *, parameter: str, kind: str = "float64") -> object:
    """The features as an array. Raises ComponentError when a table could not hold them."""
    import numpy as np

    rows, columns = features.shape
    if rows * columns * np.dtype(kind).itemsize > MOST_BYTES:
        raise ComponentError(
            f"{rows:,} rows with {columns:,} features each would not fit in memory. Lower the number of features.",
            parameter=parameter,
        )
    return features.toarray().astype(kind, copy=False)

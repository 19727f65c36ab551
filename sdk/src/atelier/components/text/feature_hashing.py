"""Feature Hashing: columns of text as counts of hashed n-grams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components import column_rules
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.tables import Table
from atelier.components.text import words


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Any) -> dict[str, Any]:
    import pandas as pd

    table: Table = inputs["dataset"]
    chosen = column_rules.pick(parameters["target_columns"], table, parameter="target_columns", port="dataset")
    parts = [table.frame]
    for column in chosen:
        texts = words.texts_of(table, column, parameter="target_columns")
        hashed = hashed_counts(texts, bits=parameters["hashing_bitsize"], most=parameters["n_grams"])
        names = [f"{column} - Hashing feature {number}" for number in range(1, hashed.shape[1] + 1)]
        parts.append(pd.DataFrame(hashed, columns=names, index=table.frame.index))
    return {"transformed_dataset": table.with_frame(pd.concat(parts, axis=1))}


def hashed_counts(texts: list[str], *, bits: int, most: int) -> Any:
    """How often each text has an n-gram of each of the 2^bits hashes, by MurmurHash 3."""
    from sklearn.feature_extraction.text import HashingVectorizer

    hashing = HashingVectorizer(
        n_features=2**bits,
        analyzer=lambda text: list(words.n_grams(words.words(text), most)),
        alternate_sign=False,
        norm=None,
    )
    return words.dense(hashing.transform(texts), parameter="hashing_bitsize", kind="int32")


COMPONENT = Component(
    name="feature_hashing",
    label="Feature Hashing",
    category="Text analytics",
    description="Turns columns of text into numbers by a hash: 2^bits columns for each, which count n-grams of words. "
    "Words are taken as they are written; Preprocess Text cleans them.",
    run=run,
    inputs=(Port("dataset", PortType.DATASET),),
    outputs=(Port("transformed_dataset", PortType.DATASET),),
    parameters=(
        Parameter(
            "target_columns", Kind.COLUMNS, label="Target columns", port="dataset", default="none; include types string"
        ),
        Parameter("hashing_bitsize", Kind.INTEGER, label="Hashing bitsize", default=10, minimum=1, maximum=20),
        Parameter("n_grams", Kind.INTEGER, label="N-grams", default=2, minimum=1, maximum=10),
    ),
    packages=("scikit-learn",),
    keywords=("hash", "bag of words", "nlp"),
)

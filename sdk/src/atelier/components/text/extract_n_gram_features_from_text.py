"""Extract N-Gram Features from Text: a column of text as weights of the n-grams of a vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import Table
from atelier.components.text import vocabularies, words

CREATE, READ_ONLY = "Create", "ReadOnly"


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Any) -> dict[str, Any]:
    import pandas as pd

    table: Table = inputs["dataset"]
    column = parameters["text_column"]
    cutting = vocabularies.Cutting(
        parameters["n_grams_size"], parameters["minimum_word_length"], parameters["maximum_word_length"]
    )
    if cutting.shortest > cutting.longest:
        raise ComponentError("The minimum word length is above the maximum.", parameter="minimum_word_length")
    cut = [cutting.of(text) for text in words.texts_of(table, column, parameter="text_column")]
    vocabulary = _vocabulary(cut, parameters, inputs.get("input_vocabulary"))
    weights = vocabularies.weigh(
        cut, vocabulary, parameters["weighting_function"], is_normal=parameters["normalize_n_gram_feature_vectors"]
    )
    names = [f"{column}.[{gram}]" for gram in vocabulary.grams]
    features = pd.DataFrame(weights, columns=names, index=table.frame.index)
    return {
        "results_dataset": table.with_frame(pd.concat([table.frame, features], axis=1)),
        "result_vocabulary": vocabulary.table(),
    }


def _vocabulary(cut: list[list[str]], parameters: Mapping[str, Any], given: Table | None) -> vocabularies.Vocabulary:
    if parameters["vocabulary_mode"] == READ_ONLY:
        if given is None:
            raise ComponentError(
                "The vocabulary mode ReadOnly needs a vocabulary: connect the result vocabulary of the component that "
                "made one.",
                port="input_vocabulary",
            )
        return vocabularies.read(given)
    return vocabularies.learn(
        cut,
        least=parameters["minimum_n_gram_document_absolute_frequency"],
        most_ratio=parameters["maximum_n_gram_document_ratio"],
    )


WHEN_CREATED = {"vocabulary_mode": (CREATE,)}
COMPONENT = Component(
    name="extract_n_gram_features_from_text",
    label="Extract N-Gram Features from Text",
    category="Text analytics",
    description="Turns a column of text into a column of weights for each n-gram of a vocabulary, which it makes of the "
    "texts (Create) or takes as it is (ReadOnly, for new data).",
    run=run,
    inputs=(
        Port("dataset", PortType.DATASET),
        Port("input_vocabulary", PortType.DATASET, optional=True, description="What ReadOnly weighs by"),
    ),
    outputs=(Port("results_dataset", PortType.DATASET), Port("result_vocabulary", PortType.DATASET)),
    parameters=(
        Parameter("text_column", Kind.COLUMN, label="Text column", port="dataset"),
        Parameter("vocabulary_mode", Kind.CHOICE, label="Vocabulary mode", default=CREATE, choices=(CREATE, READ_ONLY)),
        Parameter("n_grams_size", Kind.INTEGER, label="N-grams size", default=1, minimum=1, maximum=10),
        Parameter(
            "weighting_function",
            Kind.CHOICE,
            label="Weighting function",
            default=vocabularies.BINARY,
            choices=vocabularies.WEIGHTS,
            description="IDF is the logarithm of the number of texts divided by those that have the n-gram",
        ),
        Parameter("minimum_word_length", Kind.INTEGER, label="Minimum word length", default=3, minimum=1, maximum=1000),
        Parameter(
            "maximum_word_length", Kind.INTEGER, label="Maximum word length", default=25, minimum=1, maximum=1000
        ),
        Parameter(
            "minimum_n_gram_document_absolute_frequency",
            Kind.INTEGER,
            label="Minimum n-gram document absolute frequency",
            default=5,
            minimum=1,
            description="How many texts must have an n-gram",
            when=WHEN_CREATED,
        ),
        Parameter(
            "maximum_n_gram_document_ratio",
            Kind.NUMBER,
            label="Maximum n-gram document ratio",
            default=1,
            minimum=0.0001,
            maximum=1,
            description="Which share of the texts may have it at most",
            when=WHEN_CREATED,
        ),
        Parameter(
            "normalize_n_gram_feature_vectors",
            Kind.BOOLEAN,
            label="Normalize n-gram feature vectors",
            default=False,
            description="Divides each row's weights by their length",
        ),
    ),
    packages=("scipy",),
    keywords=("tf-idf", "bag of words", "bigram", "nlp"),
)

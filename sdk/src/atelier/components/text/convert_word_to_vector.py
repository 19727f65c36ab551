"""Convert Word to Vector: the words of a column of text as points that lie near where words are used alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import Table
from atelier.components.text import words

WORD2VEC, FASTTEXT = "Gensim Word2Vec", "Gensim FastText"
SKIP_GRAM, CBOW = "Skip_gram", "CBOW"


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Any) -> dict[str, Any]:
    import pandas as pd

    texts = words.texts_of(inputs["dataset"], parameters["target_column"], parameter="target_column")
    vectors = _learn([words.words(text) for text in texts], parameters, context)
    frame = pd.DataFrame(
        vectors.vectors.astype("float64"),
        columns=[f"Embedding dim {place}" for place in range(vectors.vector_size)],
    )
    frame.insert(0, "Vocabulary", vectors.index_to_key)
    return {"vocabulary_with_embeddings": Table(frame)}


def _learn(sentences: list[list[str]], parameters: Mapping[str, Any], context: Any) -> Any:
    from gensim.models import FastText, Word2Vec

    model = {WORD2VEC: Word2Vec, FASTTEXT: FastText}[parameters["word2vec_strategy"]](
        vector_size=parameters["length_of_word_embedding"],
        window=parameters["context_window_size"],
        epochs=parameters["number_of_epochs"],
        min_count=parameters["minimum_word_count"],
        max_final_vocab=parameters["maximum_vocabulary_size"],
        sg=1 if parameters["word2vec_training_algorithm"] == SKIP_GRAM else 0,
        seed=getattr(context, "seed", 0) + 1,
        workers=1,  # with more the order of the updates, and so the result, would change from run to run
    )
    model.build_vocab(sentences)
    if not len(model.wv):
        raise ComponentError(
            f"No word is there {parameters['minimum_word_count']} times. Lower the minimum word count.",
            parameter="minimum_word_count",
        )
    model.train(sentences, total_examples=model.corpus_count, epochs=model.epochs)
    return model.wv


COMPONENT = Component(
    name="convert_word_to_vector",
    label="Convert Word to Vector",
    category="Text analytics",
    description="Learns a vector for each word from how the words of a column are used: a row for each word, a column "
    "for each dimension. GloVe is not among the strategies: its vectors come by a download of their own.",
    run=run,
    inputs=(Port("dataset", PortType.DATASET),),
    outputs=(Port("vocabulary_with_embeddings", PortType.DATASET),),
    parameters=(
        Parameter("target_column", Kind.COLUMN, label="Target column", port="dataset"),
        Parameter(
            "word2vec_strategy", Kind.CHOICE, label="Word2Vec strategy", default=WORD2VEC, choices=(WORD2VEC, FASTTEXT)
        ),
        Parameter(
            "word2vec_training_algorithm",
            Kind.CHOICE,
            label="Word2Vec training algorithm",
            default=SKIP_GRAM,
            choices=(SKIP_GRAM, CBOW),
            description="Skip_gram learns to tell the neighbours from a word, CBOW the word from its neighbours",
        ),
        Parameter(
            "length_of_word_embedding",
            Kind.INTEGER,
            label="Length of word embedding",
            default=100,
            minimum=1,
            maximum=2000,
        ),
        Parameter("context_window_size", Kind.INTEGER, default=5, minimum=1, maximum=100),
        Parameter("number_of_epochs", Kind.INTEGER, default=5, minimum=1, maximum=1024),
        Parameter("maximum_vocabulary_size", Kind.INTEGER, default=10000, minimum=1),
        Parameter("minimum_word_count", Kind.INTEGER, default=5, minimum=1),
    ),
    packages=("gensim",),
    keywords=("word2vec", "fasttext", "embedding", "nlp"),
)

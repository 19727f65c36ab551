"""Latent Dirichlet Allocation: what texts are about, without being told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from atelier.components import column_rules
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import Table
from atelier.components.text import topics

# What counts where not all options are shown.
DEFAULTS = {
    "rho_parameter": 0.01,
    "alpha_parameter": 0.01,
    "estimated_number_of_documents": 1000,
    "size_of_the_batch": 32,
    "initial_value_of_iteration": 0,
    "power_applied_to_the_iteration": 0.5,
    "number_of_training_iterations": 25,
}


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Any) -> dict[str, Any]:
    table: Table = inputs["dataset"]
    columns = column_rules.pick(parameters["target_columns"], table, parameter="target_columns", port="dataset")
    if not columns:
        raise ComponentError("No column of text is chosen.", parameter="target_columns")
    texts = topics.joined(table, columns)
    counting = _counting(texts, {**DEFAULTS, **parameters})
    model = _model({**DEFAULTS, **parameters}, context).fit(counting.of(texts))
    matrix = _matrix(model, is_normal=parameters["normalize"])
    transform = topics.TopicTransform(columns, counting, model, matrix)
    return {
        "transformed_dataset": transform.apply(table),
        "feature_topic_matrix": _matrix_table(counting, matrix),
        "lda_transformation": transform,
    }


def _counting(texts: Sequence[str], given: Mapping[str, Any]) -> topics.Counting:
    if not given["build_dictionary_of_ngrams"]:
        return topics.Counting(given["n_grams"], bits=given["number_of_hash_bits"])
    counting = topics.Counting(given["n_grams"])
    counts = Counter(gram for text in texts for gram in counting.cut(text))
    if not counts:
        raise ComponentError("The chosen columns hold no words.", parameter="target_columns")
    # Of n-grams that are equally frequent the first by letter is kept, whatever the order of the texts.
    kept = sorted(counts, key=lambda gram: (-counts[gram], gram))[: given["maximum_size_of_ngram_dictionary"]]
    return topics.Counting(given["n_grams"], grams=tuple(sorted(kept)))


def _model(given: Mapping[str, Any], context: Any) -> Any:
    from sklearn.decomposition import LatentDirichletAllocation

    return LatentDirichletAllocation(
        n_components=given["number_of_topics_to_model"],
        topic_word_prior=given["rho_parameter"],
        doc_topic_prior=given["alpha_parameter"],
        total_samples=given["estimated_number_of_documents"],
        batch_size=given["size_of_the_batch"],
        # The library asks for more than 1 where Azure's own default is 0: both mean that nothing is held back.
        learning_offset=max(float(given["initial_value_of_iteration"]), 1.0),
        learning_decay=given["power_applied_to_the_iteration"],
        max_iter=given["number_of_training_iterations"],
        learning_method="online",
        random_state=getattr(context, "seed", 0),
    )


def _matrix(model: Any, *, is_normal: bool) -> Any:
    """A row for each n-gram, a column for each topic; each column sums to 1 when it is normalised."""
    weights = model.components_
    return (weights / weights.sum(axis=1, keepdims=True) if is_normal else weights).T


def _matrix_table(counting: topics.Counting, matrix: Any) -> Table:
    import pandas as pd

    frame = pd.DataFrame(matrix, columns=[f"Topic {number}" for number in range(1, matrix.shape[1] + 1)])
    frame.insert(0, "Feature", counting.names())
    return Table(frame)


ALL = {"show_all_options": (True,)}
COMPONENT = Component(
    name="latent_dirichlet_allocation",
    label="Latent Dirichlet Allocation",
    category="Text analytics",
    description="Finds topics in texts. Each row gets its share of each topic; the matrix says how much each n-gram "
    "belongs to a topic; the transformation does the same to new texts.",
    run=run,
    inputs=(Port("dataset", PortType.DATASET),),
    outputs=(
        Port("transformed_dataset", PortType.DATASET),
        Port("feature_topic_matrix", PortType.DATASET),
        Port("lda_transformation", PortType.TRANSFORM, label="LDA transformation"),
    ),
    parameters=(
        Parameter(
            "target_columns", Kind.COLUMNS, label="Target columns", port="dataset", default="none; include types string"
        ),
        Parameter(
            "number_of_topics_to_model",
            Kind.INTEGER,
            label="Number of topics to model",
            default=5,
            minimum=1,
            maximum=1000,
        ),
        Parameter("n_grams", Kind.INTEGER, label="N-grams", default=2, minimum=1, maximum=10),
        Parameter("normalize", Kind.BOOLEAN, default=True, description="The feature topic matrix as probabilities"),
        Parameter("show_all_options", Kind.BOOLEAN, label="Show all options", default=False),
        Parameter(
            "rho_parameter",
            Kind.NUMBER,
            label="Rho parameter",
            default=0.01,
            minimum=0.00001,
            maximum=1,
            description="How evenly the words of a topic are spread before anything is read",
            when=ALL,
        ),
        Parameter(
            "alpha_parameter",
            Kind.NUMBER,
            label="Alpha parameter",
            default=0.01,
            minimum=0.00001,
            maximum=1,
            description="How evenly the topics of a text are spread before anything is read",
            when=ALL,
        ),
        Parameter("estimated_number_of_documents", Kind.INTEGER, default=1000, minimum=1, when=ALL),
        Parameter("size_of_the_batch", Kind.INTEGER, default=32, minimum=1, maximum=1024, when=ALL),
        Parameter(
            "initial_value_of_iteration",
            Kind.INTEGER,
            label="Initial value of iteration used in learning rate update schedule",
            default=0,
            minimum=0,
            when=ALL,
        ),
        Parameter(
            "power_applied_to_the_iteration",
            Kind.NUMBER,
            label="Power applied to the iteration during updates",
            default=0.5,
            minimum=0,
            maximum=1,
            when=ALL,
        ),
        Parameter("number_of_training_iterations", Kind.INTEGER, default=25, minimum=1, maximum=1024, when=ALL),
        Parameter(
            "build_dictionary_of_ngrams",
            Kind.BOOLEAN,
            label="Build dictionary of ngrams",
            default=True,
            description="Without it n-grams are hashed, and a topic can't be read",
        ),
        Parameter(
            "maximum_size_of_ngram_dictionary",
            Kind.INTEGER,
            label="Maximum size of ngram dictionary",
            default=20000,
            minimum=1,
            when={"build_dictionary_of_ngrams": (True,)},
        ),
        Parameter(
            "number_of_hash_bits",
            Kind.INTEGER,
            label="Number of bits to use for feature hashing",
            default=12,
            minimum=1,
            maximum=24,
            when={"build_dictionary_of_ngrams": (False,)},
        ),
    ),
    packages=("scikit-learn", "scipy"),
    keywords=("lda", "topic model", "nlp"),
)

"""Topics and vectors learned from real articles."""

from pathlib import Path

import numpy as np
import pytest
from atelier.components import values
from atelier.components.declaring import PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import Table

from tests.sdk.components.tables_at_hand import carried, table
from tests.sdk.components.text import news

pytestmark = pytest.mark.pure
FEW = {"target_columns": "text", "n_grams": 1, "show_all_options": True, "number_of_training_iterations": 3}


def test_topics_are_shares_and_the_transform_gives_them_to_new_texts(tmp_path: Path) -> None:
    made = carried("latent_dirichlet_allocation", {"dataset": news.table()}, **FEW)
    shares = made["transformed_dataset"].frame.filter(like="Topic ")
    matrix = made["feature_topic_matrix"].frame
    assert shares.shape == (300, 5) and np.allclose(shares.sum(axis=1), 1)
    assert matrix.columns[0] == "Feature" and np.allclose(matrix.iloc[:, 1:].sum(), 1)
    values.store(PortType.TRANSFORM, made["lda_transformation"], tmp_path)
    kept = values.load(PortType.TRANSFORM, tmp_path)
    few = Table(news.table().frame.head(3))
    assert np.allclose(kept.apply(few).frame.filter(like="Topic "), shares.head(3))
    assert "Heaviest n-grams" in values.view(tmp_path)["tables"][0]["columns"]
    again = carried("latent_dirichlet_allocation", {"dataset": news.table()}, **FEW)
    assert again["feature_topic_matrix"].frame.equals(matrix)


def test_topics_of_hashed_words_need_no_dictionary() -> None:
    said = {**FEW, "build_dictionary_of_ngrams": False, "number_of_hash_bits": 6, "normalize": False}
    made = carried("latent_dirichlet_allocation", {"dataset": news.table()}, **said)
    matrix = made["feature_topic_matrix"].frame
    assert matrix["Feature"].iloc[-1] == "Hash 63" and matrix.iloc[:, 1:].to_numpy().sum() > 1000


@pytest.mark.parametrize("strategy", ["Gensim Word2Vec", "Gensim FastText"])
def test_each_word_gets_a_vector_and_the_same_one_again(strategy: str) -> None:
    said = {
        "target_column": "text",
        "word2vec_strategy": strategy,
        "length_of_word_embedding": 12,
        "number_of_epochs": 1,
    }
    frame = carried("convert_word_to_vector", {"dataset": news.table()}, **said)["vocabulary_with_embeddings"].frame
    assert list(frame.columns[:2]) == ["Vocabulary", "Embedding dim 0"] and frame.shape[1] == 13
    assert {"the", "police", "Afghanistan"} <= set(frame["Vocabulary"]) and np.isfinite(frame.iloc[:, 1:]).all(
        axis=None
    )
    again = carried("convert_word_to_vector", {"dataset": news.table()}, **said)["vocabulary_with_embeddings"].frame
    assert again.equals(frame)


def test_a_vocabulary_has_no_more_words_than_asked_and_no_rare_ones() -> None:
    said = {
        "target_column": "text",
        "maximum_vocabulary_size": 50,
        "length_of_word_embedding": 4,
        "number_of_epochs": 1,
    }
    made = carried("convert_word_to_vector", {"dataset": news.table()}, **said)
    assert len(made["vocabulary_with_embeddings"].frame) <= 50
    with pytest.raises(ComponentError, match="No word is there 5 times"):
        carried("convert_word_to_vector", {"dataset": table(t=["a b c"])}, target_column="t")

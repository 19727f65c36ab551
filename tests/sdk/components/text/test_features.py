"""Text as numbers: against scikit-learn's own vectorisers, and by hand."""

import numpy as np
import pytest
from atelier.components.errors import ComponentError
from sklearn.feature_extraction.text import CountVectorizer

from tests.sdk.components.tables_at_hand import carried, table
from tests.sdk.components.text import news

pytestmark = pytest.mark.pure
BOOKS = ["I loved this book", "I hated this book", "This book was great", "I love books"]


def test_hashed_counts_add_up_to_the_n_grams_of_each_text() -> None:
    made = carried("feature_hashing", {"dataset": table(t=BOOKS, stars=[3, 1, 3, 2])}, target_columns="t")
    frame = made["transformed_dataset"].frame
    features = frame.filter(like="t - Hashing feature ")
    assert list(frame.columns[:2]) == ["t", "stars"] and features.shape == (4, 1024)
    assert features.sum(axis=1).tolist() == [7, 7, 7, 5]
    again = carried("feature_hashing", {"dataset": table(t=[BOOKS[3]])}, target_columns="t")
    assert (again["transformed_dataset"].frame.iloc[0, 1:] == features.iloc[3]).all()


def test_hashing_that_would_not_fit_in_memory_is_refused() -> None:
    with pytest.raises(ComponentError, match="1,048,576 features"):
        carried("feature_hashing", {"dataset": table(t=BOOKS * 500)}, target_columns="t", hashing_bitsize=20)


def test_a_vocabulary_has_what_scikit_learn_finds_with_frequencies_and_rarities() -> None:
    made = carried("extract_n_gram_features_from_text", {"dataset": news.table()}, text_column="text", n_grams_size=2)
    vocabulary = made["result_vocabulary"].frame
    vectorizer = CountVectorizer(
        lowercase=False, token_pattern=r"\w+(?:['’]\w+)*", ngram_range=(1, 2), min_df=5, binary=True
    )
    matrix = vectorizer.fit_transform(news.table().frame["text"])
    names = vectorizer.get_feature_names_out()
    fits = [all(3 <= len(word) <= 25 for word in name.split(" ")) for name in names]
    assert vocabulary["NGram"].tolist() == sorted(name.replace(" ", "_") for name in names[fits])
    counts = dict(zip(names, np.asarray(matrix.sum(axis=0)).ravel()))
    by_hand = [counts[gram] for gram in vocabulary["NGram"].str.replace("_", " ")]
    assert vocabulary["DF"].tolist() == by_hand
    assert np.allclose(vocabulary["IDF"], np.log(300 / vocabulary["DF"]))
    frame = made["results_dataset"].frame
    assert frame.shape == (300, 2 + len(vocabulary))
    assert frame["text.[police]"].sum() == dict(zip(vocabulary["NGram"], vocabulary["DF"]))["police"]


@pytest.mark.parametrize(
    ("weight", "first"),
    [
        ("Binary Weight", [1, 1]),
        ("TF Weight", [2, 1]),
        ("IDF Weight", [np.log(2), np.log(4)]),
        ("TF-IDF Weight", [2 * np.log(2), np.log(4)]),
    ],
)
def test_each_weight_is_what_its_formula_says(weight: str, first: list[float]) -> None:
    texts = table(t=["red red blue", "red", "green", "green"])
    said = {"minimum_n_gram_document_absolute_frequency": 1, "weighting_function": weight}
    made = carried("extract_n_gram_features_from_text", {"dataset": texts}, text_column="t", **said)
    row = made["results_dataset"].frame.iloc[0]
    assert [row["t.[red]"], row["t.[blue]"]] == pytest.approx(first) and row["t.[green]"] == 0
    said["normalize_n_gram_feature_vectors"] = True
    made = carried("extract_n_gram_features_from_text", {"dataset": texts}, text_column="t", **said)
    assert np.linalg.norm(made["results_dataset"].frame.iloc[:, 1:].to_numpy(), axis=1) == pytest.approx(1)


def test_a_given_vocabulary_weighs_new_texts_as_it_is() -> None:
    said = {"minimum_n_gram_document_absolute_frequency": 1, "weighting_function": "TF-IDF Weight"}
    first = carried(
        "extract_n_gram_features_from_text", {"dataset": table(t=["red blue", "red"])}, text_column="t", **said
    )
    inputs = {"dataset": table(t=["blue blue violet"]), "input_vocabulary": first["result_vocabulary"]}
    said = {"vocabulary_mode": "ReadOnly", "weighting_function": "TF-IDF Weight"}
    made = carried("extract_n_gram_features_from_text", inputs, text_column="t", **said)
    assert made["results_dataset"].frame.iloc[0, 1:].tolist() == pytest.approx([2 * np.log(2), 0])
    for wrong, sentence in (
        (None, "needs a vocabulary"),
        (table(NGram=["a"]), "lacks Id, DF, IDF"),
        (table(Id=[0, 1], NGram=["a", "a"], DF=[1, 1], IDF=[0.1, 0.1]), "'a' twice"),
        (table(Id=[0], NGram=["a"], DF=[1.5], IDF=[0.1]), "DF must hold whole numbers"),
    ):
        with pytest.raises(ComponentError, match=sentence):
            carried(
                "extract_n_gram_features_from_text",
                {"dataset": table(t=["a"]), "input_vocabulary": wrong},
                text_column="t",
                **said,
            )

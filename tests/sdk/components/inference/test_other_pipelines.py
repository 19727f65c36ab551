"""Pipelines of text, films, clusters and joined tables turned into ones that answer requests."""

import json
from pathlib import Path
from typing import Any

import pytest
from atelier.components.inference import answering, deriving, graph, packing
from atelier.components.inference.graph import InferenceGraph

from tests.sdk.components.inference import pipelines
from tests.sdk.components.inference.pipelines import node

pytestmark = pytest.mark.pure


def turned(found: pipelines.Trained, folder: Path) -> tuple[pipelines.Document, InferenceGraph]:
    derived = deriving.derive(found.document, pipelines.declarations(found.document), found.places())
    packing.pack(derived, pipelines.paths(derived), folder)
    return derived, graph.load(folder)


def answered(loaded: InferenceGraph, rows: Any) -> list[dict[str, Any]]:
    body = {"Inputs": {"WebServiceInput0": rows}, "GlobalParameters": {}}
    found: list[dict[str, Any]] = answering.answer(loaded, body)["Results"]["WebServiceOutput0"]
    json.dumps(found, allow_nan=False)
    return found


def test_a_text_is_weighed_by_the_vocabulary_of_the_training(tmp_path: Path) -> None:
    grams = {"text_column": "Preprocessed review", "minimum_n_gram_document_absolute_frequency": 10}
    label = "score"
    features = 'all; exclude names review, "Preprocessed review"'
    trained = pipelines.Trained(
        pipelines.document(
            data=node("food_reviews"),
            few=node(
                "partition_and_sample",
                dataset="data.dataset",
                partition_or_sample_mode="Head",
                number_of_rows_to_select=150,
            ),
            clean=node("preprocess_text", dataset="few.results_dataset", text_column="review"),
            grams=node("extract_n_gram_features_from_text", dataset="clean.results_dataset", **grams),
            features=node("select_columns_in_dataset", dataset="grams.results_dataset", columns=features),
            learner=node("multiclass_decision_forest", number_of_decision_trees=2),
            train=node(
                "train_model",
                untrained_model="learner.untrained_model",
                dataset="features.results_dataset",
                label_column=label,
            ),
            score=node("score_model", trained_model="train.trained_model", dataset="features.results_dataset"),
        ),
        tmp_path / "trained",
    )
    derived, loaded = turned(trained, tmp_path / "packed")
    assert derived["jobs"]["grams"]["inputs"]["vocabulary_mode"] == "ReadOnly"
    assert derived["jobs"]["grams"]["inputs"]["input_vocabulary"] == "${{parent.inputs.grams_result_vocabulary}}"
    rows = trained.values["data", "dataset"].frame.drop(columns=label).head(5)
    found = answered(loaded, json.loads(rows.to_json(orient="records")))
    said = trained.values["score", "scored_dataset"].frame["Scored Labels"].head(5).tolist()
    assert [row["Scored Labels"] for row in found] == said


def test_only_what_the_model_was_trained_on_is_asked_for(tmp_path: Path) -> None:
    trained = pipelines.Trained(
        pipelines.document(
            data=node("adult_income"),
            clean=node("clean_missing_data", dataset="data.dataset", cleaning_mode="Remove entire row"),
            best=node(
                "filter_based_feature_selection",
                dataset="clean.cleaned_dataset",
                target_column="income",
                number_of_desired_features=3,
                feature_scoring_method="ChiSquared",
            ),
            learner=node("two_class_logistic_regression"),
            train=node(
                "train_model",
                untrained_model="learner.untrained_model",
                dataset="best.filtered_dataset",
                label_column="income",
            ),
            score=node("score_model", trained_model="train.trained_model", dataset="best.filtered_dataset"),
        ),
        tmp_path / "trained",
    )
    _, loaded = turned(trained, tmp_path / "packed")
    asked = [one.name for one in loaded.wanted if one.is_read]
    rows = trained.values["best", "filtered_dataset"].frame.head(3)
    assert asked == [name for name in rows.columns if name != "income"] and len(asked) == 3
    found = answered(loaded, json.loads(rows[asked].to_json(orient="records")))
    said = trained.values["score", "scored_dataset"].frame.head(3)
    assert [row["Scored Labels"] for row in found] == said["Scored Labels"].tolist()
    more = trained.values["clean", "cleaned_dataset"].frame.head(3)
    unread = next(name for name in more.columns if name not in rows.columns)
    assert list(found[0])[:3] == asked and unread not in found[0]
    full = answered(loaded, json.loads(more.to_json(orient="records")))
    assert {**full[0], **found[0]} == full[0] and full[0][unread] == more[unread].iloc[0]
    mlmodel = json.loads((tmp_path / "packed" / "MLmodel").read_text())
    assert [one["name"] for one in json.loads(mlmodel["signature"]["inputs"])] == asked
    example = json.loads((tmp_path / "packed" / "input_example.json").read_text())
    assert (
        example["columns"] == asked and len(answered(loaded, [dict(zip(asked, example["data"][0], strict=True))])) == 1
    )


def test_films_are_recommended_to_who_asks(tmp_path: Path) -> None:
    trained = pipelines.Trained(
        pipelines.document(
            data=node("movie_ratings"),
            split=node("split_data", dataset="data.dataset", fraction_of_rows=0.5),
            train=node(
                "train_svd_recommender",
                training_dataset="split.results_dataset1",
                number_of_factors=5,
                number_of_recommendation_algorithm_iterations=2,
            ),
            score=node(
                "score_svd_recommender",
                trained_svd_recommender="train.trained_svd_recommender",
                dataset_to_score="split.results_dataset2",
                training_data="split.results_dataset1",
            ),
        ),
        tmp_path / "trained",
    )
    derived, loaded = turned(trained, tmp_path / "packed")
    assert "recommends from all items" in json.loads(derived["properties"]["atelier.inference"])["notes"][0]
    found = answered(loaded, [{"user": 2}])
    trained.document["jobs"]["score"]["inputs"]["recommender_prediction_kind"] = "Rating Prediction"
    _, rating = turned(trained, tmp_path / "rating")
    said = answered(rating, [{"user": 2, "movie": "GoldenEye (1995)"}])
    assert 3 < said[0]["Scored Rating"] < 5 and [one.name for one in loaded.wanted if one.is_read] == ["user"]
    assert len(found) == 1 and all(found[0][f"Item {place}"] for place in range(1, 6))


def test_a_table_that_was_joined_is_kept_and_rows_are_assigned_to_clusters(tmp_path: Path) -> None:
    trained = pipelines.Trained(
        pipelines.document(
            data=node("iris"),
            extra=node("enter_data_manually", data_format="CSV", data="key,weight\n1,10\n2,20\n", has_header=True),
            measures=node("apply_sql_transformation", t1="data.dataset", t2="extra.dataset", sql_query_script=SQL),
            learner=node("k_means_clustering", number_of_centroids=3),
            train=node(
                "train_clustering_model",
                untrained_model="learner.untrained_model",
                dataset="measures.results_dataset",
                column_set="none; include types numeric",
            ),
            assign=node(
                "assign_data_to_clusters", trained_model="train.trained_model", dataset="measures.results_dataset"
            ),
        ),
        tmp_path / "trained",
    )
    derived, loaded = turned(trained, tmp_path / "packed")
    assert derived["jobs"]["measures"]["inputs"]["t2"] == "${{parent.inputs.extra_dataset}}"
    rows = trained.values["data", "dataset"].frame.head(3)
    found = answered(loaded, json.loads(rows.to_json(orient="records")))
    said = trained.values["assign", "results_dataset"].frame["Assignments"].head(3).tolist()
    assert [row["Assignments"] for row in found] == said


SQL = "select t1.*, (select max(weight) from t2) as weight from t1"

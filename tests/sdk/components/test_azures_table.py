"""The components of Azure's designer are here under their names, with their parameters and the same defaults."""

from typing import Any

import pytest
from atelier.components import catalogue

pytestmark = pytest.mark.pure
BOOSTED = {
    "maximum_number_of_leaves_per_tree": 20, "minimum_number_of_samples_per_leaf_node": 10,
    "learning_rate": 0.2, "number_of_trees_constructed": 100,
}  # fmt: skip
FOREST = {
    "resampling_method": "Bagging", "number_of_decision_trees": 8, "maximum_depth_of_the_decision_trees": 32,
    "number_of_random_splits_per_node": 128, "minimum_number_of_samples_per_leaf_node": 1,
}  # fmt: skip
NETWORK = {
    "number_of_hidden_nodes": "100", "learning_rate": 0.1, "number_of_learning_iterations": 100,
    "initial_learning_weights_diameter": 0.1, "momentum": 0, "normalizer": "Min-Max normalizer",
    "shuffle_examples": True,
}  # fmt: skip
MEMORY = {
    "optimization_tolerance": 1e-7, "l1_regularization_weight": 1, "l2_regularization_weight": 1,
    "memory_size_for_l_bfgs": 20,
}  # fmt: skip
# Each as the public component reference has it: label → defaults by parameter; an empty default must be chosen.
TABLE: dict[str, dict[str, Any]] = {
    "Enter Data Manually": {"data_format": "CSV", "has_header": True},
    "Import Data": {},
    "Export Data": {},
    "Add Columns": {},
    "Add Rows": {},
    "Apply Math Operation": {"category": "Basic", "operation_argument_type": "Constant", "output_mode": "Append"},
    "Apply SQL Transformation": {"sql_query_script": "select * from t1"},
    "Clean Missing Data": {
        "minimum_missing_value_ratio": 0, "maximum_missing_value_ratio": 1, "cleaning_mode": "Custom substitution value",
        "replacement_value": "0", "cols_with_all_missing_values": "Propagate",
        "generate_missing_value_indicator_column": False,
    },
    "Clip Values": {
        "set_of_thresholds": "ClipPeaks", "threshold": "Constant", "constant_value_of_upper_threshold": 99,
        "constant_value_of_lower_threshold": 1, "percentile_value_of_upper_threshold": 99,
        "percentile_value_of_lower_threshold": 1, "overwrite": True, "add_indicator_columns": False,
        "columns": "none; include types numeric",
    },
    "Convert to CSV": {},
    "Convert to Dataset": {"action": "None", "custom_missing_value": "?"},
    "Convert to Indicator Values": {"overwrite_categorical_columns": False},
    "Edit Metadata": {"data_type": "Unchanged", "categorical": "Unchanged", "fields": "Unchanged"},
    "Group Data into Bins": {
        "binning_mode": "Quantiles", "number_of_bins": 10, "quantile_normalization": "Percent", "output_mode": "Append",
        "tag_columns_as_categorical": True,
    },
    "Join Data": {"match_case": True, "join_type": "Inner Join", "keep_right_key_columns": True},
    "Normalize Data": {"transformation_method": "ZScore", "use_0_for_constant_columns": True},
    "Partition and Sample": {"number_of_folds": 5, "rate_of_sampling": 0.01, "number_of_rows_to_select": 10},
    "Remove Duplicate Rows": {"retain_first_duplicate_row": True},
    "SMOTE": {"smote_percentage": 100, "number_of_nearest_neighbors": 1, "seed": 0},
    "Select Columns Transform": {},
    "Select Columns in Dataset": {},
    "Split Data": {
        "splitting_mode": "Split Rows", "fraction_of_rows": 0.5, "randomized_split": True, "seed": 0,
        "stratified_split": False,
    },
    "Filter Based Feature Selection": {
        "operate_on_feature_columns_only": True, "number_of_desired_features": 1,
        "feature_scoring_method": "PearsonCorrelation",
    },
    "Permutation Feature Importance": {"random_seed": 0},
    "Summarize Data": {},
    "Linear Regression": {
        "solution_method": "Ordinary Least Squares", "l2_regularization_weight": 0.001, "include_intercept_term": True,
        "learning_rate": 0.1, "number_of_training_epochs": 10,
    },
    "Boosted Decision Tree Regression": BOOSTED,
    "Two-Class Boosted Decision Tree": BOOSTED,
    "Multiclass Boosted Decision Tree": BOOSTED,
    "Decision Forest Regression": FOREST,
    "Two-Class Decision Forest": FOREST,
    "Multiclass Decision Forest": FOREST,
    "Fast Forest Quantile Regression": {
        "number_of_trees": 100, "number_of_leaves": 20, "bagging_fraction": 0.7, "feature_fraction": 0.7,
        "minimum_number_of_training_instances_required_to_form_a_leaf": 10, "split_fraction": 0.7,
        "quantile_sample_count": 100, "quantiles_to_be_estimated": "0.25; 0.5; 0.75",
    },
    "Neural Network Regression": NETWORK,
    "Two-Class Neural Network": NETWORK,
    "Multiclass Neural Network": NETWORK,
    "Poisson Regression": MEMORY,
    "Two-Class Logistic Regression": MEMORY,
    "Multiclass Logistic Regression": MEMORY,
    "K-Means Clustering": {
        "number_of_centroids": 2, "initialization": "K-Means++", "metric": "Euclidean", "normalize_features": True,
        "iterations": 100,
    },
    "Two-Class Averaged Perceptron": {"learning_rate": 1, "maximum_number_of_iterations": 10},
    "Two-Class Support Vector Machine": {
        "number_of_iterations": 10, "lambda_weight": 0.001, "normalize_features": True,
        "project_to_the_unit_sphere": False,
    },
    "One-vs-All Multiclass": {},
    "One-vs-One Multiclass": {},
    "Train Model": {"model_explanations": False},
    "Train Clustering Model": {"append_or_result_only": True},
    "Tune Model Hyperparameters": {
        "parameter_sweeping_mode": "Random sweep", "maximum_number_of_runs_on_random_sweep": 5, "random_seed": 0,
    },
    "Score Model": {"append_score_columns_to_output": True},
    "Evaluate Model": {},
    "Cross Validate Model": {"number_of_folds": 10},
    "Apply Transformation": {},
    "Assign Data to Clusters": {"append_or_result_only": True},
    "Execute Python Script": {},
    "Create Python Model": {},
    "Execute R Script": {},
    "Preprocess Text": {
        "remove_stop_words": True, "lemmatization": True, "detect_sentences": True, "remove_numbers": True,
        "normalize_case_to_lowercase": True, "remove_special_characters": True, "remove_duplicate_characters": True,
        "remove_email_addresses": True, "remove_urls": True, "expand_verb_contractions": True,
        "normalize_backslashes_to_slashes": True, "split_tokens_on_special_characters": True,
        "remove_by_part_of_speech": False,
    },
    "Feature Hashing": {"hashing_bitsize": 10, "n_grams": 2},
    "Extract N-Gram Features from Text": {
        "vocabulary_mode": "Create", "n_grams_size": 1, "minimum_word_length": 3, "maximum_word_length": 25,
        "minimum_n_gram_document_absolute_frequency": 5, "maximum_n_gram_document_ratio": 1,
        "normalize_n_gram_feature_vectors": False,
    },
    "Latent Dirichlet Allocation": {
        "number_of_topics_to_model": 5, "n_grams": 2, "rho_parameter": 0.01, "alpha_parameter": 0.01,
        "size_of_the_batch": 32, "number_of_training_iterations": 25,
    },
    "Convert Word to Vector": {
        "length_of_word_embedding": 100, "context_window_size": 5, "number_of_epochs": 5, "minimum_word_count": 5,
    },
    "Train SVD Recommender": {
        "number_of_factors": 200, "number_of_recommendation_algorithm_iterations": 30, "learning_rate": 0.005,
    },
    "Score SVD Recommender": {"maximum_number_of_items": 5, "minimum_size_of_the_recommendation_pool": 2},
    "Evaluate Recommender": {},
    "PCA-Based Anomaly Detection": {
        "number_of_components_to_use_in_pca": 2, "oversampling_parameter_for_randomized_pca": 2,
        "enable_input_feature_mean_normalization": False,
    },
    "Train Anomaly Detection Model": {},
    "Web Service Input": {},
    "Web Service Output": {},
}  # fmt: skip
FUNCTIONS = {"basic": 23, "compare": 8, "operations": 4, "rounding": 13, "special": 16, "trigonometric": 42}
LEARNERS = [one for one in catalogue.every() if one.outputs and str(one.outputs[0].type) == "UntrainedModel"]


@pytest.mark.parametrize("label", TABLE)
def test_each_has_its_parameters_and_defaults(label: str) -> None:
    found = next((one for one in catalogue.every() if one.label == label), None)
    assert found is not None
    assert {name: found.parameter(name).default for name in TABLE[label]} == TABLE[label]


def test_math_has_every_function_of_each_category() -> None:
    component = catalogue.named("apply_math_operation")
    assert {name: len(component.parameter(f"{name}_function").choices) for name in FUNCTIONS} == FUNCTIONS


@pytest.mark.parametrize("component", LEARNERS, ids=lambda one: one.name)
def test_learners_have_a_mode_a_seed_and_take_unknown_categories(component: Any) -> None:
    """But those that are built of another learner or of a script, and the detector, which encodes no categories."""
    names = {one.name for one in component.parameters}
    if component.name in ("one_vs_all_multiclass", "one_vs_one_multiclass", "create_python_model"):
        return
    assert {"create_trainer_mode", "random_number_seed"} <= names
    assert "allow_unknown_categorical_levels" in names or component.name == "pca_based_anomaly_detection"

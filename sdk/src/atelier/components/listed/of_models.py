"""Components that make, train, tune and judge models: name -> the module that holds it, in the order of the palette."""

LEARNERS = (
    "linear_regression",
    "boosted_decision_tree_regression",
    "decision_forest_regression",
    "fast_forest_quantile_regression",
    "neural_network_regression",
    "poisson_regression",
    "xgboost_regressor",
    "lightgbm_regressor",
    "two_class_averaged_perceptron",
    "two_class_boosted_decision_tree",
    "two_class_decision_forest",
    "two_class_logistic_regression",
    "two_class_neural_network",
    "two_class_support_vector_machine",
    "multiclass_boosted_decision_tree",
    "multiclass_decision_forest",
    "multiclass_logistic_regression",
    "multiclass_neural_network",
    "one_vs_all_multiclass",
    "one_vs_one_multiclass",
    "xgboost_classifier",
    "lightgbm_classifier",
    "pca_based_anomaly_detection",
)
MODULES: dict[str, str] = {name: f"learners.{name}" for name in LEARNERS}

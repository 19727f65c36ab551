"""Components that bring, shape and describe tables: name -> the module that holds it, in the order of the palette."""

SAMPLES = (
    "automobile_price", "adult_income", "customer_churn", "food_reviews", "movie_ratings", "flight_delays", "bike_rental",
    "iris", "wine", "digits", "breast_cancer", "diabetes",
)  # fmt: skip
SOURCES = ("enter_data_manually", "import_data", "export_data")
TRANSFORMATION = (
    "select_columns_in_dataset", "clean_missing_data", "split_data", "edit_metadata", "join_data", "add_columns",
    "add_rows", "apply_sql_transformation", "apply_math_operation", "normalize_data", "group_data_into_bins",
    "clip_values", "convert_to_indicator_values", "partition_and_sample", "remove_duplicate_rows", "smote",
    "select_columns_transform", "apply_transformation", "convert_to_csv", "convert_to_dataset",
    "partition_by_column", "collect_results",
)  # fmt: skip
SELECTION = ("filter_based_feature_selection", "permutation_feature_importance")
STATISTICS = ("summarize_data", "correlation", "distribution_plots", "hypothesis_test")
SCRIPTS = ("execute_python_script", "create_python_model", "execute_r_script")

MODULES: dict[str, str] = {
    **{name: f"samples.{name}" for name in SAMPLES},
    **{name: f"sources.{name}" for name in SOURCES},
    **{name: f"transformation.{name}" for name in TRANSFORMATION},
    **{name: f"selection.{name}" for name in SELECTION},
    **{name: f"statistics.{name}" for name in STATISTICS},
    **{name: f"scripts.{name}" for name in SCRIPTS},
}

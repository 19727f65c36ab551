"""MLflow's artifact lists and its artifact proxy."""

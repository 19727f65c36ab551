"""MLflow's evaluation datasets and the datasets of runs."""

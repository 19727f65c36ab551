"""MLflow's experiments, runs, metrics, parameters and tags."""

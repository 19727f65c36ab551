"""MLflow's traces and their assessments."""

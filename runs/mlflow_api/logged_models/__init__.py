"""MLflow 3's logged models."""

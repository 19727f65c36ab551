"""The MLflow-compatible REST surface: a thin skin over tracking and the registry."""

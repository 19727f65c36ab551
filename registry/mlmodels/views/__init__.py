"""Pages of models and of their versions."""

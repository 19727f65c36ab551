"""MLflow's registered models, versions, aliases and webhooks."""

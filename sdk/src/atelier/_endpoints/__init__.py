"""Endpoints and their deployments from Python."""

"""The image registry: model versions packed with a scoring script and an environment as OCI images."""

"""Data of a workspace: datastores, data assets, dataflows, secrets and connections."""

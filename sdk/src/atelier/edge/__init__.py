"""The agent of an edge device: runs on a machine elsewhere what the studio says it shall run. Needs Docker, no studio."""

"""From a trained model to the workspace's registry."""

"""What deployments are asked and answer: sampled by the gateway, kept in the datastore, compared with training data."""

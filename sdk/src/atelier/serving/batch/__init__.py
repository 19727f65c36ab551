"""Batch scoring: a job that takes parts of an input, one after the other, and sends what the model says of them."""

"""Batch endpoints: a folder or table scored in mini-batches by parallel jobs."""

"""From a trained pipeline's run to a pipeline that answers requests, or scores tables."""

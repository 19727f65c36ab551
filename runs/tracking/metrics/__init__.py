"""The metric store: packed batches, per-key summaries, chunks and buckets."""

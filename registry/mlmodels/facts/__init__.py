"""What is in a model's files, found without loading them: in a process of its own that knows nothing of the studio."""

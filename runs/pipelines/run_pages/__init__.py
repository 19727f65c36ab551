"""The page of a pipeline's run: its graph, steps and times, and what went through its wires."""

"""The small functions that exported code carries with it. What a step does and what is exported call the same ones."""

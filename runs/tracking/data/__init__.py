"""Data that jobs read and make: references found when a job is submitted, files given to its runner, outputs registered."""

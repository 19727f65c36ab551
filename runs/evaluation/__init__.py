"""Evaluation datasets: questions with the answers expected, kept to measure a model or an application against."""

"""Recipes that clean data: steps over a sample, saved by version, run on everything."""

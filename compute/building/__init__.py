"""Builds of images: what shall be built is a plan, a job carries it out, its owner hears what came of it."""

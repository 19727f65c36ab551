"""The program of a build's job: `python -m compute.building.program`, with the job's token, beside the Docker engine.

It knows no Django, and runs nothing of a user's outside a container.
"""

"""Rows for tests: plain functions, one per thing, that make what they need and nothing else."""

from tests.factories.accounts import make_token, make_user
from tests.factories.compute import make_job, make_target
from tests.factories.runs import make_experiment, make_run
from tests.factories.workspaces import make_membership, make_workspace

__all__ = [
    "make_experiment",
    "make_job",
    "make_membership",
    "make_run",
    "make_target",
    "make_token",
    "make_user",
    "make_workspace",
]

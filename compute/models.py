"""The tables of compute, re-exported so that the app label and the migrations stay with the app."""

from compute.building.models import Build
from compute.engines.models import Engine
from compute.jobs.models import Job, JobEvent, LogChunk
from compute.targets.models import ComputeTarget

__all__ = ["Build", "ComputeTarget", "Engine", "Job", "JobEvent", "LogChunk"]

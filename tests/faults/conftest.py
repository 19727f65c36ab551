"""The fault tests hurt the same studio that the tests of jobs use."""

from tests.compute.conftest import bench

__all__ = ["bench"]

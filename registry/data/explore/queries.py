"""Reads about profiles."""

from registry.data.assets.models import DataVersion
from registry.data.explore import engine
from registry.data.explore.models import DataProfile
from studio.errors import Conflict


def profile_of(version: DataVersion) -> DataProfile | None:
    return DataProfile.objects.filter(version=version).first()


def ready_profile(version: DataVersion) -> DataProfile:
    """The finished profile. Raises Conflict when there is none yet."""
    found = profile_of(version)
    if found is None or found.state != DataProfile.State.READY:
        raise Conflict("profile_missing", f"{version} has no finished profile.", hint="Make its profile first.")
    return found


def done_of(profile: DataProfile) -> int:
    """How many columns are done."""
    return sum(engine.is_done(column) for column in profile.columns)
